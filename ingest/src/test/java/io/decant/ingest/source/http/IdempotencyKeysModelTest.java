package io.decant.ingest.source.http;

import io.decant.ingest.journal.OpaqueBytes;
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
 * Requests under the same keys on several loops, in every order that a model checker finds. Forbidden: that two have a
 * key at a time, that one is told of less than was durable when the key was given back, and anything else that no order
 * of whole calls explains: at the bound, where the oldest key is forgotten, and when keys expire.
 */
@Tag("lincheck")
class IdempotencyKeysModelTest {

    private static final int ITERATIONS = 2;
    private static final int INVOCATIONS = 100;

    @Test
    void shouldGiveAKeyToOneRequestAtATimeAndTellWhatIsDurable() {
        new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(2)
                .actorsPerThread(4)
                .actorsBefore(0)
                .actorsAfter(0)
                // The same key twice at once, and again when one of them has ended.
                .addCustomScenario(scenario()
                        .thread()
                        .does("claim", 0, 0)
                        .does("release", 0, 0)
                        .thread()
                        .does("claim", 1, 0)
                        .does("release", 1, 0)
                        .does("claim", 1, 0)
                        .build())
                // Two keys where one is remembered.
                .addCustomScenario(scenario()
                        .thread()
                        .does("claim", 0, 0)
                        .does("release", 0, 0)
                        .does("claim", 0, 1)
                        .thread()
                        .does("claim", 1, 1)
                        .does("release", 1, 1)
                        .does("remembered")
                        .build())
                // One expires while another is used.
                .addCustomScenario(scenario()
                        .thread()
                        .does("claim", 0, 0)
                        .does("release", 0, 0)
                        .does("passTime")
                        .thread()
                        .does("claim", 1, 0)
                        .does("release", 1, 0)
                        .does("claim", 1, 0)
                        .does("remembered")
                        .build())
                .check(Requests.class);
    }

    private static ModelScenario scenario() {
        return new ModelScenario(Requests.class);
    }

    /** Each thread ends what it began; one key is remembered at a time. */
    @Param(name = "thread", gen = ThreadIdGen.class)
    @Param(name = "key", gen = IntGen.class, conf = "0:1")
    public static class Requests {

        private static final int THREADS = 2;
        private static final int KEYS = 2;
        private static final Duration RETAIN = Duration.ofMillis(10);
        private static final OpaqueBytes CURSOR = OpaqueBytes.of(new byte[] {1});

        private final AtomicLong nanos = new AtomicLong();
        private final IdempotencyKeys keys =
                new IdempotencyKeys(new ServedTime(0, nanos::get), RETAIN, 1, Long.MAX_VALUE, Map.of());

        private final AtomicIntegerArray owners = new AtomicIntegerArray(KEYS);

        /** What is durable of a request that the thread has, by thread and key; -1: it has none. */
        private final long[][] durable = new long[THREADS][KEYS];

        public Requests() {
            for (long[] none : durable) {
                Arrays.fill(none, -1);
            }
        }

        @Operation
        public String claim(@Param(name = "thread") int thread, @Param(name = "key") int key) {
            IdempotencyKeys.Claim claim = keys.claim("key" + key);
            if (!claim.granted()) {
                return "under way";
            }
            if (owners.incrementAndGet(key) != 1) {
                throw new IllegalStateException("key " + key + " is given to two requests at a time");
            }
            long known = claim.known() == null ? 0 : claim.known().durable();
            durable[thread][key] = known;
            return "granted after " + known;
        }

        @Operation
        public void release(@Param(name = "thread") int thread, @Param(name = "key") int key) {
            long known = durable[thread][key];
            if (known >= 0) {
                durable[thread][key] = -1;
                owners.decrementAndGet(key);
                keys.release("key" + key, new IdempotencyKeys.Known(CURSOR, known + 1));
            }
        }

        @Operation
        public void passTime() {
            nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(RETAIN.toMillis() + 1));
        }

        @Operation
        public long remembered() {
            return keys.status().keys();
        }
    }
}
