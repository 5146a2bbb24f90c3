package io.decant.ingest.journal;

import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Segments that every sink is past and that are kept all the same, for a replay: each until every batch of which
 * something lies in it has ended longer ago than {@code journal.retain}. The oldest goes first, always.
 *
 * <p>A window may end in the future, of a clock that was wrong and has been set back. Then the segment has ended no
 * later than those behind it, and stays no longer than {@code journal.retain} once the server runs with the right
 * clock.
 *
 * <p>Those of earlier runs are known by number alone, so that a start does not have to read them. When it is the turn
 * of one, the checkpoints behind it say what lies in it.
 *
 * <p>Owned by the thread that opens the journal, then by the keeper's.
 */
public final class RetainedSegments {

    private static final Logger log = LoggerFactory.getLogger(RetainedSegments.class);

    private final SegmentStore store;
    private final int journalId;
    private final long retainMillis;
    private final InstantSource clock;
    private final long recoveredEndMillis;
    private final Deque<Retained> retained = new ArrayDeque<>();
    /** All segments of earlier runs. */
    private final NavigableSet<Long> recovered = new TreeSet<>();
    /** Since when the oldest one has ended in the future, by the monotonic clock; null where it has not. */
    private Long aheadSinceNanos;

    private static final class Retained {
        private final long number;
        /** End of the last window of which something lies in it; null: not looked for yet. */
        private Long endedMillis;

        Retained(long number, Long endedMillis) {
            this.number = number;
            this.endedMillis = endedMillis;
        }

        long number() {
            return number;
        }
    }

    /**
     * @param recovered the journal as it was found
     * @param retain how long they are kept; zero: not at all
     * @param clock the wall clock
     */
    public RetainedSegments(
            SegmentStore store,
            int journalId,
            JournalRecovery.Recovered recovered,
            Duration retain,
            InstantSource clock) {
        this.store = store;
        this.journalId = journalId;
        this.retainMillis = retain.toMillis();
        this.clock = clock;
        this.recoveredEndMillis = recovered.state().windowEndMillis();
        this.recovered.addAll(recovered.passed());
        this.recovered.addAll(recovered.bases().keySet());
        recovered.passed().forEach(number -> retained.add(new Retained(number, null)));
    }

    /** Numbers of the segments, the oldest first. */
    List<Long> numbers() {
        return retained.stream().map(Retained::number).toList();
    }

    /** Keeps a segment of which every sink has everything; it is newer than all that are kept. */
    void add(SegmentTable.Segment segment) {
        long ended = segment.endedMillis();
        boolean unknown = ended == SegmentTable.NOTHING_ENDED && recovered.contains(segment.number());
        retained.add(new Retained(segment.number(), unknown ? null : ended));
    }

    /** Takes out those from {@code number} on, which are needed again. */
    public void removeFrom(long number) {
        while (!retained.isEmpty() && retained.peekLast().number() >= number) {
            retained.removeLast();
        }
    }

    /**
     * Deletes those whose time is over; whether there were any.
     *
     * @param nowNanos the monotonic clock
     */
    boolean deleteExpired(long nowNanos) {
        boolean deleted = false;
        while (!retained.isEmpty() && isExpired(nowNanos)) {
            deleteOldest();
            deleted = true;
        }
        return deleted;
    }

    private boolean isExpired(long nowNanos) {
        if (retainMillis == 0) {
            // Whatever its window: a batch may be cut, and delivered, before that ends.
            return true;
        }
        long ended = endedMillis(retained.peekFirst());
        if (ended == SegmentTable.NOTHING_ENDED) {
            return true;
        }
        long now = clock.millis();
        if (isAhead(ended, now)) {
            ended = earliestEndMillis();
        }
        if (!isAhead(ended, now)) {
            aheadSinceNanos = null;
            return now - ended > retainMillis;
        }
        if (aheadSinceNanos == null) {
            aheadSinceNanos = nowNanos;
        }
        return nowNanos - aheadSinceNanos > TimeUnit.MILLISECONDS.toNanos(retainMillis);
    }

    /** Whether a window ends later than any that a clock like the one of now opens, or one that is a little behind. */
    private static boolean isAhead(long endedMillis, long nowMillis) {
        return endedMillis - nowMillis > 2 * JournalState.CLOCK_BEHIND_MILLIS_MAX;
    }

    /** The earliest end of a window in a retained segment; there is one. */
    private long earliestEndMillis() {
        return retained.stream()
                .mapToLong(this::endedMillis)
                .filter(ended -> ended != SegmentTable.NOTHING_ENDED)
                .min()
                .orElseThrow();
    }

    private long endedMillis(Retained segment) {
        if (segment.endedMillis == null) {
            segment.endedMillis = endedMillis(segment.number);
        }
        return segment.endedMillis;
    }

    /**
     * Deletes the oldest one before its time. True: there was one, and it is deleted.
     */
    boolean deleteOldest() {
        Retained oldest = retained.pollFirst();
        if (oldest == null) {
            return false;
        }
        try {
            if (!isOurs(oldest)) {
                return false;
            }
            store.delete(oldest.number);
            log.debug("journal segment {} is released: every sink has what was in it", oldest.number);
            return true;
        } catch (IOException e) {
            log.warn(
                    "journal: cannot remove {}, which is no longer needed: {}",
                    store.describe(oldest.number),
                    e.toString());
            return false;
        }
    }

    /** Those of earlier runs were not read: files that were put there from elsewhere must not be deleted. */
    private boolean isOurs(Retained segment) throws IOException {
        if (!recovered.contains(segment.number())) {
            return true;
        }
        try {
            if (CheckpointReader.of(store, segment.number(), journalId) == null) {
                log.warn(
                        "journal: {} is damaged, but everything in it was delivered; it is removed",
                        store.describe(segment.number()));
            }
            return true;
        } catch (JournalException e) {
            log.warn("{}; the file is not removed", e.getMessage());
            return false;
        }
    }

    /**
     * End of the last window of which something lies in a segment, by the first checkpoint behind it that knows
     * the batch which was open where it ends.
     */
    private long endedMillis(long segment) {
        long batch = Long.MAX_VALUE;
        for (long number : recovered.tailSet(segment, false)) {
            JournalState state = state(number);
            if (state == null) {
                continue;
            }
            if (batch == Long.MAX_VALUE) {
                batch = state.lastBatch() + (state.uncutRecords() > 0 ? 1 : 0);
            }
            if (state.lastBatch() >= batch) {
                return state.lastBatch() == 0 ? SegmentTable.NOTHING_ENDED : state.windowEndMillis();
            }
        }
        return recoveredEndMillis;
    }

    /** What the journal knew when a segment began; null where that is damaged. */
    private JournalState state(long number) {
        try {
            CheckpointCodec.Checkpoint checkpoint = CheckpointReader.of(store, number, journalId);
            return checkpoint == null ? null : checkpoint.state();
        } catch (IOException | JournalException e) {
            log.debug("journal: {} does not say what is before it", store.describe(number), e);
            return null;
        }
    }
}
