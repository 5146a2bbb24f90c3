package io.decant.ingest.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HandOffTest {

    private static final int BLOCK_BYTES = 100;

    private static Block block(String stream, long first) {
        return new Block(
                new StreamId("test", stream, false),
                first,
                1,
                0,
                Unpooled.wrappedBuffer(new byte[BLOCK_BYTES]),
                b -> {});
    }

    @Test
    void shouldRefuseAtItsBoundAndTakeAgainBelowIt() {
        HandOff handOff = new HandOff(() -> {}, 1, 64, 3 * BLOCK_BYTES);
        for (int i = 0; i < 3; i++) {
            assertThat(handOff.offer(block("s", i))).isTrue();
        }
        assertThat(handOff.offer(block("s", 3))).isFalse();
        assertThat(handOff.poll().first()).isZero();
        assertThat(handOff.offer(block("s", 3))).isTrue();
        assertThat(handOff.bytes()).isEqualTo(3 * BLOCK_BYTES);
    }

    @Test
    void shouldRefuseMoreBlocksThanItHasPlacesFor() {
        HandOff handOff = new HandOff(() -> {}, 1, 4, Long.MAX_VALUE);
        for (int i = 0; i < 4; i++) {
            assertThat(handOff.offer(block("s", i))).isTrue();
        }
        assertThat(handOff.offer(block("s", 4))).isFalse();
        assertThat(handOff.bytes()).isEqualTo(4 * BLOCK_BYTES);
    }

    @Test
    void shouldGiveTheMemoryOfWhatWaitsBackAtTheEnd() {
        HandOff handOff = new HandOff(() -> {}, 1, 4, Long.MAX_VALUE);
        ByteBuf payload = Unpooled.wrappedBuffer(new byte[BLOCK_BYTES]);
        handOff.offer(new Block(new StreamId("test", "s", false), 0, 1, 0, payload, b -> {}));
        handOff.discard();
        assertThat(payload.refCnt()).isZero();
        assertThat(handOff.isEmpty()).isTrue();
    }

    @Test
    void shouldWakeWhoWaitsOnceHalfOfItIsFree() {
        AtomicInteger writerWoken = new AtomicInteger();
        HandOff handOff = new HandOff(writerWoken::incrementAndGet, 1, 64, 4 * BLOCK_BYTES);
        for (int i = 0; i < 4; i++) {
            handOff.offer(block("s", i));
        }
        List<String> woken = new ArrayList<>();
        int before = writerWoken.get();
        handOff.whenRoom(() -> woken.add("source"));
        assertThat(writerWoken.get()).isEqualTo(before + 1);
        handOff.wakeWaiting();
        handOff.poll();
        handOff.wakeWaiting();
        assertThat(woken).isEmpty();
        handOff.poll();
        handOff.wakeWaiting();
        handOff.wakeWaiting();
        assertThat(woken).containsExactly("source");
    }

    /** Producers that never give up, as sources with blocks in hand do, against a consumer and a small bound. */
    @Test
    void shouldLoseNothingAndKeepEachProducersOrderAtItsBound() throws Exception {
        int producers = 3;
        long each = 20_000;
        HandOff handOff = new HandOff(() -> {}, 1, 16, 5 * BLOCK_BYTES);
        ExecutorService threads = Executors.newFixedThreadPool(producers);
        List<Future<?>> running = new ArrayList<>();
        for (int p = 0; p < producers; p++) {
            String stream = Integer.toString(p);
            running.add(threads.submit(() -> {
                for (long i = 0; i < each; ) {
                    if (handOff.offer(block(stream, i))) {
                        i++;
                    } else {
                        Thread.onSpinWait();
                    }
                }
            }));
        }
        long[] next = new long[producers];
        for (long taken = 0; taken < producers * each; ) {
            Block block = handOff.poll();
            // One block of each producer may go beyond the bound, and no more.
            assertThat(handOff.bytes()).isLessThanOrEqualTo((5L + producers) * BLOCK_BYTES);
            if (block != null) {
                int producer = Integer.parseInt(block.stream().name());
                assertThat(block.first()).isEqualTo(next[producer]++);
                taken++;
            }
        }
        for (Future<?> future : running) {
            future.get();
        }
        threads.shutdown();
        assertThat(handOff.poll()).isNull();
        assertThat(handOff.bytes()).isZero();
    }
}
