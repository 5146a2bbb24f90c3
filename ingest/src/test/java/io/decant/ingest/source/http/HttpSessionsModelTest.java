package io.decant.ingest.source.http;

import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.source.ModelScenario;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Requests of the same sessions on several loops, in every order that a model checker finds. Forbidden: that two have a
 * session at a time, that one goes on elsewhere than where the last has ended, that there are more sessions than there
 * may be, and anything else that no order of whole calls explains.
 */
@Tag("lincheck")
class HttpSessionsModelTest {

    private static final int ITERATIONS = 2;
    private static final int INVOCATIONS = 100;

    @Test
    void shouldGiveASessionToOneRequestAtATimeAndKeepTheBound() {
        new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(2)
                .actorsPerThread(4)
                .actorsBefore(0)
                .actorsAfter(0)
                // The same session twice at once, and again when one of them has ended.
                .addCustomScenario(scenario()
                        .thread()
                        .does("claim", 0, 0)
                        .does("release", 0, 0, 1)
                        .thread()
                        .does("claim", 1, 0)
                        .does("release", 1, 0, 1)
                        .does("claim", 1, 0)
                        .build())
                // Two sessions where there may be one, of which the first leaves nothing.
                .addCustomScenario(scenario()
                        .thread()
                        .does("claim", 0, 0)
                        .does("release", 0, 0, 0)
                        .thread()
                        .does("claim", 1, 1)
                        .does("release", 1, 1, 1)
                        .does("claim", 1, 1)
                        .build())
                // One expires while it is used.
                .addCustomScenario(scenario()
                        .thread()
                        .does("claim", 0, 0)
                        .does("release", 0, 0, 1)
                        .does("passTime")
                        .thread()
                        .does("claim", 1, 0)
                        .does("release", 1, 0, 1)
                        .does("claim", 1, 1)
                        .build())
                .check(Requests.class);
    }

    private static ModelScenario scenario() {
        return new ModelScenario(Requests.class);
    }

    /** Each thread ends what it began; there may be one session. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    @Param(name = "session", gen = IntGen.class, conf = "0:1")
    @Param(name = "records", gen = IntGen.class, conf = "0:1")
    public static class Requests {

        private static final int THREADS = 2;
        private static final int SESSIONS = 2;
        private static final Duration RETAIN = Duration.ofMillis(10);

        private final AtomicLong nanos = new AtomicLong();
        private final HttpSessions sessions = new HttpSessions(new ServedTime(0, nanos::get), RETAIN, 1, Map.of());
        private final AtomicIntegerArray owners = new AtomicIntegerArray(SESSIONS);

        /** What is durable of a session that the thread has, by thread and session; -1: it has it not. */
        private final long[][] durable = new long[THREADS][SESSIONS];

        public Requests() {
            for (long[] none : durable) {
                Arrays.fill(none, -1);
            }
        }

        @Operation
        public String claim(@Param(name = "thread") int thread, @Param(name = "session") int session) {
            HttpSessions.Claim claim = sessions.claim("session" + session);
            if (claim.outcome() == HttpSessions.Outcome.GRANTED) {
                if (owners.incrementAndGet(session) != 1) {
                    throw new IllegalStateException("session " + session + " is given to two requests at a time");
                }
                durable[thread][session] = claim.next();
            }
            return claim.outcome() + " " + claim.next();
        }

        @Operation
        public void release(
                @Param(name = "thread") int thread,
                @Param(name = "session") int session,
                @Param(name = "records") int records) {
            long known = durable[thread][session];
            if (known >= 0) {
                durable[thread][session] = -1;
                owners.decrementAndGet(session);
                sessions.release("session" + session, known + records);
            }
        }

        @Operation
        public void passTime() {
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(RETAIN.toMillis() + 1));
        }
    }
}
