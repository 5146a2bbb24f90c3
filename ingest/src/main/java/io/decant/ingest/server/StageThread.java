package io.decant.ingest.server;

import io.decant.ingest.stage.Stage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * Runs one stage in one thread: works while there is work, sleeps until woken where there is none. The thread is never
 * interrupted, since an interrupt would close the file that it is forcing.
 *
 * <p>A thread may have a follower, whose stage continues with what its own stage made. Where that makes one thing in a
 * turn and the follower sleeps, the turn of the follower's stage is taken here: waking a thread costs about as much as
 * a sync takes. Where there is more than one thing, the follower is woken, and the two run side by side.
 */
final class StageThread {

    /** A sleep is never longer, so that a stalled clock or a lost wake-up costs time and nothing else. */
    private static final long SLEEP_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    /** One that does something, and one that finds nothing more to do. */
    private static final int LENT_TURNS_MAX = 2;

    /** How a thread sleeps until it is woken, as {@link LockSupport} has it. */
    interface Parking {

        Parking OF_THE_JVM = new Parking() {
            @Override
            public void park(Object blocker, long nanosMax) {
                LockSupport.parkNanos(blocker, nanosMax);
            }

            @Override
            public void unpark(Thread thread) {
                LockSupport.unpark(thread);
            }
        };

        /** Puts the calling thread to sleep; may return sooner, and does where the thread was woken before. */
        void park(Object blocker, long nanosMax);

        /** Any thread. */
        void unpark(Thread thread);
    }

    private final Stage stage;
    private final LongSupplier nanoTime;
    private final BiConsumer<Stage, Throwable> failed;
    private final Parking parking;
    private final Thread thread;
    private final AtomicReference<State> state = new AtomicReference<>(State.AWAKE);
    private volatile boolean woken;
    private volatile boolean stopping;
    private volatile long movedAtNanos;

    /** Null if there is none before, or after. Set before the thread starts. */
    private StageThread leader;

    private StageThread follower;
    /** How often the follower got something to do in this turn. This thread's own. */
    private int followerCalls;

    /** Who may run the stage. */
    private enum State {
        /** Its own thread does. */
        AWAKE,
        /** It sleeps; a thread that has work for it wakes it. */
        ASLEEP,
        /** Another thread does, in the place of its own, which sleeps. */
        LENT
    }

    /**
     * @param failed told once when the stage throws; the thread has ended then
     * @param parking {@link Parking#OF_THE_JVM}, or one in which a lost wake-up is seen
     */
    StageThread(Stage stage, LongSupplier nanoTime, BiConsumer<Stage, Throwable> failed, Parking parking) {
        this.stage = stage;
        this.nanoTime = nanoTime;
        this.failed = failed;
        this.parking = parking;
        this.thread = new Thread(this::run, "decant-" + stage.name());
    }

    /** Names the thread whose turns this one may take. Before either is started. */
    void followedBy(StageThread next) {
        follower = next;
        next.leader = this;
    }

    /** From now on the stage's waker wakes this thread. */
    void start() {
        stage.waker().wakeBy(this::wake);
        thread.start();
    }

    /** Any thread. */
    private void wake() {
        if (leader != null && Thread.currentThread() == leader.thread) {
            leader.wakeFollower();
        } else {
            wakeNow();
        }
    }

    private void wakeNow() {
        woken = true;
        if (state.get() == State.ASLEEP) {
            parking.unpark(thread);
        }
    }

    /** The first thing that the follower gets in a turn waits for the end of the turn. */
    private void wakeFollower() {
        followerCalls++;
        if (followerCalls > 1 || follower.state.get() != State.ASLEEP) {
            follower.wakeNow();
        }
    }

    /** Ends the thread after what it is doing now. */
    void stop() {
        stopping = true;
        stage.stopping();
        wakeNow();
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
        return state.get() == State.ASLEEP || nanoTime.getAsLong() - movedAtNanos < withinNanos;
    }

    private void run() {
        try {
            while (!stopping) {
                woken = false;
                followerCalls = 0;
                boolean worked = turn();
                if (followerCalls == 1) {
                    follower.takeTurnHere();
                } else if (!worked) {
                    sleep(stage.wakeAtNanos());
                }
            }
        } catch (Throwable e) {
            failed.accept(stage, e);
        }
    }

    private boolean turn() {
        long now = nanoTime.getAsLong();
        movedAtNanos = now;
        return stage.work(now);
    }

    /**
     * Takes turns of this thread's stage on the calling thread; has this one continue where that is not the end of it.
     */
    private void takeTurnHere() {
        if (!state.compareAndSet(State.ASLEEP, State.LENT)) {
            wakeNow();
            return;
        }
        boolean more = true;
        try {
            woken = false;
            for (int turns = 0; more && turns < LENT_TURNS_MAX; turns++) {
                more = turn();
            }
        } catch (Throwable e) {
            stopping = true;
            failed.accept(stage, e);
        }
        more |= stage.wakeAtNanos() != Long.MAX_VALUE;
        state.set(State.ASLEEP);
        // What came for this stage meanwhile did not find it asleep.
        if (more || woken || stopping) {
            parking.unpark(thread);
        }
    }

    private void sleep(long untilNanos) {
        long now = nanoTime.getAsLong();
        if (untilNanos <= now) {
            return;
        }
        // Never before the comparison: the difference of a time without end would overflow.
        long left = untilNanos == Long.MAX_VALUE ? SLEEP_NANOS_MAX : Math.min(SLEEP_NANOS_MAX, untilNanos - now);
        state.set(State.ASLEEP);
        // Set before the look at woken, as wake() sets woken before its look at the state: one of the two sees the
        // other.
        if (!woken && !stopping) {
            parking.park(this, left);
        }
        while (!state.compareAndSet(State.ASLEEP, State.AWAKE)) {
            // Lent, for no longer than a turn; the thread that took it unparks.
            parking.park(this, left);
        }
    }
}
