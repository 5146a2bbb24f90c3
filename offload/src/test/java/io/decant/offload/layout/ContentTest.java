package io.decant.offload.layout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.zip.CRC32C;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class ContentTest {

    /** The law that lets parts be written anywhere, in any order. */
    @Property
    void shouldHaveTheChecksumOfTheWhole(
            @ForAll @Size(max = 600) byte[] text,
            @ForAll @IntRange(max = 600) int at,
            @ForAll @IntRange(max = 600) int to) {
        int first = Math.min(Math.min(at, to), text.length);
        int second = Math.min(Math.max(at, to), text.length);

        Content joined =
                content(text, 0, first).then(content(text, first, second)).then(content(text, second, text.length));

        assertThat(joined).isEqualTo(new Content(0, text.length, 3, crc(text)));
        assertThat(Content.NOTHING.then(content(text, 0, text.length))).isEqualTo(content(text, 0, text.length));
    }

    @Property(tries = 20)
    void shouldHaveTheChecksumOfTheWholeOverLongTexts(@ForAll @IntRange(min = 1, max = 5_000_000) int length) {
        byte[] text = new byte[length];
        Arrays.fill(text, (byte) 'x');

        Content joined = content(text, 0, length / 3).then(content(text, length / 3, length));

        assertThat(joined.crc32c()).isEqualTo(crc(text));
    }

    private static Content content(byte[] text, int from, int to) {
        return new Content(0, to - from, 1, crc(Arrays.copyOfRange(text, from, to)));
    }

    private static int crc(byte[] text) {
        CRC32C crc = new CRC32C();
        crc.update(text);
        return (int) crc.getValue();
    }
}
