package io.decant.ingest.journal;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the disk: prepares the next segment before the writer needs it, removes segments that every sink is past, and watches
 * the free space. Owned by one thread, the keeper's; {@link #freeBytes} is for any.
 */
public final class SegmentKeeper {

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final Logger log = LoggerFactory.getLogger(SegmentKeeper.class);

    private final SegmentStore store;
    private final SegmentTable segments;
    private final Positions positions;
    private final Runnable wakeWriter;
    private volatile long freeBytes;
    private volatile String trouble = "";
    private long retryAtNanos = Long.MIN_VALUE;
    private long lookAtNanos = Long.MIN_VALUE;

    public SegmentKeeper(SegmentStore store, SegmentTable segments, Positions positions, Runnable wakeWriter) {
        this.store = store;
        this.segments = segments;
        this.positions = positions;
        this.wakeWriter = wakeWriter;
        this.freeBytes = Long.MAX_VALUE;
    }

    /** Free bytes of the journal's disk, as of the last look. */
    public long freeBytes() {
        return freeBytes;
    }

    /** Why no next segment can be prepared; empty where one is, or can be. */
    public String trouble() {
        return trouble;
    }

    /** Does what is due. */
    public boolean work(long nowNanos) {
        boolean worked = release();
        if (lookAtNanos == Long.MIN_VALUE || nowNanos - lookAtNanos >= 0) {
            lookAtNanos = nowNanos + LOOK_NANOS;
            look();
        }
        if (!store.prepared() && (worked || retryAtNanos == Long.MIN_VALUE || nowNanos - retryAtNanos >= 0)) {
            worked |= prepare(nowNanos);
        }
        return worked;
    }

    /** When {@link #work} has something to do by time alone. */
    public long wakeAtNanos() {
        return lookAtNanos == Long.MIN_VALUE ? Long.MAX_VALUE : lookAtNanos;
    }

    private void look() {
        try {
            long free = store.freeBytes();
            if (free != freeBytes) {
                freeBytes = free;
                wakeWriter.run();
            }
        } catch (IOException e) {
            // The disk that cannot say how full it is will fail its next write, which is where it counts.
            log.debug("journal: free space unknown: {}", e.toString());
        }
    }

    private boolean release() {
        List<Long> removable = segments.removeBefore(positions.delivered());
        for (long number : removable) {
            try {
                store.delete(number);
                log.debug("journal segment {} is released: every sink has what was in it", number);
            } catch (IOException e) {
                log.warn(
                        "journal: cannot remove {}, which nothing needs any more: {}",
                        store.describe(number),
                        e.toString());
            }
        }
        return !removable.isEmpty();
    }

    private boolean prepare(long nowNanos) {
        try {
            store.prepare();
            retryAtNanos = Long.MIN_VALUE;
            if (!trouble.isEmpty()) {
                log.info("journal: the next segment is prepared after all");
                trouble = "";
            }
            wakeWriter.run();
            return true;
        } catch (IOException e) {
            retryAtNanos = nowNanos + LOOK_NANOS;
            if (trouble.isEmpty()) {
                log.warn(
                        "journal: cannot prepare the next segment: {}; sources wait once this one is full",
                        e.toString());
            }
            trouble = e.toString();
            return false;
        }
    }
}
