package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.decant.bucketer.Memory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedSegmentsTest {

    private static final int FILE_BYTES = 32 << 20;
    private static final Path SMAPS = Path.of("/proc/self/smaps");

    private final MappedSegments segments = new MappedSegments();

    @TempDir
    Path temp;

    private Path file(String name, int value) throws IOException {
        byte[] content = new byte[FILE_BYTES];
        Arrays.fill(content, (byte) value);
        return Files.write(temp.resolve(name), content);
    }

    /** What the process has of a mapped file in memory. */
    private static long residentBytes(Path file) throws IOException {
        long bytes = 0;
        boolean found = false;
        for (String line : Files.readAllLines(SMAPS)) {
            if (line.contains(" /")) {
                found = line.endsWith(file.toRealPath().toString());
            } else if (line.matches("[0-9a-f]+-[0-9a-f]+ .*")) {
                found = false;
            } else if (found && line.startsWith("Rss:")) {
                bytes += Long.parseLong(line.replaceAll("\\D", "")) << 10;
            }
        }
        return bytes;
    }

    private static long sum(SegmentStore.SegmentView view) {
        long sum = 0;
        for (int at = 0; at < FILE_BYTES; at += 512) {
            sum += view.buffer().get(at);
        }
        return sum;
    }

    @Test
    void shouldGiveBackWhatWasReadAndReadItAgain() throws IOException {
        assumeTrue(Files.isReadable(SMAPS), "the system does not tell what is in memory");
        assertThat(Memory.canUnload()).isTrue();
        Path file = file("one", 7);
        try (SegmentStore.SegmentView view = segments.map(file, FILE_BYTES)) {
            long sum = sum(view);
            assertThat(residentBytes(file)).isGreaterThan(FILE_BYTES / 2);

            assertThat(segments.unload(FILE_BYTES - 1)).isTrue();

            assertThat(residentBytes(file)).isLessThan(FILE_BYTES / 8);
            assertThat(sum(view)).isEqualTo(sum);
        }
    }

    @Test
    void shouldLeaveWhatIsLittle() throws IOException {
        assumeTrue(Files.isReadable(SMAPS), "the system does not tell what is in memory");
        Path file = file("one", 7);
        try (SegmentStore.SegmentView view = segments.map(file, FILE_BYTES)) {
            assertThat(sum(view)).isPositive();

            assertThat(segments.unload(FILE_BYTES)).isFalse();

            assertThat(residentBytes(file)).isGreaterThan(FILE_BYTES / 2);
        }
    }

    @Test
    void shouldSayOnceThatMuchWasReadAndGiveBackWhereNobodyElseDoes() throws IOException {
        assumeTrue(Files.isReadable(SMAPS), "the system does not tell what is in memory");
        AtomicInteger told = new AtomicInteger();
        segments.whenMuchRead(told::incrementAndGet);
        Path file = file("one", 7);
        try (SegmentStore.SegmentView view = segments.map(file, FILE_BYTES);
                SegmentStore.SegmentView second = segments.map(file("two", 8), FILE_BYTES);
                SegmentStore.SegmentView third = segments.map(file("three", 9), FILE_BYTES)) {
            assertThat(sum(view)).isPositive();
            segments.wasRead(MappedSegments.READ_BYTES_SOON - 1);
            assertThat(told).hasValue(0);
            segments.wasRead(1);
            segments.wasRead(MappedSegments.READ_BYTES_MAX - MappedSegments.READ_BYTES_SOON - 1);
            assertThat(told).hasValue(1);
            assertThat(residentBytes(file)).isGreaterThan(FILE_BYTES / 2);

            segments.wasRead(1);

            assertThat(residentBytes(file)).isLessThan(FILE_BYTES / 8);
        }
    }

    @Test
    void shouldForgetWhatIsClosed() throws IOException {
        AtomicInteger told = new AtomicInteger();
        segments.whenMapped(told::incrementAndGet);
        SegmentStore.SegmentView view = segments.map(file("one", 7), FILE_BYTES);
        assertThat(told).hasValue(1);
        assertThat(segments.unload(0)).isTrue();

        view.close();

        assertThat(segments.unload(0)).isFalse();
    }
}
