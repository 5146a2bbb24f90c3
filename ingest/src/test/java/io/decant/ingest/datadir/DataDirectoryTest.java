package io.decant.ingest.datadir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whose a data directory is. */
class DataDirectoryTest {

    @TempDir
    Path dataDir;

    @Test
    void shouldLockTheDataDirectoryAgainstASecondServer() {
        Random random = new Random(1);
        try (DataDirectory held = DataDirectory.open(dataDir, random)) {
            assertThatThrownBy(() -> DataDirectory.open(dataDir, random))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("in use by another server")
                    .hasMessageContaining(Long.toString(ProcessHandle.current().pid()));
            assertThat(held.journalId()).isEqualTo(Integer.parseUnsignedInt(readId(), 16));
        }
        try (DataDirectory again = DataDirectory.open(dataDir, new Random(2))) {
            assertThat(JournalId.text(again.journalId())).isEqualTo(readId());
        }
    }

    @Test
    void shouldLockTheDataDirectoryAgainstARepair() {
        try (DataDirectory held = DataDirectory.open(dataDir, new Random(1))) {
            assertThatThrownBy(() -> DataDirectory.openForRepair(held.path()))
                    .isInstanceOf(JournalException.class)
                    .hasMessageContaining("in use by another server");
        }
    }

    @Test
    void shouldNotNeedABlockToSayWhoHasTheDataDirectory() throws IOException {
        Files.writeString(dataDir.resolve("lock"), "99999999999999999999");
        try (DataDirectory held = DataDirectory.open(dataDir, new Random(1))) {
            assertThat(held.path().resolve("lock"))
                    .hasContent(Long.toString(ProcessHandle.current().pid()));
        }
    }

    @Test
    void shouldSayThatItIsAFile() throws IOException {
        Path file = Files.writeString(dataDir.resolve("data"), "not mine");
        assertThatThrownBy(() -> DataDirectory.open(file, new Random(1)))
                .isInstanceOf(JournalException.class)
                .hasMessage("data-dir " + file
                        + " cannot be used: it is a file, not a directory; move the file, or set another"
                        + " data-dir");
        Path below = file.resolve("a/b");
        assertThatThrownBy(() -> DataDirectory.openForRepair(below))
                .isInstanceOf(JournalException.class)
                .hasMessage("data-dir " + below + " cannot be used: " + file
                        + " is a file, not a directory; move the file, or" + " set another data-dir");
        assertThat(file).hasContent("not mine");
    }

    private String readId() {
        try {
            return Files.readString(dataDir.resolve("journal/id")).strip();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
