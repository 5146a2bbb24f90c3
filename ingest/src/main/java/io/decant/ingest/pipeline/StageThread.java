package io.decant.ingest.pipeline;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * Runs one stage in one thread: works while there is work, sleeps until woken where there is none. The thread is never
 * interrupted, since an interrupt would close the file that it is forcing.
 */
final class StageThread {

    /** A sleep is never longer, so that a stalled clock or a lost wake-up costs time and nothing else. */
    private static final long SLEEP_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private final Stage stage;
    private final LongSupplier nanoTime;
    private final BiConsumer<Stage, Throwable> failed;
    private final Thread thread;
    private volatile boolean asleep;
    private volatile boolean woken;
    private volatile boolean stopping;
    private volatile long movedAtNanos;

    /** @param failed told once when the stage throws; the thread has ended then */
    StageThread(Stage stage, LongSupplier nanoTime, BiConsumer<Stage, Throwable> failed) {
        this.stage = stage;
        this.nanoTime = nanoTime;
        this.failed = failed;
        this.thread = new Thread(this::run, "decant-" + stage.name());
    }

    void start() {
        thread.start();
    }

    /** Has the stage look again; any thread. */
    void wake() {
        woken = true;
        if (asleep) {
            LockSupport.unpark(thread);
        }
    }

    /** Ends the thread after what it is doing now. */
    void stop() {
        stopping = true;
        wake();
    }

    /**
     * Waits until the thread has ended; not to be called by the stage.
     *
     * @return whether the caller was interrupted meanwhile
     */
    boolean joinUninterruptibly() {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        return interrupted;
    }

    Stage stage() {
        return stage;
    }

    /** Whether the stage has begun a turn within the given time, or sleeps. */
    boolean isLively(long withinNanos) {
        return asleep || nanoTime.getAsLong() - movedAtNanos < withinNanos;
    }

    private void run() {
        try {
            while (!stopping) {
                woken = false;
                long now = nanoTime.getAsLong();
                movedAtNanos = now;
                if (!stage.work(now)) {
                    sleep(stage.wakeAtNanos());
                }
            }
        } catch (Throwable e) {
            failed.accept(stage, e);
        }
    }

    private void sleep(long untilNanos) {
        long now = nanoTime.getAsLong();
        if (untilNanos <= now) {
            return;
        }
        // Never before the comparison: the difference of a time without end would overflow.
        long left = untilNanos == Long.MAX_VALUE ? SLEEP_NANOS_MAX : Math.min(SLEEP_NANOS_MAX, untilNanos - now);
        asleep = true;
        // Set before the look at woken, as wake() sets woken before its look at asleep: one of the two sees the other.
        if (!woken && !stopping) {
            LockSupport.parkNanos(this, left);
        }
        asleep = false;
    }
}
