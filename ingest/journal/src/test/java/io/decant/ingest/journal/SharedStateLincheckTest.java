package io.decant.ingest.journal;

import io.netty.buffer.Unpooled;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * What threads share: the hand-off queue (many producers, one consumer) and the four positions (one writer each, any
 * reader).
 *
 * <p>Forbidden for the queue below its bound: a block lost, doubled, or out of order, or a refusal. At the bound a
 * refusal may come a moment early, since a producer reserves its bytes before it hands over; that costs a wake-up and
 * is not linearizable, so the bound has a test of its own. Forbidden for the positions: that anybody sees one of them
 * beyond the next.
 */
@Tag("lincheck")
class SharedStateLincheckTest {

    private static final int ITERATIONS = 12;
    private static final int INVOCATIONS = 1_000;

    private static StressOptions options() {
        return new StressOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(3)
                .actorsPerThread(3);
    }

    @Test
    void shouldHandOverEveryBlockOnceAndInOrder() {
        options().check(HandOffOperations.class);
    }

    @Test
    void shouldNeverShowOnePositionBeyondTheNext() {
        options().check(PositionOperations.class);
    }

    /** Operations on a queue that is never full. */
    @Param(name = "value", gen = IntGen.class)
    public static class HandOffOperations {

        private static final StreamId STREAM = new StreamId("test", "s", false);
        private static final int BYTES = 10;

        private final HandOff handOff = new HandOff(() -> {}, 1);

        @Operation
        public boolean offer(int value) {
            return handOff.offer(new Block(
                    STREAM, Math.abs((long) value), 1, 0, Unpooled.wrappedBuffer(new byte[BYTES]), block -> {}));
        }

        @Operation(nonParallelGroup = "consumer")
        public long poll() {
            Block block = handOff.poll();
            return block == null ? -1 : block.first();
        }
    }

    /** The writer moves on, the syncer follows, anybody looks. */
    public static class PositionOperations {

        private final Positions positions = new Positions(0, 0, 0);

        @Operation(nonParallelGroup = "writer")
        public void append() {
            positions.appended(positions.appended() + 10);
        }

        @Operation(nonParallelGroup = "syncer")
        public void sync() {
            positions.synced(positions.appended());
            positions.cut(positions.synced());
            positions.delivered(positions.cut());
        }

        @Operation
        public void look() {
            positions.check();
        }
    }
}
