package io.decant.ingest.batch;

import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.Shape;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;

/**
 * Decides when the stream is cut, and what window a batch has. Windows are aligned to multiples of the interval since
 * the epoch, UTC. Where the wall clock goes back by up to a day, windows do not: they continue from the last one at the
 * pace of the monotonic clock until the wall clock has caught up. Where it is further behind the last window it had
 * been wrong, and windows follow it back. Several batches may share a window, when one is cut early, whatever the clock
 * does.
 *
 * <p>Owned by the journal writer's thread.
 */
public final class Cutter {

    private final long intervalMillis;
    private final long recordsMax;
    private final InstantSource clock;
    private boolean open;
    private long windowStartMillis;
    private long dueNanos;
    private boolean windowBegun;
    private long windowOverNanos;

    public Cutter(Duration interval, long recordsMax, InstantSource clock) {
        this.intervalMillis = interval.toMillis();
        this.recordsMax = recordsMax;
        this.clock = clock;
        if (intervalMillis < 1 || recordsMax < 1) {
            throw new IllegalArgumentException("interval " + interval + ", at most " + recordsMax + " records");
        }
    }

    /** Most records that the batch which is open now can still take. */
    public long recordsLeft(JournalState state) {
        return recordsMax - state.uncutRecords();
    }

    /** To be called after something was appended, or recovered. */
    public void appended(JournalState state, long nowNanos) {
        if (!open && state.uncutRecords() > 0) {
            open(state, clock.millis(), nowNanos);
        }
    }

    /** Opens the window of blocks that a restart found uncut, and has it cut immediately. */
    public void recovered(JournalState state, long nowNanos) {
        if (state.uncutRecords() > 0) {
            open(state, state.uncutArrivalMillis(), nowNanos);
            dueNanos = nowNanos;
        }
    }

    private void open(JournalState state, long wallMillis, long nowNanos) {
        open = true;
        long start = Math.floorDiv(wallMillis, intervalMillis) * intervalMillis;
        long behindMillis = state.windowStartMillis() - wallMillis;
        boolean followsBack = behindMillis > JournalState.CLOCK_BEHIND_MILLIS_MAX;
        boolean clockWentBack = behindMillis > 0 && !followsBack;
        if (clockWentBack && windowBegun && nowNanos - windowOverNanos < 0) {
            // The last batch was cut early. A window of its own for each such batch would diverge from the clocks.
            dueNanos = windowOverNanos;
            return;
        }
        long earliest = alignUp(clockWentBack ? state.windowEndMillis() : state.windowStartMillis());
        windowStartMillis = followsBack ? start : Math.max(start, earliest);
        long untilEndMillis = windowStartMillis + intervalMillis - wallMillis;
        dueNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(Math.min(intervalMillis, Math.max(0, untilEndMillis)));
        windowOverNanos = dueNanos;
        windowBegun = true;
    }

    private long alignUp(long millis) {
        return -Math.floorDiv(-millis, intervalMillis) * intervalMillis;
    }

    /** Whether the batch that is open must be closed now. */
    public boolean due(JournalState state, long nowNanos) {
        return open && (nowNanos - dueNanos >= 0 || state.uncutRecords() >= recordsMax);
    }

    /** When a batch becomes due by time alone; {@link Long#MAX_VALUE} where none is open. */
    public long wakeAtNanos() {
        return open ? dueNanos : Long.MAX_VALUE;
    }

    /** Whether anything is uncut. */
    public boolean isOpen() {
        return open;
    }

    /** Closes the batch that is open. */
    public Cut cut(JournalState state, Shape shape) {
        if (!open) {
            throw new IllegalStateException("nothing to cut after batch " + state.lastBatch());
        }
        open = false;
        return new Cut(
                state.lastBatch() + 1,
                windowStartMillis,
                windowStartMillis + intervalMillis,
                state.cutEnd(),
                state.uncutRecords(),
                state.uncutBytes(),
                shape);
    }
}
