package io.decant.ingest.sink.body;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Memory;
import java.util.Arrays;
import java.util.function.LongUnaryOperator;

/** Bytes off the heap, at the end of their allocation and at the beginning, for a test. */
final class NativeText implements AutoCloseable {

    private static final int GUARD_BYTES = 16;
    private static final byte GUARD = (byte) 0xA5;

    private final long address;
    private final int length;

    private NativeText(int length) {
        this.length = length;
        this.address = Memory.allocate(length + 2L * GUARD_BYTES) + GUARD_BYTES;
        byte[] guard = new byte[length + 2 * GUARD_BYTES];
        Arrays.fill(guard, GUARD);
        Memory.copyFromArray(guard, 0, guard.length, address - GUARD_BYTES);
    }

    static NativeText of(byte[] bytes) {
        NativeText text = new NativeText(bytes.length);
        Memory.copyFromArray(bytes, 0, bytes.length, text.address);
        return text;
    }

    /** What {@code writer} writes, which must be as many bytes as it returns, and nothing beyond. */
    static byte[] filled(long bytes, LongUnaryOperator writer) {
        try (NativeText text = new NativeText(Math.toIntExact(bytes))) {
            assertThat(writer.applyAsLong(text.address)).isEqualTo(bytes);
            byte[] all = new byte[text.length + 2 * GUARD_BYTES];
            Memory.copyToArray(text.address - GUARD_BYTES, all, 0, all.length);
            for (int i = 0; i < GUARD_BYTES; i++) {
                assertThat(all[i]).as("before it").isEqualTo(GUARD);
                assertThat(all[all.length - 1 - i]).as("behind it").isEqualTo(GUARD);
            }
            return Arrays.copyOfRange(all, GUARD_BYTES, all.length - GUARD_BYTES);
        }
    }

    long address() {
        return address;
    }

    int length() {
        return length;
    }

    long end() {
        return address + length;
    }

    @Override
    public void close() {
        Memory.free(address - GUARD_BYTES, length + 2L * GUARD_BYTES);
    }
}
