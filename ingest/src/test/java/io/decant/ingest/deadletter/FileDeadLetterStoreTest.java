package io.decant.ingest.deadletter;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * When names of files are brought to stable storage: shown by a folder that is not there any more, which cannot be
 * forced.
 */
class FileDeadLetterStoreTest {

    private static final String DAY = "2026-11-21.ndjson";

    @TempDir
    Path dataDir;

    @Test
    void shouldForceTheNameOfAFileThoughItsFirstAppendFailed() throws IOException {
        FileDeadLetterStore store = new FileDeadLetterStore(dataDir);
        Files.createDirectories(dataDir.resolve("dlq"));
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> append(store)).isInstanceOf(ClosedByInterruptException.class);
        assertThat(Thread.interrupted()).isTrue();
        assertThat(dataDir.resolve("dlq").resolve(DAY)).isEmptyFile();

        append(store);
        Files.move(dataDir.resolve("dlq"), dataDir.resolve("moved"));
        assertThatThrownBy(() -> store.force(DAY)).isInstanceOf(NoSuchFileException.class);

        Files.move(dataDir.resolve("moved"), dataDir.resolve("dlq"));
        append(store);
        store.force(DAY);
        append(store);
        Files.move(dataDir.resolve("dlq"), dataDir.resolve("moved"));
        store.force(DAY);
    }

    private static void append(FileDeadLetterStore store) throws IOException {
        store.append(DAY, ByteBuffer.wrap("{}\n".getBytes(UTF_8)));
    }
}
