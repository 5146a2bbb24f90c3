package io.decant.loadtest.cases;

import io.decant.loadtest.load.LoadException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting for conditions. */
final class Wait {

    private static final long LOOK_NANOS = 1_000_000;

    private Wait() {}

    /** Until something holds; a {@link LoadException} that says {@code what} when it does not in time. */
    static void until(BooleanSupplier condition, long secondsMax, String what) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(secondsMax);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new LoadException("not within " + secondsMax + " s: " + what);
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** So long, or until something ends it. */
    static void orEnough(long nanos, BooleanSupplier enough) {
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0 && !enough.getAsBoolean(); left = end - System.nanoTime()) {
            LockSupport.parkNanos(Math.min(left, LOOK_NANOS));
        }
    }
}
