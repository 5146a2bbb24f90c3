package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeySpecTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "record",
                "kafka-key",
                "json:",
                "json:/",
                "json:/a~1b/0",
                "csv:1",
                "csv:2147483647",
                "regex:(a)",
                "re2:(a)",
                "re2:(?P<name>a)",
                "regex:(?:x|(y))"
            })
    void shouldKeepItsText(String text) {
        assertThat(KeySpec.of(text))
                .hasToString(text)
                .isEqualTo(KeySpec.of(text))
                .hasSameHashCodeAs(KeySpec.of(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "Record|'Record' is not a key; write record, kafka-key, json:/pointer, csv:N (from 1)"
                        + " or regex:EXPR (with a group 1)",
                "``|'' is not a key; write record",
                "json|'json' is not a key",
                "json:id|a JSON pointer begins with '/'; write json:/id",
                "json:/a~2|write ~0 for '~' and ~1 for '/'",
                "json:/a~/b|write ~0 for '~'",
                "csv:0|columns are numbered from 1",
                "csv:-1|columns are numbered from 1",
                "csv:|'csv:' is not a column",
                "csv:one|'csv:one' is not a column",
                "csv:99999999999|'csv:99999999999' is not a column",
                "regex:abc|has no group; put the part that is the key in (parentheses)",
                "regex:(?:a)|has no group",
                "regex:(a|Unclosed group at character 9",
                "re2:abc|has no group; put the part that is the key in (parentheses)",
                "re2:(a++)|invalid nested repetition operator: ++"
            })
    void shouldSayWhatIsWrong(String text, String message) {
        assertThatExceptionOfType(KeySpecException.class)
                .isThrownBy(() -> KeySpec.of(text))
                .withMessageContaining(message)
                .withMessageNotContaining("\n");
    }

    @ParameterizedTest
    @CsvSource({
        "record, record",
        "kafka-key, kafka-key",
        "json:/a/0/~0~1, json:/a/0/~0~1",
        "json:/, json:/",
        "csv:007, csv:7",
        "regex:id=([0-9]+), regex:id=([0-9]+)"
    })
    void shouldReadKeys(String text, String canonical) {
        KeySpec key = KeySpec.parse(text);

        assertThat(key.setting()).isEqualTo(canonical);
        assertThat(KeySpec.parse(key.setting())).isEqualTo(key);
        String frozen = canonical.replace("regex:", "re2:");
        assertThat(key.toString()).isEqualTo(canonical.contains(":") ? "v2 " + frozen : frozen);
        assertThat(KeySpec.of(key.toString())).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Record",
                "json:",
                "json:a",
                "json:/~",
                "csv:",
                "csv:0",
                "csv:-1",
                "csv:16385",
                "regex:",
                "regex:a",
                "regex:(?:a)",
                "regex:[",
                "re2:(a)"
            })
    void shouldRefuseOtherKeys(String text) {
        assertThatExceptionOfType(KeySpecException.class).isThrownBy(() -> KeySpec.parse(text));
    }

    @Test
    void shouldRefuseKeysWithinKeysThatCannotBeThere() {
        KeySpec list = KeySpec.parse("[csv:1, csv:2]");
        KeySpec several = KeySpec.parse(List.of("csv:1", "csv:2"));
        KeySpec anyOf = KeySpec.anyOf(List.of(KeySpec.parse("csv:1"), KeySpec.parse("csv:2")));
        KeySpec other = KeySpec.parse("csv:3");

        refused("has a list among its parts; write all parts", () -> KeySpec.composite(List.of(list, other)));
        refused("has a list among its parts; write all parts", () -> KeySpec.composite(List.of(list)));
        refused("has a list among its parts; write all parts", () -> KeySpec.parse("[".repeat(99_999) + "]"));
        refused("has several keys among its parts; name", () -> KeySpec.composite(List.of(other, several)));
        refused("has several keys among its parts; name", () -> KeySpec.composite(List.of(anyOf, other)));
        refused("has several keys among its places; name", () -> KeySpec.anyOf(List.of(several, other)));
        refused("has several keys under one name; give", () -> KeySpec.several(Map.of("a", several)));
    }

    private static void refused(String message, ThrowingCallable made) {
        assertThatExceptionOfType(KeySpecException.class).isThrownBy(made).withMessageContaining(message);
    }

    @Test
    void shouldRefuseExpressionsTooLongToCompile() {
        assertThatExceptionOfType(KeySpecException.class)
                .isThrownBy(() -> KeySpec.parse("regex:" + "(".repeat(100_000)));
        KeySpec deepest = KeySpec.parse("regex:" + "(".repeat(512) + ")".repeat(512));

        assertThat(deepest.toString()).hasSize("v2 re2:".length() + KeyArguments.LENGTH_MAX);
    }

    @Test
    void shouldHashAKeyAlikeWhereverItStands() {
        Keying keying = new Keying(KeySpec.of("csv:2"), MissingKey.RECORD, 11);
        assertThat(hash(keying, "a,key,1")).isEqualTo(hash(keying, "b,key,2")).isEqualTo(hash(keying, "key"));
        assertThat(hash(keying, "a,key")).isEqualTo(hash(Keying.wholeRecord(11), "key"));
        assertThat(hash(keying, "a,key")).isNotEqualTo(hash(Keying.wholeRecord(12), "key"));
    }

    /** The hash is part of the journal's promise: the same batch has the same buckets after a restart, and on Spark. */
    @Test
    void shouldNeverChangeTheHash() {
        assertThat(hash(Keying.wholeRecord(0), "")).isEqualTo(0x2D06800538D394C2L);
    }

    private static long hash(Keying keying, String record) {
        try (NativeBytes memory = NativeBytes.of(record.getBytes(java.nio.charset.StandardCharsets.UTF_8))) {
            return keying.newHasher().hash(memory.address(), memory.length());
        }
    }

    @Test
    void shouldShowAKeyWithoutTheVersionOfItsSemantics() {
        assertThat(KeySpec.shown(KeySpec.parse("json:/id").toString())).isEqualTo("json:/id");
        assertThat(KeySpec.shown(KeySpec.RECORD.toString())).isEqualTo("record");
    }
}
