package io.decant.ingest.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.stage.Stage;
import io.decant.ingest.stage.StageWaker;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StageThreadsTest {

    private static final int ROUNDS = 20_000;
    /** Who is woken by nobody does not come in time by himself. */
    private static final StageThread.Parking UNTIL_WOKEN = new StageThread.Parking() {
        @Override
        public void park(Object blocker, long nanosMax) {
            LockSupport.park(blocker);
        }

        @Override
        public void unpark(Thread thread) {
            LockSupport.unpark(thread);
        }
    };

    private final CompletableFuture<Throwable> failed = new CompletableFuture<>();
    private final Leader leader = new Leader();
    private final Follower follower = new Follower();
    private final StageThreads threads = new StageThreads(
            List.of(leader, follower),
            System::nanoTime,
            (stage, e) -> failed.complete(new StageFailure(stage, e)),
            UNTIL_WOKEN);

    /** What failed, and how. */
    private static final class StageFailure extends Exception {
        private static final long serialVersionUID = 1;

        private final transient Stage stage;

        StageFailure(Stage stage, Throwable cause) {
            super(cause);
            this.stage = stage;
        }
    }

    /** Hands a number of things to the follower in each turn. */
    private final class Leader implements Stage {
        private final StageWaker waker = new StageWaker();
        private final AtomicInteger turns = new AtomicInteger();
        private volatile IntSupplier things = () -> 0;

        @Override
        public String name() {
            return "leader";
        }

        @Override
        public StageWaker waker() {
            return waker;
        }

        @Override
        public boolean work(long nowNanos) {
            if (turns.get() == 0) {
                return false;
            }
            for (int i = things.getAsInt(); i > 0; i--) {
                follower.queue.add(i);
                follower.waker.wake();
            }
            turns.decrementAndGet();
            return true;
        }

        @Override
        public long wakeAtNanos() {
            return Long.MAX_VALUE;
        }
    }

    /** Counts what it was handed, and in which thread. */
    private static final class Follower implements Stage {
        private final StageWaker waker = new StageWaker();
        private final Queue<Integer> queue = new ConcurrentLinkedQueue<>();
        private final Semaphore done = new Semaphore(0);
        private final AtomicBoolean inTurn = new AtomicBoolean();
        private volatile String thread = "";
        private volatile RuntimeException failure;
        /** What happens at the end of the next turn on the leader's thread that finds nothing. */
        private volatile Runnable atEnd;

        private volatile boolean crossed;

        @Override
        public String name() {
            return "follower";
        }

        @Override
        public StageWaker waker() {
            return waker;
        }

        @Override
        public boolean work(long nowNanos) {
            crossed |= !inTurn.compareAndSet(false, true);
            int count = 0;
            while (queue.poll() != null) {
                count++;
            }
            if (count > 0) {
                thread = Thread.currentThread().getName();
            }
            inTurn.set(false);
            Runnable end = atEnd;
            if (count == 0 && end != null && Thread.currentThread().getName().equals("decant-leader")) {
                atEnd = null;
                end.run();
            }
            if (failure != null && count > 0) {
                throw failure;
            }
            done.release(count);
            return count > 0;
        }

        @Override
        public long wakeAtNanos() {
            return Long.MAX_VALUE;
        }
    }

    @AfterEach
    void close() {
        threads.close();
    }

    private void start() {
        threads.pair(leader, follower);
        threads.start();
    }

    private void lead(int things) {
        leader.things = () -> things;
        leader.turns.incrementAndGet();
        leader.waker.wake();
    }

    @Test
    void shouldTakeTheTurnOfASleepingFollowerOnTheLeadersThread() throws InterruptedException {
        start();
        // The follower may still be on its way to its first sleep.
        do {
            lead(1);
            follower.done.acquire();
        } while (!follower.thread.equals("decant-leader"));
        assertThat(failed).isNotDone();
    }

    @Test
    void shouldWakeTheFollowerForWhatCameAtTheEndOfALentTurn() throws InterruptedException {
        start();
        // Where the follower was quicker, there is another lent turn, and that finds it.
        do {
            CountDownLatch came = new CountDownLatch(1);
            follower.atEnd = () -> {
                wakeFromElsewhere();
                came.countDown();
            };
            while (came.getCount() > 0) {
                lead(1);
                follower.done.acquire();
                came.await(10, TimeUnit.MILLISECONDS);
            }
            follower.done.acquire();
        } while (!follower.thread.equals("decant-follower"));
        assertThat(failed).isNotDone();
    }

    /** Another thread has something for the follower. */
    private void wakeFromElsewhere() {
        Thread other = new Thread(() -> {
            follower.queue.add(1);
            follower.waker.wake();
        });
        other.start();
        try {
            other.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void shouldWakeTheFollowerWhereThereIsMoreThanOneThing() throws InterruptedException {
        CountDownLatch taken = new CountDownLatch(1);
        start();
        leader.things = () -> {
            follower.queue.add(1);
            follower.waker.wake();
            follower.queue.add(2);
            follower.waker.wake();
            // Comes to an end only if the follower has a thread of its own to do it in.
            follower.done.acquireUninterruptibly(2);
            taken.countDown();
            return 0;
        };
        leader.turns.incrementAndGet();
        leader.waker.wake();

        assertThat(taken.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(follower.thread).isEqualTo("decant-follower");
    }

    @Test
    void shouldNeitherLoseAWakeUpNorRunAStageTwiceAtATime() throws InterruptedException {
        start();
        for (int round = 0; round < ROUNDS; round++) {
            int things = round % 3;
            lead(things);
            if (round % 2 == 0) {
                // Somebody else has something for the follower at the same time.
                follower.queue.add(round);
                follower.waker.wake();
                things++;
            }
            follower.done.acquire(things);
        }
        assertThat(follower.crossed).isFalse();
    }

    @Test
    void shouldReportTheFollowersFailureAsItsOwn() throws Exception {
        follower.failure = new IllegalStateException("no more");
        start();
        lead(1);

        StageFailure failure = (StageFailure) failed.get(30, TimeUnit.SECONDS);
        assertThat(failure.stage).isSameAs(follower);
        assertThat(failure).hasCause(follower.failure);
        assertThat(leader.turns).hasValueLessThanOrEqualTo(1);
    }

    @Test
    void shouldEndTheThreadOfAStageThatFailedOnTheLeadersThread() throws Exception {
        follower.failure = new IllegalStateException("no more");
        start();
        lead(1);
        failed.get(30, TimeUnit.SECONDS);
        follower.failure = null;
        follower.queue.add(1);
        follower.waker.wake();
        threads.close();

        assertThat(follower.queue).hasSize(1);
    }

    /** Is in its turn until it is let go. */
    private record Blocked(
            String name, boolean waitsForOthers, CountDownLatch inTurn, CountDownLatch goOn, StageWaker waker)
            implements Stage {
        @Override
        public boolean work(long nowNanos) {
            inTurn.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            return false;
        }

        @Override
        public long wakeAtNanos() {
            return Long.MAX_VALUE;
        }
    }

    @Test
    void shouldTellWhoStandsStillUnlessItWaitsForOthers() throws Exception {
        AtomicLong now = new AtomicLong();
        CountDownLatch inTurn = new CountDownLatch(2);
        CountDownLatch goOn = new CountDownLatch(1);
        try (StageThreads blocked = new StageThreads(
                List.of(
                        new Blocked("disk", false, inTurn, goOn, new StageWaker()),
                        new Blocked("namenode", true, inTurn, goOn, new StageWaker())),
                now::get,
                (stage, e) -> failed.complete(e))) {
            blocked.start();
            inTurn.await();
            assertThat(blocked.stalled(Duration.ofSeconds(10))).isEmpty();
            now.set(TimeUnit.SECONDS.toNanos(11));
            assertThat(blocked.stalled(Duration.ofSeconds(10))).containsExactly("disk");
            goOn.countDown();
        }
    }
}
