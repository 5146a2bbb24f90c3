package io.decant.ingest.journal;

import static io.decant.ingest.journal.JournalOnDisk.block;
import static io.decant.ingest.journal.JournalOnDisk.firstSegment;
import static io.decant.ingest.journal.JournalOnDisk.records;
import static io.decant.ingest.journal.JournalOnDisk.segmentFiles;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How much of a segment is preallocated, used, kept for marks, and given back. */
class SegmentRoomTest {

    @TempDir
    Path dataDir;

    @Test
    void shouldGiveTheUnusedRestOfAPreallocationBack() throws IOException {
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            journal.append(block("s", 0, List.of("a")));
            journal.sync();
            assertThat(Files.size(firstSegment(dataDir)))
                    .isGreaterThanOrEqualTo(ChronicleSegmentStore.SEGMENT_BYTES_MIN);
        }
        Path segment = firstSegment(dataDir);
        new JournalOnDisk(dataDir).close();
        assertThat(Files.size(segment)).isLessThan(200_000);
    }

    @Test
    void shouldLetChronicleWriteOnlyToWhatIsPreallocated() throws IOException {
        Random random = new Random(3);
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            for (long first = 0; journal.segments.size() < 3; first += 2_000) {
                journal.append(block("s", first, records(random, 2_000, 100)));
            }
            journal.sync();
            assertOnlyZerosFrom(segmentFiles(dataDir).get(0), ChronicleSegmentStore.SEGMENT_BYTES_MIN);
            assertOnlyZerosFrom(segmentFiles(dataDir).get(1), ChronicleSegmentStore.SEGMENT_BYTES_MIN);
            Path metadata = segmentFiles(dataDir).get(0).resolveSibling(SegmentFiles.METADATA);
            assertThat(Files.readAllBytes(metadata)[0])
                    .as("that it is used at all")
                    .isNotZero();
            assertOnlyZerosFrom(metadata, 64 << 10);
        }
    }

    @Test
    void shouldHaveRoomForMarksAndNothingElseInAShortSegment() throws IOException {
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            journal.writer.append(new Mark("api", 0, 0, 0, 0));
            journal.append(block("s", 0, List.of("a", "b")));
            journal.cut();
            journal.sync();
        }
        try (JournalOnDisk journal = new JournalOnDisk(dataDir, true)) {
            int entry = GroupLimits.measured(JournalOnDisk.BLOCK_BYTES_MAX).entryBytesMax();
            assertThat(journal.writer.hasRoomForBlocks(entry)).isFalse();
            for (int bucket = 1; journal.writer.hasRoomForMarks(); bucket++) {
                journal.writer.append(new Mark("api", 0, 0, bucket, 0));
                if (bucket % 1_000 == 0) {
                    journal.sync();
                }
            }
            journal.sync();
            assertOnlyZerosFrom(segmentFiles(dataDir).get(1), 700 << 10);
            journal.store.prepare();
            assertThat(journal.writer.hasRoomForBlocks(entry)).isTrue();
            journal.append(block("s", 2, List.of("c")));
            journal.writer.append(new Mark("api", 1, journal.state.cutEnd(), 0, 0));
            journal.sync();
        }
        try (JournalOnDisk journal = new JournalOnDisk(dataDir, true)) {
            assertThat(journal.state.uncutRecords()).isEqualTo(1);
            assertThat(journal.state.marks().get("api").batch()).isEqualTo(1);
        }
    }

    @Test
    void shouldGoOnlyForMarksThatFreeSomethingWhereRoomIsScarce() throws IOException {
        Random random = new Random(4);
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            List<Long> cuts = new ArrayList<>();
            for (long first = 0; journal.segments.size() < 3; first += 2_000) {
                journal.append(block("s", first, records(random, 2_000, 100)));
                journal.cut();
                cuts.add(journal.state.cutEnd());
            }
            journal.writer.append(new Mark("api", 1, cuts.get(0), 0, 0));
            long freeing = 0;
            for (int i = 1; i < cuts.size(); i++) {
                Mark mark = new Mark("api", i + 1, cuts.get(i), 0, 0);
                if (journal.writer.frees(mark)) {
                    journal.writer.append(mark);
                    freeing++;
                }
            }
            assertThat(cuts).hasSizeGreaterThan(20);
            assertThat(freeing).isBetween(2L, 3L);
            assertThat(journal.state.delivered()).isEqualTo(journal.state.cutEnd());
        }
    }

    private static void assertOnlyZerosFrom(Path file, long offset) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        for (int i = Math.toIntExact(offset); i < bytes.length; i++) {
            assertThat(bytes[i]).as("byte %d of %s", i, file).isZero();
        }
    }
}
