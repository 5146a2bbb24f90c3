package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class LinesTest {

    @Property
    void shouldFindWhatAByteLoopFinds(
            @ForAll("texts") byte[] bytes,
            @ForAll @IntRange(max = 20) int from,
            @ForAll @IntRange(max = 20) int fromEnd) {
        int start = Math.min(from, bytes.length);
        int end = Math.max(start, bytes.length - fromEnd);
        List<Long> newlines = new ArrayList<>();
        try (NativeBytes memory = NativeBytes.of(bytes)) {
            for (int i = start; i < end; i++) {
                if (bytes[i] == '\n') {
                    newlines.add(memory.address() + i);
                }
            }
            long address = memory.address() + start;
            int length = end - start;
            int count = newlines.size();

            assertThat(Lines.count(address, length)).isEqualTo(count);
            assertThat(Lines.nextNewline(address, address + length))
                    .isEqualTo(count == 0 ? Lines.NONE : newlines.get(0));
            assertThat(Lines.lastNewline(address, length)).isEqualTo(count == 0 ? Lines.NONE : newlines.get(count - 1));
            for (int n = 1; n <= count; n++) {
                assertThat(Lines.nthNewline(address, length, n)).isEqualTo(newlines.get(n - 1));
            }
            assertThat(Lines.nthNewline(address, length, count + 1L)).isEqualTo(Lines.NONE);
        }
    }

    /** Bytes that differ from a newline by one bit or by one are what a careless bit trick takes for one. */
    @Provide
    Arbitrary<byte[]> texts() {
        Arbitrary<Byte> nasty = Arbitraries.of(
                (byte) '\n', (byte) 0x0B, (byte) 0x09, (byte) 0x8A, (byte) 0, (byte) 0xFF, (byte) 0x80, (byte) 'x');
        return Arbitraries.oneOf(
                nasty.array(byte[].class).ofMaxSize(80),
                Arbitraries.bytes().array(byte[].class).ofMaxSize(200));
    }

    @Test
    void shouldTellEveryByteFromANewlineAtEveryPlaceOfAWord() {
        for (int place = 0; place < Long.BYTES; place++) {
            for (int value = 0; value < 256; value++) {
                long word = (~(0xFFL << (8 * place)) & 0x0A0A0A0A0A0A0A0AL) | ((long) value << (8 * place));
                assertThat((Lines.newlines(word) >>> (8 * place + 7)) & 1).isEqualTo(value == '\n' ? 1 : 0);
                assertThat(Long.bitCount(Lines.newlines(word))).isEqualTo(value == '\n' ? 8 : 7);
            }
        }
    }
}
