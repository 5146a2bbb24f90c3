package io.decant.loadtest.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends the records of its streams at a steady rate, on a thread of its own, and remembers what was acknowledged. It
 * goes on through every failure of its peer. Once it is told to stop, it ends when all that it has sent is
 * acknowledged.
 */
abstract class ChaosSender implements Runnable {

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    private static final int VIOLATIONS_MAX = 10;

    private final String name;
    private final long nanosPerRecord;
    private final List<String> violations = new ArrayList<>();
    private volatile boolean stopping;
    private volatile boolean abandoned;
    private long dueNanos;
    private Thread thread;

    /** @param rate records a second, at the most */
    ChaosSender(String name, int rate) {
        this.name = name;
        this.nanosPerRecord = TimeUnit.SECONDS.toNanos(1) / rate;
    }

    final String name() {
        return name;
    }

    final void start() {
        dueNanos = System.nanoTime();
        thread = new Thread(this, "sender-" + name);
        thread.setDaemon(true);
        thread.start();
    }

    /** Lets it end. */
    final void stop() {
        stopping = true;
    }

    /** Makes it end, whatever is unacknowledged. */
    final void abandon() {
        stopping = true;
        abandoned = true;
    }

    final boolean hasEnded() {
        return !thread.isAlive();
    }

    /** Whether it sends nothing new. */
    final boolean isStopping() {
        return stopping;
    }

    /** Whether it is to end at once. */
    final boolean isAbandoned() {
        return abandoned;
    }

    /** Waits until so many records are due. After a pause of the peer it catches up only a little. */
    final void pace(int records) {
        long now = System.nanoTime();
        dueNanos = Math.max(dueNanos + records * nanosPerRecord, now - TimeUnit.SECONDS.toNanos(1));
        for (long left = dueNanos - now; left > 0 && !stopping; left = dueNanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Before another try. */
    final void pause() {
        LockSupport.parkNanos(RETRY_NANOS);
    }

    /** The peer did what it must not. */
    final void violated(String what) {
        synchronized (violations) {
            if (violations.size() < VIOLATIONS_MAX) {
                violations.add(name + ": " + what);
            }
        }
    }

    /** What the peer did that it must not. */
    final List<String> violations() {
        synchronized (violations) {
            return List.copyOf(violations);
        }
    }

    /** Records of each stream that were sent, whether or not the answer has come yet; all acknowledged at the end. */
    abstract Map<String, Long> sent();

    /** Records that were acknowledged. */
    abstract long acknowledged();
}
