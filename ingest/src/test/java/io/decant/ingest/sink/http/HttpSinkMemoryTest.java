package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AuthSettings;
import io.decant.config.Compression;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.SinkState;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A sink that compresses, with memory for the bodies and none for what they are compressed to. */
class HttpSinkMemoryTest extends HttpSinkHarness {

    private boolean scarce = true;
    private int buffers;

    private final AbstractByteBufAllocator everySecond = new AbstractByteBufAllocator(true) {
        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return allocator.heapBuffer(initialCapacity, maxCapacity);
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            if (scarce && ++buffers % 2 == 0) {
                throw new OutOfMemoryError("direct memory");
            }
            return allocator.directBuffer(initialCapacity, maxCapacity);
        }

        @Override
        public boolean isDirectBufferPooled() {
            return false;
        }
    };

    @Test
    void shouldRetryAPartThatCannotBeCompressedForLackOfMemory() {
        HttpSink sink = sink(with(Compression.GZIP, AuthSettings.NONE), everySecond);
        sink.begin(batch(List.of("a"), 1, 100).open(), Progress.START, box);
        work(sink);
        for (int turn = 0; turn < 3; turn++) {
            assertThat(sink.status().state()).isEqualTo(SinkState.RETRYING);
            assertThat(sink.status().lastError()).contains("no memory for a body of 2 bytes");
            assertThat(allocator.metric().usedDirectMemory()).isZero();
            assertThat(transport.all()).isEmpty();
            untilDue(sink);
        }
        assertThat(buffers).isGreaterThan(2);

        scarce = false;
        untilDue(sink);
        assertThat(transport.all()).hasSize(1);
    }
}
