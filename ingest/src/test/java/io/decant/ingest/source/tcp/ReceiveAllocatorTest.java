package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ReceiveAllocatorTest {

    private final AtomicInteger limit = new AtomicInteger(ReceiveAllocator.READ_BYTES_MAX);
    private final ReceiveAllocator.AdaptiveHandle handle = new ReceiveAllocator(limit::get).newHandle();

    @Test
    void shouldGrowToTheLargestReadWhileReadsFillTheirBuffers() {
        assertThat(handle.guess()).isEqualTo(4 << 10);
        for (int i = 0; i < 4; i++) {
            read(handle.guess());
        }
        assertThat(handle.guess()).isEqualTo(1 << 20);
        read(handle.guess());
        assertThat(handle.guess()).isEqualTo(1 << 20);
    }

    @Test
    void shouldShrinkWhileReadsAreSparseAndStayWhileTheyAreNot() {
        for (int i = 0; i < 4; i++) {
            read(handle.guess());
        }
        read(handle.guess() / 2);
        assertThat(handle.guess()).isEqualTo(1 << 20);
        read(handle.guess() / 4);
        assertThat(handle.guess()).isEqualTo(512 << 10);
        for (int i = 0; i < 20; i++) {
            read(1);
        }
        assertThat(handle.guess()).isEqualTo(ReceiveAllocator.READ_BYTES_MIN);
    }

    @Test
    void shouldKeepToTheLimitAndComeBackFromIt() {
        for (int i = 0; i < 4; i++) {
            read(handle.guess());
        }
        limit.set(8 << 10);
        assertThat(handle.guess()).isEqualTo(8 << 10);
        limit.set(ReceiveAllocator.READ_BYTES_MAX);
        assertThat(handle.guess()).isEqualTo(1 << 20);
    }

    @Test
    void shouldNotKeepALargeBufferForASmallRead() {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
        ByteBuf sparse = allocator.directBuffer(1 << 20).writeLong(42);
        ByteBuf trimmed = ReceiveAllocator.trimmed(sparse, allocator);
        assertThat(trimmed.capacity()).isEqualTo(Long.BYTES);
        assertThat(trimmed.readLong()).isEqualTo(42);
        assertThat(sparse.refCnt()).isZero();
        trimmed.release();

        ByteBuf full = allocator.directBuffer(16).writeLong(42);
        assertThat(ReceiveAllocator.trimmed(full, allocator)).isSameAs(full);
        full.release();
    }

    @Test
    void shouldNotLeakAReadThatThereIsNoMemoryToTrim() {
        ByteBufAllocator exhausted = new AbstractByteBufAllocator() {
            @Override
            protected ByteBuf newHeapBuffer(int initial, int max) {
                throw new OutOfMemoryError("the test's allocator has none");
            }

            @Override
            protected ByteBuf newDirectBuffer(int initial, int max) {
                throw new OutOfMemoryError("the test's allocator has none");
            }

            @Override
            public boolean isDirectBufferPooled() {
                return false;
            }
        };
        ByteBuf sparse =
                new UnpooledByteBufAllocator(true).directBuffer(1 << 20).writeLong(42);
        assertThatThrownBy(() -> ReceiveAllocator.trimmed(sparse, exhausted)).isInstanceOf(OutOfMemoryError.class);
        assertThat(sparse.refCnt()).isZero();
    }

    private void read(int bytes) {
        handle.attemptedBytesRead(handle.guess());
        handle.lastBytesRead(bytes);
    }
}
