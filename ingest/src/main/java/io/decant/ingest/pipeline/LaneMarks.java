package io.decant.ingest.pipeline;

import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.stage.StageWaker;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * What one lane has marked, and the mark whose sync it waits for: a sink that has split a part sends the pieces only
 * once a restart would know of them.
 *
 * <p>Owned by the lane's thread; what others may ask says so.
 */
final class LaneMarks {

    /** Within a batch, progress is marked no more often than this: a restart repeats that much, under the same keys. */
    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final long NONE = 0;

    private final Sink sink;
    private final MarkSlot slot;
    private final Positions positions;
    private final StageWaker writer;
    private final Function<Progress, Mark> markAt;
    private Progress marked = Progress.START;
    private long markedAtNanos;
    /** What the mark says whose sync is waited for. */
    private Progress awaitedProgress = Progress.START;

    private volatile long awaited = NONE;

    /** @param markAt makes a mark of how far the sink is in the lane's batch */
    LaneMarks(Sink sink, MarkSlot slot, Positions positions, StageWaker writer, Function<Progress, Mark> markAt) {
        this.sink = sink;
        this.slot = slot;
        this.positions = positions;
        this.writer = writer;
        this.markAt = markAt;
    }

    /** Whether a sync may let the lane continue; any thread. */
    boolean awaitsSync() {
        return awaited != NONE;
    }

    /** Whether the writer has taken the last mark; any thread. */
    boolean areTaken() {
        return slot.peek() == null;
    }

    /** The lane is at a batch of which the journal has marked this much. */
    void goOnFrom(Progress progress) {
        marked = progress;
    }

    /** Whether the sink may begin where it should: a crash would come back to that place, too. */
    boolean letBegin(long nowNanos) {
        if (awaited != NONE && !isAwaitedSynced()) {
            return false;
        }
        awaited = NONE;
        markedAtNanos = nowNanos;
        return true;
    }

    private boolean isAwaitedSynced() {
        return slot.isSynced(awaited, positions.synced());
    }

    /** Tells the sink once the mark that it waits for is synced. */
    boolean look() {
        if (awaited == NONE || !isAwaitedSynced()) {
            return false;
        }
        awaited = NONE;
        sink.progressDurable(awaitedProgress);
        return true;
    }

    /** Marks what the sink has come to, if it is time. */
    boolean markProgress(long nowNanos) {
        boolean awaitedBySink = sink.awaitsDurableProgress();
        boolean due = awaitedBySink || nowNanos - markedAtNanos >= INTERVAL_NANOS;
        Progress progress = sink.progress();
        if (awaited != NONE || !due || progress.equals(marked)) {
            return false;
        }
        markedAtNanos = nowNanos;
        if (awaitedBySink) {
            putAwaited(progress);
        } else {
            marked = progress;
            put(markAt.apply(progress), false);
        }
        return true;
    }

    /** Marks where the sink has to begin again, unless that is marked. */
    void markBeginning(Progress progress) {
        if (!progress.equals(marked)) {
            putAwaited(progress);
        }
    }

    private void putAwaited(Progress progress) {
        marked = progress;
        awaitedProgress = progress;
        // Before the mark is put: the thread that syncs it reads this afterwards.
        awaited = slot.next();
        put(markAt.apply(progress), true);
    }

    /** Marks that the sink has a batch whole. */
    void markWhole(Mark mark) {
        put(mark, false);
    }

    private void put(Mark mark, boolean isAwaited) {
        slot.put(mark, isAwaited);
        writer.wake();
    }

    /** Waits for no mark any more. */
    void stopWaiting() {
        awaited = NONE;
    }

    /** When progress is to be marked by time alone; {@link Long#MAX_VALUE}: never. */
    long wakeAtNanos() {
        boolean markable = awaited == NONE && !sink.progress().equals(marked);
        return markable ? markedAtNanos + INTERVAL_NANOS : Long.MAX_VALUE;
    }
}
