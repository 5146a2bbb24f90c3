package io.decant.ingest.source.tcp;

import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.ModelScenario;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jetbrains.lincheck.datastructures.verifier.EpsilonVerifier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Connections that claim the same sessions, take them over, send and leave, in every order that a model checker finds.
 * Forbidden: that two hold a session at a time, that one goes on elsewhere than where the last has ended unless it
 * expired, that a claim is answered never or twice, and that anything counts for a client that holds nothing.
 */
@Tag("lincheck")
class SessionRegistryModelTest {

    private static final int ITERATIONS = 2;
    private static final int INVOCATIONS = 60;

    @Test
    void shouldGiveASessionToOneConnectionAtATimeAndAnswerEveryClaim() {
        new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(2)
                .actorsPerThread(4)
                .actorsBefore(0)
                .actorsAfter(0)
                // Two claim one session, and the first may leave before the second takes it over.
                .addCustomScenario(scenario()
                        .thread()
                        .does("connect", 0, 0)
                        .does("send", 0)
                        .does("disconnect", 0)
                        .thread()
                        .does("connect", 1, 0)
                        .does("send", 1)
                        .build())
                // It is claimed while the claim before has not been answered yet, and back again.
                .addCustomScenario(scenario()
                        .thread()
                        .does("connect", 0, 0)
                        .does("disconnect", 0)
                        .does("connect", 0, 0)
                        .thread()
                        .does("connect", 1, 0)
                        .does("disconnect", 1)
                        .build())
                // It expires while it is claimed again.
                .addCustomScenario(scenario()
                        .thread()
                        .does("connect", 0, 0)
                        .does("send", 0)
                        .does("disconnect", 0)
                        .does("passTime")
                        .thread()
                        .does("connect", 1, 0)
                        .does("send", 1)
                        .does("disconnect", 1)
                        .build())
                // Another session where there may be no more.
                .addCustomScenario(scenario()
                        .thread()
                        .does("connect", 0, 0)
                        .does("send", 0)
                        .does("disconnect", 0)
                        .does("connect", 0, 1)
                        .thread()
                        .does("connect", 1, 1)
                        .does("send", 1)
                        .build())
                // Nothing is returned: the connections themselves know what may not be.
                .verifier(EpsilonVerifier.class)
                .check(Connections.class);
    }

    private static ModelScenario scenario() {
        return new ModelScenario(Connections.class);
    }

    /** Runs tasks one at a time and in order, as an event loop does, on the thread that brings the first. */
    private static final class Loop implements Executor {

        private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
        private final AtomicInteger waiting = new AtomicInteger();

        @Override
        public void execute(Runnable task) {
            tasks.add(task);
            if (waiting.getAndIncrement() == 0) {
                do {
                    tasks.remove().run();
                } while (waiting.decrementAndGet() > 0);
            }
        }
    }

    /** A connection of each thread at a time; there may be two sessions, and of each client one. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    @Param(name = "session", gen = IntGen.class, conf = "0:1")
    public static class Connections {

        private static final int SESSIONS_MAX = 2;
        private static final Duration RETAIN = Duration.ofMillis(10);
        private static final List<String> CLIENTS = List.of("a", "b");

        private final AtomicLong nanos = new AtomicLong();
        private final SessionRegistry registry = new SessionRegistry(
                "logs", new Loop(), new ServedTime(0, nanos::get), RETAIN, SESSIONS_MAX, 1, Map.of());

        private final AtomicIntegerArray holders = new AtomicIntegerArray(SESSIONS_MAX);
        private final AtomicIntegerArray durable = new AtomicIntegerArray(SESSIONS_MAX);

        /** When each session was given back last, or a moment before. */
        private final AtomicLongArray releasedNanos = new AtomicLongArray(SESSIONS_MAX);

        private final Connection[] open = new Connection[CLIENTS.size()];

        @Operation
        public void connect(@Param(name = "thread") int thread, @Param(name = "session") int session) {
            if (open[thread] == null) {
                open[thread] = new Connection(session);
                registry.claim("s" + session, CLIENTS.get(thread), open[thread]);
            }
        }

        @Operation
        public void send(@Param(name = "thread") int thread) {
            if (open[thread] != null) {
                open[thread].send();
            }
        }

        @Operation
        public void disconnect(@Param(name = "thread") int thread) {
            if (open[thread] != null) {
                open[thread].end();
                open[thread] = null;
            }
        }

        @Operation
        public void passTime() {
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(RETAIN.toMillis() + 1));
        }

        @Validate
        public void everybodyIsAnsweredAndNothingIsLeft() {
            for (int thread = 0; thread < open.length; thread++) {
                Connection connection = open[thread];
                disconnect(thread);
                if (connection != null && connection.answers() != 1) {
                    throw new IllegalStateException(connection.answers() + " answers to a claim");
                }
            }
            passTime();
            for (int thread = 0; thread < open.length; thread++) {
                // Each client has room for a session when all have expired.
                Connection again = new Connection(thread);
                registry.claim("s" + thread, CLIENTS.get(thread), again);
                if (!again.end()) {
                    throw new IllegalStateException("there is no room for a session, and nobody has one");
                }
            }
        }

        /** Its methods are called by its own thread and by the loop, so it has a lock. */
        private final class Connection implements SessionRegistry.Claimant {

            private final int session;
            private StreamId granted;
            private int next;
            private int answers;
            private boolean ended;

            Connection(int session) {
                this.session = session;
            }

            @Override
            public void granted(StreamId stream, long durableNow) {
                if (holders.incrementAndGet(session) != 1) {
                    throw new IllegalStateException("session " + session + " is held by two connections at a time");
                }
                int was = durable.get(session);
                boolean expired = durableNow == 0
                        && nanos.get() - releasedNanos.get(session) > TimeUnit.MILLISECONDS.toNanos(RETAIN.toMillis());
                if (durableNow != was && !expired) {
                    throw new IllegalStateException("goes on at record " + durableNow + " instead of " + was);
                }
                durable.set(session, (int) durableNow);
                boolean late;
                synchronized (this) {
                    answers++;
                    next = (int) durableNow;
                    granted = stream;
                    late = ended;
                }
                if (late) {
                    release();
                }
            }

            @Override
            public void denied(CloseReason ending, long durableNow) {
                synchronized (this) {
                    answers++;
                    ended = true;
                }
            }

            @Override
            public void takenOver(CloseReason ending) {
                end();
            }

            synchronized void send() {
                if (granted != null && !ended) {
                    next++;
                    durable.set(session, next);
                }
            }

            /** Whether it had the session. */
            boolean end() {
                synchronized (this) {
                    if (ended || granted == null) {
                        ended = true;
                        return false;
                    }
                    ended = true;
                }
                release();
                return true;
            }

            private void release() {
                releasedNanos.set(session, nanos.get());
                holders.decrementAndGet(session);
                registry.release(granted, next);
            }

            synchronized int answers() {
                return answers;
            }
        }
    }
}
