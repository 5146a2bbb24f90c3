package io.decant.bucketer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecordRefTest {

    private static final byte[] NO_HEADERS = {};

    /** Around the lengths that stand for something else. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 32_763, 32_764, 32_765, 32_766, 32_767, 32_768, 40_000})
    void shouldTellALineOfAnyLength(int length) {
        long address = Memory.allocate(length + 1L);
        try {
            for (int i = 0; i < length; i++) {
                Memory.putByte(address + i, (byte) 'x');
            }
            Memory.putByte(address + length, (byte) '\n');
            long ref = RecordRef.of(address, length);
            assertThat(RecordRef.length(ref)).isEqualTo(length);
            assertThat(RecordRef.valueAddress(ref)).isEqualTo(address);
            assertThat(RecordRef.isFrame(ref)).isFalse();
            assertThat(RecordRef.isLine(ref)).isTrue();
        } finally {
            Memory.free(address, length + 1L);
        }
    }

    private static void inFrame(byte[] value, LongConsumer test) {
        byte[] key = "key".getBytes(US_ASCII);
        int bytes = (int) Frame.bytes(key.length, 0, value == null ? Frame.ABSENT : value.length);
        ByteBuffer buffer = ByteBuffer.allocate(bytes);
        Frame.put(buffer, 7, 8, key, NO_HEADERS, value);
        long frame = Memory.allocate(bytes);
        try {
            Memory.copyFromArray(buffer.array(), 0, bytes, frame);
            test.accept(frame);
        } finally {
            Memory.free(frame, bytes);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "value", "a value of more than eight bytes"})
    void shouldKnowThatAFrameHoldsALine(String value) {
        inFrame(value.getBytes(US_ASCII), frame -> {
            long ref = RecordRef.withJson(RecordRef.ofFrameRead(frame), true);
            assertThat(RecordRef.isLine(ref)).isTrue();
            assertThat(RecordRef.isFrame(ref)).isTrue();
            assertThat(RecordRef.isJson(ref)).isTrue();
            assertThat(RecordRef.address(ref)).isEqualTo(frame);
            assertThat(RecordRef.length(ref)).isEqualTo(value.length());
            assertThat(RecordRef.valueAddress(ref)).isEqualTo(Frame.valueAddress(frame));
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "first\nsecond", "a value of more than eight bytes\n"})
    void shouldKnowNoLineWhereAValueHoldsANewline(String value) {
        inFrame(value.getBytes(US_ASCII), frame -> {
            long ref = RecordRef.ofFrameRead(frame);
            assertThat(RecordRef.isLine(ref)).isFalse();
            assertThat(RecordRef.isFrame(ref)).isTrue();
            assertThat(RecordRef.length(ref)).isEqualTo(value.length());
        });
    }

    @Test
    void shouldKnowNoLineWhereThereIsNoValue() {
        inFrame(null, frame -> {
            assertThat(RecordRef.isLine(RecordRef.ofFrameRead(frame))).isFalse();
            assertThat(RecordRef.length(RecordRef.ofFrameRead(frame))).isZero();
        });
    }

    @Test
    void shouldKnowNothingOfAFrameThatWasNotRead() {
        inFrame("value".getBytes(US_ASCII), frame -> {
            assertThat(RecordRef.isLine(RecordRef.ofFrame(frame))).isFalse();
            assertThat(RecordRef.isFrame(RecordRef.ofFrame(frame))).isTrue();
        });
    }
}
