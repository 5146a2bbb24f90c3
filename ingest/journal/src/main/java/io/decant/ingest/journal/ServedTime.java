package io.decant.ingest.journal;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How long the servers of a journal have served, over all starts: the journal says how long until this start, and the
 * monotonic clock continues from there. Time in which no server ran does not count, nor does whatever is done to the
 * wall clock. What a crash takes is a minute at the most, see {@link JournalWriter#noteServed}; so it never runs ahead
 * of the truth. Any thread.
 */
public final class ServedTime {

    private final long beforeMillis;
    private final LongSupplier nanoTime;
    private final long startNanos;

    /**
     * @param beforeMillis what the journal says at this start, {@link JournalState#servedMillis()}
     * @param nanoTime the monotonic clock, e.g. {@code System::nanoTime}
     */
    public ServedTime(long beforeMillis, LongSupplier nanoTime) {
        this.beforeMillis = beforeMillis;
        this.nanoTime = nanoTime;
        this.startNanos = nanoTime.getAsLong();
    }

    /** Milliseconds served until now. */
    public long millis() {
        return beforeMillis + TimeUnit.NANOSECONDS.toMillis(nanoTime.getAsLong() - startNanos);
    }

    /** When so many milliseconds are served, by the monotonic clock. */
    public long nanosAt(long millis) {
        return startNanos + TimeUnit.MILLISECONDS.toNanos(millis - beforeMillis);
    }
}
