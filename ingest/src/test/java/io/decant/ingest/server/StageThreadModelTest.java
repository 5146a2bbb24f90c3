package io.decant.ingest.server;

import io.decant.ingest.stage.Stage;
import io.decant.ingest.stage.StageWaker;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A stage thread and its follower, in many orders of their steps. A sleep has no end here, so a wake-up that is lost
 * leaves everybody asleep, which the model checker reports. Forbidden as well: that a stage is in two turns at a time.
 */
@Tag("lincheck")
class StageThreadModelTest {

    private static final int INVOCATIONS = 2_000;

    @Test
    void shouldDoWhatTheLeaderAndOthersHaveForTheFollower() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> new Pair(1, 1, 0).run());
    }

    @Test
    void shouldDoWhatComesWhenTheFollowerHasJustFoundNothing() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> new Pair(1, 0, 1).run());
    }

    @Test
    void shouldDoWhatTheLeaderHasForTheFollowerInOneTurn() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> new Pair(2, 0, 0).run());
    }

    /** Ends when the follower has done as many things as there are. */
    private static final class Pair {

        private final int byLeader;
        private final int byOthers;
        private final int atTheEnd;
        private final AtomicReference<Throwable> failure = new AtomicReference<>();
        private final AtomicBoolean asked = new AtomicBoolean();
        private final AtomicInteger things = new AtomicInteger();
        private final AtomicBoolean inTurn = new AtomicBoolean();
        private final StageWaker leaderWaker = new StageWaker();
        private final StageWaker followerWaker = new StageWaker();
        private final StageThread leader;
        private final StageThread follower;
        private int done;
        private boolean isAtTheEnd;

        /**
         * Numbers of things.
         *
         * @param byOthers given while the two threads start
         * @param atTheEnd given when the follower has done the others, and found nothing more
         */
        Pair(int byLeader, int byOthers, int atTheEnd) {
            this.byLeader = byLeader;
            this.byOthers = byOthers;
            this.atTheEnd = atTheEnd;
            leader = new StageThread(
                    new TestStage("leader", this::lead, leaderWaker),
                    () -> 0,
                    (stage, e) -> failure.set(e),
                    new UntilWoken());
            follower = new StageThread(
                    new TestStage("follower", this::follow, followerWaker),
                    () -> 0,
                    (stage, e) -> failure.set(e),
                    new UntilWoken());
            leader.followedBy(follower);
        }

        private boolean lead() {
            if (!asked.getAndSet(false)) {
                return false;
            }
            give(byLeader);
            return true;
        }

        private void give(int count) {
            for (int i = 0; i < count; i++) {
                things.incrementAndGet();
                followerWaker.wake();
            }
        }

        private boolean follow() {
            if (!inTurn.compareAndSet(false, true)) {
                throw new IllegalStateException("in two turns at a time");
            }
            int found = things.getAndSet(0);
            done += found;
            inTurn.set(false);
            if (found > 0 && done == byLeader + byOthers + atTheEnd) {
                leader.stop();
                follower.stop();
            } else if (found == 0 && done == byLeader + byOthers && !isAtTheEnd) {
                isAtTheEnd = true;
                new Thread(() -> give(atTheEnd)).start();
            }
            return found > 0;
        }

        void run() {
            leader.start();
            follower.start();
            asked.set(true);
            leaderWaker.wake();
            give(byOthers);
            leader.joinUninterruptibly();
            follower.joinUninterruptibly();
            if (failure.get() != null) {
                throw new IllegalStateException(failure.get());
            }
        }
    }

    /**
     * Sleeps of one thread, which end when it is woken and not before: a model checker may end those of the JVM at any
     * time.
     */
    private static final class UntilWoken implements StageThread.Parking {

        private boolean woken;

        @Override
        public synchronized void park(Object blocker, long nanosMax) {
            try {
                while (!woken) {
                    wait();
                }
                woken = false;
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public synchronized void unpark(Thread thread) {
            woken = true;
            notifyAll();
        }
    }

    private record TestStage(String name, BooleanSupplier turn, StageWaker waker) implements Stage {

        @Override
        public boolean work(long nowNanos) {
            return turn.getAsBoolean();
        }

        @Override
        public long wakeAtNanos() {
            return Long.MAX_VALUE;
        }
    }
}
