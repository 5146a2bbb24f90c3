package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

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
                "Record|'Record' is no key; write record, kafka-key, json:/pointer, csv:N (from 1) or regex:EXPR (the key is group 1)",
                "``|'' is no key; write record",
                "json|'json' is no key",
                "json:id|a JSON pointer begins with '/': json:/id",
                "json:/a~2|write ~0 for '~' and ~1 for '/'",
                "json:/a~/b|write ~0 for '~'",
                "csv:0|columns count from 1",
                "csv:-1|columns count from 1",
                "csv:|'' is no column",
                "csv:one|'one' is no column",
                "csv:99999999999|'99999999999' is no column",
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
}
