package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Delivered segments of earlier runs stay for their time, cost a start nothing, and go oldest first. */
class RetainedSegmentsTest {

    private static final Duration RETAIN = Duration.ofSeconds(5);

    private final MemoryStore store = new MemoryStore();
    private JournalRecovery.Recovered recovered;
    private long nowMillis;

    @BeforeEach
    void fill() throws IOException {
        Random random = new Random(11);
        for (int run = 0; run < 8; run++) {
            SmallJournal.run(store, random, 9, 60);
        }
        store.viewed.clear();
        recovered = new JournalRecovery(store, SmallJournal.JOURNAL_ID).recover();
    }

    private RetainedSegments retained(Duration retain) {
        return new RetainedSegments(
                store, SmallJournal.JOURNAL_ID, recovered, retain, () -> Instant.ofEpochMilli(nowMillis));
    }

    @Test
    void shouldNotBeReadByAStart() {
        Backlog.count(table(), SmallJournal.JOURNAL_ID, recovered.state());
        assertThat(recovered.passed()).hasSizeGreaterThan(5);
        assertThat(store.viewed).isEqualTo(recovered.bases().keySet());
    }

    private SegmentTable table() {
        SegmentTable segments = new SegmentTable(store);
        segments.addAll(recovered.bases());
        return segments;
    }

    @Test
    void shouldGoAtOnceWhereNothingIsToBeRetained() {
        retained(Duration.ZERO).deleteExpired(0);
        assertThat(store.deleted).isEqualTo(recovered.passed());
    }

    @Test
    void shouldStayUntilTheLastBatchInThemEndedLongEnoughAgo() {
        NavigableMap<Long, Long> ends = lastWindowEnds();
        RetainedSegments retained = retained(RETAIN);
        for (nowMillis = 0; store.deleted.size() < recovered.passed().size(); nowMillis += 500) {
            assertThat(nowMillis).as("deleted %s", store.deleted).isLessThan(1_000_000);
            retained.deleteExpired(0);
            for (long number : store.deleted) {
                assertThat(ends.get(number)).as("segment %d", number).isLessThan(nowMillis - RETAIN.toMillis());
            }
        }
        assertThat(store.deleted).isEqualTo(recovered.passed());
        // The batches that end in the segments behind a segment are all that it may wait for beyond its own.
        assertThat(nowMillis).isLessThan(recovered.state().windowEndMillis() + RETAIN.toMillis() + 1_000);
    }

    /**
     * The clock shows 1970, or what it showed when the windows ended was wrong: nobody can tell, so they get their
     * time.
     */
    @Test
    void shouldNotStayForEverWhereTheClockHasGoneBack() {
        nowMillis = -Duration.ofDays(20 * 365).toMillis();
        RetainedSegments retained = retained(RETAIN);
        long seenNanos = 17;
        retained.deleteExpired(seenNanos);
        retained.deleteExpired(seenNanos + RETAIN.toNanos());
        assertThat(store.deleted).isEmpty();
        retained.deleteExpired(seenNanos + RETAIN.toNanos() + 1);
        assertThat(store.deleted).isEqualTo(recovered.passed());
    }

    /** What was cut before something else has ended before it, whatever the clock said. */
    @Test
    void shouldEndNoLaterThanWhatIsBehind() throws IOException {
        SegmentTable segments = new SegmentTable(store);
        segments.add(1, 0);
        segments.add(2, 100);
        segments.add(3, 200);
        long wrong = Duration.ofDays(20 * 365).toMillis();
        segments.ended(10, 90, wrong);
        segments.ended(90, 150, wrong + 1_000);
        segments.ended(150, 190, 7_000);
        recovered = new JournalRecovery.Recovered(new JournalState(), 0, 1, new TreeMap<>(), List.of());
        RetainedSegments retained = retained(RETAIN);
        segments.removeBefore(200).forEach(retained::add);
        nowMillis = 7_000 + RETAIN.toMillis();
        retained.deleteExpired(0);
        assertThat(store.deleted).isEmpty();
        nowMillis++;
        retained.deleteExpired(0);
        assertThat(store.deleted).containsExactly(1L, 2L);
    }

    /** By segment, the end of the last window of which a block, or the cut, lies in it. */
    private NavigableMap<Long, Long> lastWindowEnds() {
        NavigableMap<Long, Long> ends = new TreeMap<>();
        NavigableMap<Long, Long> open = new TreeMap<>();
        for (Map.Entry<Long, ByteBuffer> segment : store.segments.entrySet()) {
            EntryScanner entries = EntryScanner.wholeSegment(segment.getValue(), SmallJournal.JOURNAL_ID);
            while (entries.next()) {
                if (entries.kind() == EntryKind.BLOCKS) {
                    open.put(segment.getKey(), 0L);
                } else if (entries.kind() == EntryKind.CUT) {
                    long end = EntryCodec.getCutHead(entries.body()).windowEndMillis();
                    open.put(segment.getKey(), 0L);
                    open.keySet().forEach(number -> ends.put(number, end));
                    open.clear();
                }
            }
        }
        return ends;
    }

    @Test
    void shouldGoOldestFirstWhereTheDiskIsShort() {
        RetainedSegments retained = retained(Duration.ofDays(1));
        for (int i = 0; i < recovered.passed().size(); i++) {
            assertThat(retained.deleteOldest()).isTrue();
        }
        assertThat(retained.deleteOldest()).isFalse();
        assertThat(store.deleted).isEqualTo(recovered.passed());
    }

    @Test
    void shouldLeaveWhatIsAnotherJournals() {
        long oldest = recovered.passed().get(0);
        ByteBuffer foreign = MemoryStore.copy(store.segments.get(oldest), MemoryStore.SEGMENT_BYTES);
        EntryScanner entries = EntryScanner.wholeSegment(foreign, SmallJournal.JOURNAL_ID);
        assertThat(entries.next()).isTrue();
        reseal(foreign, entries.content(), entries.contentLength());
        store.segments.put(oldest, foreign);
        retained(Duration.ZERO).deleteExpired(0);
        assertThat(store.deleted)
                .isEqualTo(recovered.passed().subList(1, recovered.passed().size()));
    }

    /** Makes a good entry another journal's. */
    private static void reseal(ByteBuffer segment, int at, int length) {
        ByteBuffer entry = segment.slice(at, length).order(segment.order());
        EntryCodec.putHeader(
                entry,
                EntryCodec.format(segment, at),
                EntryCodec.kind(segment, at),
                EntryCodec.ordinal(segment, at),
                SmallJournal.JOURNAL_ID + 1,
                EntryCodec.position(segment, at),
                EntryCodec.synced(segment, at));
        EntryCodec.seal(new ByteBuffer[] {entry}, 1);
    }

    @Test
    void shouldGiveBackWhatIsToBeReplayed() {
        RetainedSegments retained = retained(Duration.ZERO);
        List<Long> passed = recovered.passed();
        retained.removeFrom(passed.get(3));
        retained.deleteExpired(0);
        assertThat(store.deleted).isEqualTo(passed.subList(0, 3));
    }
}
