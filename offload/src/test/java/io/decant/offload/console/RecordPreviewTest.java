package io.decant.offload.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class RecordPreviewTest {

    @Example
    void shouldShowTextAsItIs() {
        assertThat(text("grüße, 世界 😀 \\n", 100)).isEqualTo("grüße, 世界 😀 \\n");
    }

    @Example
    void shouldEscapeWhatWouldCommandATerminalOrForgeALine() {
        assertThat(text("a\r\n\t\u001b[31m\u0085\u2028\u202e\u0000", 100))
                .isEqualTo("a\\r\\n\\t\\x1b[31m\\x85\\u2028\\u202e\\x00");
    }

    @Example
    void shouldShowBytesThatAreNoUtf8() {
        assertThat(RecordPreview.of(new byte[] {'a', (byte) 0xff, 'b', (byte) 0xe2, (byte) 0x82}, 100))
                .isEqualTo("a\\xffb\\xe2\\x82");
    }

    @Example
    void shouldCutBetweenCharacters() {
        assertThat(text("ab€d", 5)).isEqualTo("ab€...");
        assertThat(text("ab€d", 4)).isEqualTo("ab...");
        assertThat(text("ab€d", 3)).isEqualTo("ab...");
        assertThat(text("ab€d", 2)).isEqualTo("ab...");
        assertThat(text("abcd", 4)).isEqualTo("abcd");
    }

    @Property
    void shouldAlwaysBeOneShortPrintableLine(
            @ForAll @Size(max = 60) byte[] record, @ForAll @IntRange(min = 0, max = 50) int bytesMax) {
        assertThat(RecordPreview.of(record, bytesMax))
                .matches("[^\\p{Cntrl}\\u0080-\\u009f\\u2028\\u2029]*")
                .hasSizeLessThanOrEqualTo(4 * bytesMax + 3);
    }

    private static String text(String record, int bytesMax) {
        return RecordPreview.of(record.getBytes(StandardCharsets.UTF_8), bytesMax);
    }
}
