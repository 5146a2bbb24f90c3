package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ZeroFillTest {

    /** Has no way past its pages, since they are all there is. */
    private static final Path MEMORY = Path.of("/dev/shm");

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 4095, 4096, 4097, (1 << 20) + 1, (3 << 20) + 4096, (5 << 20) - 1})
    void shouldFillTheFileAsFarAsAsked(long bytes) throws IOException {
        shouldFill(folder.resolve("zeros"), bytes);
    }

    @Test
    void shouldFillAFileThatHasNoWayPastThePageCache() throws IOException {
        assumeTrue(Files.isWritable(MEMORY), "no file system in memory under " + MEMORY);
        Path file = Files.createTempFile(MEMORY, "zeros", ".tmp");
        try {
            shouldFill(file, (1 << 20) + 17);
        } finally {
            Files.delete(file);
        }
    }

    private static void shouldFill(Path file, long bytes) throws IOException {
        Files.write(file, new byte[] {1, 2, 3});
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ZeroFill.fill(file, channel, bytes);
        }
        byte[] content = Files.readAllBytes(file);
        long size = Math.max(bytes, 3);
        assertThat(content).hasSize((int) size);
        for (int i = 0; i < bytes; i++) {
            if (content[i] != 0) {
                assertThat(content[i]).as("byte %d", i).isZero();
            }
        }
    }
}
