package io.decant.cluster;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits on conditions, with a deadline. */
public final class Await {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    private Await() {}

    /** A condition of the world outside; while it cannot be asked it is not met. */
    public interface Condition {
        boolean isMet() throws IOException;
    }

    /** @param what said if it is not met in time */
    public static void until(String what, Duration patience, Condition condition) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            IOException last = null;
            try {
                if (condition.isMet()) {
                    return;
                }
            } catch (IOException e) {
                last = e;
            }
            if (System.nanoTime() - deadline >= 0) {
                throw new AssertionError("after " + patience + " still not so: " + what, last);
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }
}
