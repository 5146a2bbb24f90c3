package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.LogLines;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is delivered stays for its time, unless something that comes in needs the room. */
class SegmentKeeperTest {

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FREE_MIN = 900;

    private final MemoryStore store = new MemoryStore();
    private final SegmentTable segments = new SegmentTable(store);
    private final Positions positions = new Positions(5_000, 4_500, 4_500);
    private long wallMillis;
    private long nowNanos;

    /**
     * Five segments of 1000 bytes, of which four are delivered; each batch ends in the segment after the one that it
     * begins in.
     */
    @BeforeEach
    void fill() {
        for (long number = 1; number <= 5; number++) {
            store.segments.put(number, ByteBuffer.allocateDirect(8));
            segments.add(number, (number - 1) * 1_000);
        }
        for (int batch = 1; batch <= 4; batch++) {
            segments.ended(batch * 1_000L - 500, batch * 1_000L + 500, batch * 10_000L);
        }
    }

    private SegmentKeeper keeper(Duration retain) {
        JournalRecovery.Recovered nothing =
                new JournalRecovery.Recovered(new JournalState(), 0, 1, new TreeMap<>(), List.of());
        RetainedSegments retained =
                new RetainedSegments(store, 1, nothing, retain, () -> Instant.ofEpochMilli(wallMillis));
        return new SegmentKeeper(store, segments, retained, positions, FREE_MIN, () -> {}, now -> {});
    }

    private void look(SegmentKeeper keeper) {
        nowNanos += LOOK_NANOS;
        keeper.work(nowNanos);
    }

    @Test
    void shouldReleaseWhatIsDeliveredAtOnceWhereNothingIsRetained() {
        look(keeper(Duration.ZERO));
        assertThat(store.deleted).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void shouldRetainASegmentUntilTheLastOfItsBatchesEndedLongEnoughAgo() {
        SegmentKeeper keeper = keeper(Duration.ofSeconds(5));
        for (int number = 1; number <= 4; number++) {
            wallMillis = number * 10_000L + 5_000;
            look(keeper);
            assertThat(store.deleted).hasSize(number - 1);
            wallMillis++;
            look(keeper);
            assertThat(store.deleted).hasSize(number).endsWith((long) number);
        }
    }

    @Test
    void shouldLetTheOldestGoUntilThereIsWellEnoughFreeSpace() {
        SegmentKeeper keeper = keeper(Duration.ofDays(1));
        store.freeBytes = FREE_MIN;
        store.freedBytes = 60;
        look(keeper);
        assertThat(store.deleted).isEmpty();
        store.freeBytes = FREE_MIN - 1;
        look(keeper);
        // 899, 959, 1019: a tenth of the bound is enough.
        assertThat(store.deleted).containsExactly(1L, 2L);
        assertThat(keeper.freeBytes()).isEqualTo(FREE_MIN - 1 + 2 * 60);
    }

    @Test
    void shouldGoOnAtTheNextLookWhereTheDiskGivesSpaceBackLater() {
        SegmentKeeper keeper = keeper(Duration.ofDays(1));
        store.freeBytes = FREE_MIN - 1;
        look(keeper);
        assertThat(store.deleted).containsExactly(1L);
        store.freeBytes = FREE_MIN;
        look(keeper);
        assertThat(store.deleted).containsExactly(1L, 2L);
        store.freeBytes = 2 * FREE_MIN;
        look(keeper);
        store.freeBytes = FREE_MIN;
        look(keeper);
        assertThat(store.deleted).containsExactly(1L, 2L);
    }

    @Test
    void shouldMakeRoomForTheNextSegment() {
        SegmentKeeper keeper = keeper(Duration.ofDays(1));
        store.isPrepared = false;
        store.deletionsUntilPrepared = 3;
        look(keeper);
        assertThat(store.deleted).containsExactly(1L, 2L, 3L);
        assertThat(store.prepared()).isTrue();
        assertThat(keeper.trouble()).isEmpty();
    }

    @Test
    void shouldDeleteNothingForLackOfFileDescriptors() {
        SegmentKeeper keeper = keeper(Duration.ofDays(1));
        store.isPrepared = false;
        store.deletionsUntilPrepared = 1;
        store.prepareFailure = new FileSystemException("journal/prepared-2.tmp", null, "Too many open files");
        look(keeper);
        assertThat(store.deleted).isEmpty();
        assertThat(keeper.trouble()).contains("Too many open files");
        store.deletionsUntilPrepared = 0;
        look(keeper);
        assertThat(store.prepared()).isTrue();
        assertThat(keeper.trouble()).isEmpty();
    }

    @Test
    void shouldTellOfEachCauseOnceAndWhenTheSegmentIsPrepared() {
        SegmentKeeper keeper = keeper(Duration.ofDays(1));
        look(keeper);
        store.isPrepared = false;
        store.deletionsUntilPrepared = Integer.MAX_VALUE;
        try (LogLines lines = new LogLines(SegmentKeeper.class)) {
            for (int i = 0; i < 15; i++) {
                store.prepareFailure = new FileSystemException("prepared-" + i + ".tmp", null, "Too many open files");
                look(keeper);
            }
            store.prepareFailure = new FileSystemException("prepared-15.tmp", null, "Read-only file system");
            look(keeper);
            look(keeper);
            store.deletionsUntilPrepared = 0;
            look(keeper);
            assertThat(lines.told().stream().filter(line -> !line.contains("retained")))
                    .containsExactly(
                            "WARN journal: cannot prepare the next segment: java.nio.file.FileSystemException:"
                                    + " prepared-0.tmp: Too many open files; sources are paused once the current one is full",
                            "WARN journal: cannot prepare the next segment: java.nio.file.FileSystemException:"
                                    + " prepared-15.tmp: Read-only file system; sources are paused once the current one is full",
                            "INFO journal: the next segment is prepared now");
        }
    }

    @Test
    void shouldSayWhatIsWrongOnceThereIsNothingLeftToGiveUp() {
        SegmentKeeper keeper = keeper(Duration.ofDays(1));
        store.isPrepared = false;
        store.deletionsUntilPrepared = 9;
        look(keeper);
        assertThat(store.deleted).containsExactly(1L, 2L, 3L, 4L);
        assertThat(keeper.trouble()).contains("No space left on device");
    }
}
