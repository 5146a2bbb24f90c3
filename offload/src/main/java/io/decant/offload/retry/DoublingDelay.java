package io.decant.offload.retry;

import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * How long to wait before something that failed is tried again: exponential back-off. Immutable; any thread.
 *
 * @param firstNanos the delay after the first failure, more than 0
 * @param maxNanos the longest, more than 0
 */
public record DoublingDelay(long firstNanos, long maxNanos) {

    public DoublingDelay {
        if (firstNanos < 1 || maxNanos < 1) {
            throw new IllegalArgumentException(
                    "invalid delay: first " + firstNanos + " ns, longest " + maxNanos + " ns");
        }
    }

    public static DoublingDelay of(Duration first, Duration max) {
        return new DoublingDelay(first.toNanos(), max.toNanos());
    }

    /**
     * The first delay · 2<sup>failures - 1</sup>, or the longest.
     *
     * @param failures at least 1
     */
    public long nanos(int failures) {
        int doublings = failures - 1;
        boolean overflows = doublings >= Long.numberOfLeadingZeros(firstNanos);
        return overflows ? maxNanos : Math.min(maxNanos, firstNanos << doublings);
    }

    /**
     * Drawn evenly from 0 to {@link #nanos}, both included: full jitter (Marc Brooker, "Exponential Backoff And
     * Jitter", AWS Architecture Blog, 2015), so that all who wait for the same thing do not come at the same moment.
     */
    public long jitteredNanos(int failures, RandomGenerator random) {
        return random.nextLong(Math.min(nanos(failures), Long.MAX_VALUE - 1) + 1);
    }
}
