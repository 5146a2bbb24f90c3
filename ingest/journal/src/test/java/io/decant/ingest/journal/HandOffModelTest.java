package io.decant.ingest.journal;

import io.netty.buffer.Unpooled;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The hand-off queue, in every order that a model checker finds. Forbidden, beside what {@link SharedStateLincheckTest}
 * forbids: that a block lies in the queue and the writer sleeps, or that a source waits for room while there is some.
 */
@Tag("lincheck")
class HandOffModelTest {

    private static final int ITERATIONS = 10;
    private static final int INVOCATIONS = 500;
    private static final int BLOCKS = 4;
    private static final int BYTES = 10;

    private static final Block[] BLOCK = LongStream.range(0, BLOCKS)
            .mapToObj(first -> new Block(
                    new StreamId("test", "s", false),
                    first,
                    1,
                    0,
                    Unpooled.wrappedBuffer(new byte[BYTES]),
                    block -> {}))
            .toArray(Block[]::new);

    private static ModelCheckingOptions options() {
        return new ModelCheckingOptions()
                .iterations(ITERATIONS)
                .invocationsPerIteration(INVOCATIONS)
                .threads(3)
                .actorsPerThread(2)
                .actorsBefore(0)
                .actorsAfter(0);
    }

    @Test
    void shouldHandOverEveryBlockOnceAndInOrder() {
        options().check(NeverFull.class);
    }

    @Test
    void shouldLeaveNobodyWaiting() {
        options().check(OftenFull.class);
    }

    /** As much room as anybody wants. */
    @Param(name = "block", gen = IntGen.class, conf = "0:3")
    public static class NeverFull {

        private final HandOff handOff = new HandOff(() -> {}, 1);

        @Operation
        public boolean offer(@Param(name = "block") int block) {
            return handOff.offer(BLOCK[block]);
        }

        @Operation(nonParallelGroup = "writer")
        public long poll() {
            Block block = handOff.poll();
            return block == null ? -1 : block.first();
        }
    }

    /** Room for one block and what comes at the same time. */
    public static class OftenFull {

        private final AtomicBoolean woken = new AtomicBoolean();
        private final AtomicInteger waiting = new AtomicInteger();
        private final HandOff handOff = new HandOff(() -> woken.set(true), 1, BLOCKS, BYTES);

        @Operation
        public void offerOrWait() {
            if (!handOff.offer(BLOCK[0])) {
                waiting.incrementAndGet();
                handOff.whenRoom(waiting::decrementAndGet);
            }
        }

        @Operation(nonParallelGroup = "writer")
        public void turnOfTheWriter() {
            if (woken.getAndSet(false)) {
                Block block = handOff.poll();
                while (block != null) {
                    block = handOff.poll();
                }
                handOff.wakeWaiting();
            }
        }

        @Validate
        public void nobodyWaits() {
            turnOfTheWriter();
            if (!handOff.isEmpty()) {
                throw new IllegalStateException("blocks lie in the queue, and the writer sleeps");
            }
            if (waiting.get() > 0) {
                throw new IllegalStateException(waiting + " wait for room, and there is some");
            }
        }
    }
}
