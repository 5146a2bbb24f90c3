package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever the text: settings or a {@link SettingsException} whose problems are a line each. Any other exception fails
 * these.
 */
class SettingsFuzzTest {

    private static final Pattern NAMES_A_VARIABLE = Pattern.compile("\\$\\{[^}]*hunter2");

    @Property
    void shouldAnswerArbitraryText(@ForAll String text) {
        assertOneLineEach(Yaml.problems(text));
    }

    @Property(tries = 3_000)
    void shouldAnswerTextMadeOfWhatMatters(@ForAll("fragments") String text) {
        assertOneLineEach(Yaml.problems(text, Map.of("A", "${B}")));
        assertOneLineEach(Yaml.problems(Yaml.LEAST + text, Map.of("A", "\n- [")));
    }

    @Property
    void shouldAnswerALineChangedAnywhere(@ForAll("fragments") String text, @ForAll int at) {
        int place = Math.floorMod(at, Yaml.LEAST.length());
        assertOneLineEach(Yaml.problems(Yaml.LEAST.substring(0, place) + text + Yaml.LEAST.substring(place)));
    }

    @Property(tries = 3_000)
    void shouldAnswerArbitraryOptions(@ForAll("fragments") String key, @ForAll("fragments") String value) {
        assertOneLineEach(Yaml.problems(Yaml.LEAST, key + "=" + value, key, "sinks.api." + key + "=" + value));
    }

    @Property
    void shouldNeverShowTheValueOfAHeader(@ForAll("fragments") String before, @ForAll("fragments") String after) {
        String value = (before + "hunter2" + after).replaceAll("[\n\r]", " ");
        // The name of a variable is no secret, and has to be shown where there is none of that name.
        Assume.that(!NAMES_A_VARIABLE.matcher(value).find());
        List<String> problems = Yaml.problems(Yaml.LEAST + "    headers:\n      Authorization: " + value + "\n");

        assertThat(problems).noneMatch(line -> line.contains("hunter2"));
    }

    @Provide
    Arbitrary<String> fragments() {
        return Arbitraries.of(
                        "a", "name", "journal", "sources", "sinks", "headers", "linger", ":", ": ", "\n", "  ", "- ",
                        "[", "]", "{", "}", ",", "&a ", "*a", "!x ", "!!int ", "|", ">", "'", "\"", "\\", "#", " #",
                        "?", "? ", "%", "@", "`", "<<", "~", "null", "${", "${A}", "}", "$", "=", ".", "0", "-1", "5ms",
                        "1KiB", "\t", "\r", "\u0000", "\u2028", "\ufeff", "\ud83d", "é", "---\n", "...\n")
                .list()
                .ofMaxSize(25)
                .map(parts -> String.join("", parts));
    }

    private static void assertOneLineEach(List<String> problems) {
        assertThat(problems).allSatisfy(line -> assertThat(line.lines()).hasSize(1));
    }
}
