package io.decant.ingest.source.tcp;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition, with a deadline that fails the test. */
final class Await {

    static final Duration DEADLINE = Duration.ofSeconds(20);

    private static final long POLL_NANOS = 200_000;

    private Await() {}

    static void until(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > DEADLINE.toNanos()) {
                throw new AssertionError("in vain awaited: " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }
}
