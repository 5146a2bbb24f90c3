package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What may end a line, command a terminal, or look like something else. */
class PrintableTextTest {

    @Test
    void shouldShowWhatDoesNotShow() {
        assertThat(PrintableText.of("a\r\n\tb\u0000\u001b[31m\u007f\u0085\u009b"))
                .isEqualTo("a\\r\\n\\tb\\u0000\\u001b[31m\\u007f\\u0085\\u009b");
        assertThat(PrintableText.of("\u202egnp.exe\u200b\ufeff\u2028\u2029\u00ad\u2066"))
                .isEqualTo("\\u202egnp.exe\\u200b\\ufeff\\u2028\\u2029\\u00ad\\u2066");
        // A tag character, which has two halves, and half a character.
        assertThat(PrintableText.of("x\udb40\udc01\ud83d")).isEqualTo("x\\udb40\\udc01\\ud83d");
        assertThat(PrintableText.of(null)).isEqualTo("null");
    }

    @Test
    void shouldLeaveWhatShows() {
        String text = "a \u00e4 \u00df \u4e2d \ud83d\ude00 C:\\dir \"x\"";
        assertThat(PrintableText.of(text)).isSameAs(text);
        assertThat(PrintableText.ofJson(text)).isSameAs(text);
    }

    @Test
    void shouldKeepTheLinesOfATextOfSeveral() {
        assertThat(PrintableText.ofLines("a\r\n\tat b\u202e\u001b\n")).isEqualTo("a\r\n\tat b\\u202e\\u001b\n");
        assertThat(PrintableText.ofJson("{\n  \"a\" : \"\u202e\"\n}")).isEqualTo("{\n  \"a\" : \"\\u202e\"\n}");
    }

    @Property
    void shouldLeaveNothingThatDoesNotShow(@ForAll String text) {
        assertThat(PrintableText.of(text).codePoints()).allMatch(PrintableText::isPrintable);
        assertThat(PrintableText.ofLines(text).codePoints())
                .allMatch(c -> PrintableText.isPrintable(c) || c == '\n' || c == '\r' || c == '\t');
    }
}
