package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is left in a segment for cuts and marks while the disk is full. */
class ReserveTest {

    private static final Shape PLAIN =
            new Shape("test", "record", "record", 1, List.of(new SinkShape("api", "http", "lines", 100, 4096)));

    @TempDir
    Path dataDir;

    @Test
    void shouldHaveRoomForACutAndItsShapeOnAFullDisk() throws IOException {
        String step = "y".repeat(Shape.TEXT_BYTES_MAX - 4);
        Shape longest = PLAIN.withTransforms(Map.of("logs", List.of(step, step, step, step, step, step, step)));
        try (JournalOnDisk journal = new JournalOnDisk(dataDir)) {
            journal.append(JournalOnDisk.block("s", 0, List.of("a", "b")));
            journal.sync();
        }
        try (JournalOnDisk journal = new JournalOnDisk(dataDir, longest)) {
            assertThat(journal.writer.hasRoomForBlocks(1)).isFalse();
            assertThat(journal.writer.hasRoomForCut()).isTrue();
            JournalState state = journal.state;
            journal.writer.append(
                    new Cut(1, 0, 1_000, state.cutEnd(), state.uncutRecords(), state.uncutBytes(), longest));
            for (int bucket = 1; bucket < 100; bucket++) {
                journal.writer.append(new Mark("api", 0, 0, bucket, 0));
            }
            assertThat(journal.writer.hasRoomForMarks()).isTrue();
        }
    }

    @Test
    void shouldHaveRoomForTheTimeServedInAShortSegment() throws IOException {
        int streams = 5_000;
        Map<StreamId, JournalState.StreamPosition> kept = new HashMap<>();
        for (int i = 0; i < streams; i++) {
            kept.put(
                    new StreamId("s", Integer.toString(i), true),
                    new JournalState.StreamPosition(1, 1, ResumePoint.NONE));
        }
        JournalState unserved = JournalState.repaired(0, 0, Set.of("api"), kept, 0);
        JournalState served = JournalState.repaired(0, 0, Set.of("api"), kept, 1);
        long[] prepared = new long[1];
        SegmentStore store = new MemoryStore() {
            @Override
            public void prepareShort(long bytes) {
                prepared[0] = bytes;
            }
        };
        Reserve reserve = Reserve.of(8 << 20, PLAIN);
        reserve.prepareShort(store, unserved);
        assertThat(prepared[0] - reserve.bytes())
                .as("room for the checkpoint that notes the time served")
                .isGreaterThan(served.encode(1, 0).remaining());
    }

    @Test
    void shouldReserveNoMoreThanBeforeWhereFormat1WillDo() {
        Reserve plain = Reserve.of(256 << 20, PLAIN);
        assertThat(plain.bytes()).isEqualTo(512 << 10);
        assertThat(plain.forCut()).isEqualTo(128 << 10);
        assertThat(plain.forMark()).isEqualTo(128 << 10);
    }
}
