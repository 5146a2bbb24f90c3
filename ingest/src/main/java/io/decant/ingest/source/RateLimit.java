package io.decant.ingest.source;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Bytes a second, over all connections of a user. It is a single number: the time up to which what was taken is paid
 * for. Taking moves it on by what the bytes cost; where it is ahead of the clock, no more may be taken until then. So
 * what is read at once may go over the limit, and the next read waits the longer. A second's worth may be saved up.
 *
 * <p>Safe from any thread, without a lock: a compare-and-set for each read of a socket or body.
 */
public final class RateLimit {

    private static final double SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** What a single read may cost: the sum stays far from an overflow. */
    private static final double COST_NANOS_MAX = TimeUnit.DAYS.toNanos(1);

    private final LongSupplier clock;
    private final double nanosPerByte;
    private final AtomicLong paidUntil;

    /**
     * @param bytesPerSecond at least 1
     * @param clock monotonic, in nanoseconds
     */
    public RateLimit(long bytesPerSecond, LongSupplier clock) {
        this.clock = clock;
        this.nanosPerByte = SECOND_NANOS / bytesPerSecond;
        this.paidUntil = new AtomicLong(clock.getAsLong() - (long) SECOND_NANOS);
    }

    /**
     * So many bytes were taken.
     *
     * @return for how many nanoseconds no more may be taken; 0: more may be
     */
    public long take(long bytes) {
        long now = clock.getAsLong();
        long cost = (long) Math.min(bytes * nanosPerByte, COST_NANOS_MAX);
        long earliest = now - (long) SECOND_NANOS;
        long paid = paidUntil.updateAndGet(until -> (until - earliest < 0 ? earliest : until) + cost);
        return Math.max(0, paid - now);
    }

    /** For how many nanoseconds no more may be taken; 0: more may be. */
    public long waitNanos() {
        return Math.max(0, paidUntil.get() - clock.getAsLong());
    }
}
