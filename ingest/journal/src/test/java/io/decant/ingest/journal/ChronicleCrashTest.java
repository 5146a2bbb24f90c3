package io.decant.ingest.journal;

import static io.decant.ingest.journal.JournalOnDisk.block;
import static io.decant.ingest.journal.JournalOnDisk.firstSegment;
import static io.decant.ingest.journal.JournalOnDisk.segmentFiles;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Journals that a crash or a broken disk has left: what a start makes of them. */
class ChronicleCrashTest {

    @TempDir
    Path dataDir;

    @Test
    void shouldCutATornTailOffAndKeepIt() throws IOException {
        long good;
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            journal.append(block("s", 0, List.of("a", "b")));
            journal.sync();
            good = journal.positions.appended();
            journal.append(block("s", 2, List.of("never", "synced")));
        }
        Path segment = firstSegment(dataDir);
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            // The last entry's header made it to the disk, its content did not.
            file.write(ByteBuffer.allocate(16), good + 40);
        }
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            assertThat(journal.state.uncutRecords()).isEqualTo(2);
            assertThat(journal.positions.synced()).isGreaterThanOrEqualTo(good);
        }
        assertThat(dataDir.resolve("salvage"))
                .isDirectoryContaining(file -> file.getFileName().toString().startsWith("unsynced-1-from-"));
        assertThat(Files.size(segment)).isEqualTo(good);
    }

    @Test
    void shouldKeepNoMoreThanAMebibyteOfUnsyncedTailsBesideTheNewest() throws IOException {
        byte[] torn = new byte[250 << 10];
        for (int start = 0; start < 8; start++) {
            try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
                journal.append(block("s", start, List.of("a")));
                journal.sync();
            }
            new Random(start).nextBytes(torn);
            List<Path> segments = segmentFiles(dataDir);
            try (FileChannel file = FileChannel.open(segments.get(segments.size() - 1), StandardOpenOption.WRITE)) {
                file.write(ByteBuffer.wrap(torn), 16 << 10);
            }
        }
        new JournalOnDisk(dataDir).close();
        try (Stream<Path> kept = Files.list(dataDir.resolve("salvage"))) {
            assertThat(kept.map(file -> file.getFileName().toString()))
                    .hasSize(4)
                    .anyMatch(name -> name.startsWith("unsynced-8-from-"));
        }
    }

    @Test
    void shouldStartThoughNothingCanBeKeptAside() throws IOException {
        long good;
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            journal.append(block("s", 0, List.of("a", "b")));
            journal.sync();
            good = journal.positions.appended();
            journal.append(block("s", 2, List.of("never", "synced")));
        }
        try (FileChannel file = FileChannel.open(firstSegment(dataDir), StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(16), good + 40);
        }
        // As on a full disk, no folder of this name can be made.
        Files.createFile(dataDir.resolve("salvage"));
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            assertThat(journal.state.uncutRecords()).isEqualTo(2);
        }
    }

    @Test
    void shouldStartAfterAPowerCutHoweverFarTheWriterWasAhead() throws IOException {
        long good;
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            journal.append(block("s", 0, List.of("acknowledged")));
            journal.sync();
            good = journal.positions.appended();
            journal.store.prepare();
            for (int i = 1; i < 30 && journal.writer.hasRoomForBlocks(JournalOnDisk.BLOCK_BYTES_MAX); i++) {
                journal.writer.append(List.of(block("s", i, List.of("x".repeat(900_000)))));
                journal.store.prepare();
            }
            assertThat(journal.segments.size()).isGreaterThan(1);
        }
        try (FileChannel file = FileChannel.open(firstSegment(dataDir), StandardOpenOption.WRITE)) {
            // All that was never synced made it to the disk, but for one page.
            file.write(ByteBuffer.allocate(64), good);
        }
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            assertThat(journal.state.uncutRecords()).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseToStartWhereAcknowledgedDataIsDamaged() throws IOException {
        long first;
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            first = journal.positions.appended();
            journal.append(block("s", 0, List.of("acknowledged")));
            journal.sync();
            journal.append(block("s", 1, List.of("more")));
            journal.sync();
        }
        Path segment = firstSegment(dataDir);
        try (FileChannel file = FileChannel.open(segment, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {'?'}), first + 60);
        }
        assertThatThrownBy(() -> new JournalOnDisk(dataDir))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining(segment.toString())
                .hasMessageContaining("at offset " + first)
                .hasMessageContaining("decant journal repair");
    }
}
