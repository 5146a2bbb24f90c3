package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyExtractorTest {

    private static final String MISSING = "<missing>";

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                // pointers
                "/id|{\"id\":\"x\"}|x",
                "/id|{\"a\":{\"id\":1},\"id\":2}|2",
                "/a/b|{\"a\":{\"b\":\"deep\"}}|deep",
                "/a/1|{\"a\":[10,20,30]}|20",
                "/a/1|{\"a\":{\"1\":\"name\"}}|name",
                "/a/01|{\"a\":[10,20]}|<missing>",
                "/a/-|{\"a\":[10,20]}|<missing>",
                "/a/2|{\"a\":[10,20]}|<missing>",
                "/a~1b|{\"a/b\":1}|1",
                "/a~0b|{\"a~b\":1}|1",
                "/a~01|{\"a~1\":1}|1",
                "/|{\"\":\"empty name\"}|empty name",
                "/a/|{\"a\":{\"\":3}}|3",
                "``|{\"id\":1}|{\"id\":1}",
                "``|  [1, 2]  |[1, 2]",
                "``|7|7",
                // values
                "/id|{\"id\":\"\"}|``",
                "/id|{\"id\":1}|1",
                "/id|{\"id\":1.0}|1.0",
                "/id|{\"id\":-0}|-0",
                "/id|{\"id\":1e400}|1e400",
                "/id|{\"id\":12345678901234567890123456789012345678901234567890}|12345678901234567890123456789012345678901234567890",
                "/id|{\"id\":true}|true",
                "/id|{\"id\":null}|<missing>",
                "/id|{\"id\":{ \"b\" : [1 , 2] } , \"c\":1}|{ \"b\" : [1 , 2] }",
                "/id|{\"id\":[ ]}|[ ]",
                "/id|{\"id\":\"tab\\tquote\\\"\\u00e9\"}|tab\tquote\"é",
                "/id|{\"id\":\"é漢😀\"}|é漢😀",
                "/é|{\"é\":1}|1",
                // the last of several members counts
                "/id|{\"id\":1,\"id\":2}|2",
                "/a/b|{\"a\":{\"b\":1},\"a\":{\"c\":2}}|<missing>",
                // no such value
                "/id|{}|<missing>",
                "/id|[]|<missing>",
                "/id|\"id\"|<missing>",
                "/id/x|{\"id\":\"scalar\"}|<missing>",
                // not JSON
                "/id|``|<missing>",
                "/id|nonsense|<missing>",
                "/id|{\"id\":1|<missing>",
                "/id|{\"id\":1} x|<missing>",
                "/id|{\"id\":1}{\"id\":2}|<missing>",
                "/id|{\"id\":1,}|<missing>",
                "/id|{\"id\":01}|<missing>",
                "/id|{\"id\":NaN}|<missing>",
                "/id|{'id':1}|<missing>",
                "/id|{\"id\":\"a\tb\"}|<missing>",
            })
    void shouldFindTheValueAtAJsonPointer(String pointer, String record, String key) {
        assertThat(key("json:" + pointer, record)).isEqualTo(key);
    }

    @Test
    void shouldFindNoJsonInWhiteSpace() {
        assertThat(key("json:", " \t ")).isEqualTo(MISSING);
    }

    @Test
    void shouldReadJsonThatEndsLikeALineOfWindows() {
        assertThat(key("json:/id", "{\"id\":1}\r")).isEqualTo("1");
    }

    @Test
    void shouldNotTakeOtherEncodingsForJson() {
        for (String charset : new String[] {"UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE", "UTF-16"}) {
            byte[] record = "{\"id\":1}".getBytes(java.nio.charset.Charset.forName(charset));
            assertThat(key("json:/id", record)).as(charset).isNull();
        }
    }

    @Test
    void shouldGiveTheTextOfAnObjectBehindAByteOrderMark() {
        assertThat(key("json:/id", "\uFEFF{\"id\":[1]}")).isEqualTo("[1]");
    }

    @Test
    void shouldNotTakeMalformedUtf8ForJson() {
        byte[] record = {'{', '"', 'i', 'd', '"', ':', '"', (byte) 0xC3, '(', '"', '}'};
        assertThat(key("json:/id", record)).isNull();
    }

    @Test
    void shouldReadJsonOfAnyDepthAndSize() {
        int depth = 100_000;
        String deep = "[".repeat(depth) + "]".repeat(depth);
        assertThat(key("json:/id", "{\"x\":" + deep + ",\"id\":5}")).isEqualTo("5");
        String digits = "9".repeat(50_000);
        assertThat(key("json:/id", "{\"id\":" + digits + "}")).isEqualTo(digits);
        assertThat(key("json:/id", "{\"" + "n".repeat(100_000) + "\":1,\"id\":6}"))
                .isEqualTo("6");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            ignoreLeadingAndTrailingWhitespace = false,
            value = {
                "1|a,b,c|a",
                "3|a,b,c|c",
                "4|a,b,c|<missing>",
                "2|a,,c|``",
                "2|a,|``",
                "1|``|``",
                "2|``|<missing>",
                "2|a, b ,c| b ",
                "2|a,\"b,\"\"c\"\"\",d|b,\"c\"",
                "1|\"\"|``",
                "1|\"a\"x,b|<missing>",
                "2|a,é漢😀|é漢😀",
                "1|#a,b|#a",
                "1|a;b|a;b",
            })
    void shouldFindACsvField(int column, String record, String key) {
        assertThat(key("csv:" + column, record)).isEqualTo(key);
    }

    @Test
    void shouldTakeACarriageReturnAtTheEndForTheLineEnd() {
        assertThat(key("csv:2", "a,b\r")).isEqualTo("b");
        assertThat(key("csv:2", "a,\"b\"\r")).isEqualTo("b");
        assertThat(key("csv:1", "\r")).isEmpty();
        assertThat(key("csv:2", "a,\"b\r\"")).isEqualTo("b\r");
    }

    @Test
    void shouldEndTheRowAtACarriageReturnOutsideQuotes() {
        assertThat(key("csv:2", "a,b\rc,d,e")).isEqualTo("b");
        assertThat(key("csv:3", "a,b\rc,d,e")).isEqualTo(MISSING);
    }

    @Test
    void shouldKeepBytesOfACsvFieldThatAreNoUtf8() {
        assertThat(key("csv:2", new byte[] {'a', ',', (byte) 0xFF, (byte) 0x80, ',', 'b'}))
                .containsExactly(0xFF, 0x80);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "user=(\\w+)`|x user=ann y|ann",
                "(b+)|aabbcc|bb",
                "^(\\p{L}+)|Éclair 5|Éclair",
                "^.(.)|😀é|é",
                "(é+)x|aéé漢ééx|éé",
                "(x*)$|abc|``",
                "a(b)?c|ac|<missing>",
                "(z)|abc|<missing>",
                "(.*)|``|``"
            })
    void shouldFindGroupOneOfARegex(String expression, String record, String key) {
        assertThat(key("regex:" + expression.replace("`", ""), record)).isEqualTo(key);
    }

    @ParameterizedTest
    @ValueSource(strings = {"regex:", "re2:"})
    void shouldGiveTheVeryBytesOfAMatchInMalformedUtf8(String engine) {
        byte[] record = {'a', (byte) 0xFF, (byte) 0xC3, '=', (byte) 0xE6, (byte) 0xBC, (byte) 0xA2, (byte) 0x80, '!'};
        assertThat(key(engine + "=(.*)!", record)).containsExactly(0xE6, 0xBC, 0xA2, 0x80);
        assertThat(key(engine + "^a(..)=", record)).containsExactly(0xFF, 0xC3);
    }

    /** A match in many blocks of decoded text, which ends where a block does or does not. */
    @ParameterizedTest
    @ValueSource(ints = {8191, 8192, 8193, 100_000, 1_000_000})
    void shouldFindAGroupFarBehindOthers(int characters) {
        for (String engine : new String[] {"regex:", "re2:"}) {
            String record = "\u00e9\ud83d\ude00x".repeat(characters / 4) + "\u6f22=k\u00e9y;" + "\u00e9".repeat(20);
            assertThat(key(engine + "\u6f22=([^;]*);", record)).as(engine).isEqualTo("k\u00e9y");
            assertThat(key(engine + "(?s)^.*=(k)", record)).as(engine).isEqualTo("k");
        }
    }

    @Test
    void shouldTakeACarriageReturnForTheLineEndInCutsOfToday() {
        assertThat(key("re2:(a)$", "x,a\r")).isEqualTo("a");
        assertThat(key("re2:(a)(?:\\b|z)$", "x,a\r")).isEqualTo("a");
        assertThat(key("re2:^(.*)$", "a\r\r")).isEqualTo("a\r");
        assertThat(key("re2:(a\r)$", "a\r")).isEqualTo(MISSING);
        assertThat(key("re2:^(.*)$", "\r")).isEmpty();
    }

    /** Java takes a CR for a line end, and one at the end for the last: a cut of 0.1.0 keeps that. */
    @Test
    void shouldReadCarriageReturnsAsBeforeInCutsOf010() {
        assertThat(key("regex:(a)$", "x,a\r")).isEqualTo("a");
        assertThat(key("regex:([^,]*)$", "x,a\r")).isEqualTo("a\r");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "(?i)(straSSe)|STRASSE|STRASSE",
                "(?:b;a;ab)(c;bcd)|abcd|bcd",
                "(?m)^(b)$|`a\nb\nc`|b",
                "(\\pL+)|1é漢2|é漢"
            })
    void shouldMatchByRe2(String expression, String record, String key) {
        assertThat(key("re2:" + expression.replace(';', '|'), record.replace("\\n", "\n")))
                .isEqualTo(key);
    }

    /** 76 bytes that take Java's engine 5 ms. */
    @Test
    @Timeout(20)
    void shouldMatchInLinearTimeByRe2() {
        assertThat(key("re2:(.*).*.*.*.*.*=x", "a=".repeat(100_000))).isEqualTo(MISSING);
        assertThat(key("re2:^((a+)+)$", "a".repeat(100_000) + "!")).isEqualTo(MISSING);
    }

    @Property
    void shouldMatchTheWholeOfAnyRecordAsItsOwnBytes(@ForAll("anyBytes") byte[] record) {
        assertThat(key("regex:(?s)^(.*)$", record)).isEqualTo(record);
        assertThat(key("re2:(?s)^(.*)(?:x{0})$", record)).isEqualTo(withoutCarriageReturn(record));
        assertThat(key("re2:^([\\x{0}-\\x{10FFFF}]*)$", record)).isEqualTo(withoutCarriageReturn(record));
    }

    private static byte[] withoutCarriageReturn(byte[] record) {
        boolean cr = record.length > 0 && record[record.length - 1] == '\r';
        return cr ? Arrays.copyOf(record, record.length - 1) : record;
    }

    @Property
    void shouldGiveTheSameKeyAgainWhateverTheRecord(@ForAll("anyBytes") byte[] record) {
        for (String spec : new String[] {
            "record", "json:/a", "json:", "csv:1", "csv:2", "regex:(\\w+)", "re2:(\\w+)", "re2:(\\w+|é)"
        }) {
            assertThat(key(spec, record)).isEqualTo(key(spec, record));
        }
    }

    @Provide
    Arbitrary<byte[]> anyBytes() {
        return Arbitraries.oneOf(
                Arbitraries.bytes().array(byte[].class).ofMaxSize(60),
                Arbitraries.strings().ofMaxLength(30).map(text -> text.getBytes(StandardCharsets.UTF_8)),
                Arbitraries.strings()
                        .withChars("{}[]\":,\\ua1\r ")
                        .ofMaxLength(20)
                        .map(text -> text.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    @Timeout(20)
    void shouldGiveUpOnAMatchThatWouldTakeForever() {
        assertThat(key("regex:^((a+)+)$", "a".repeat(60) + "!")).isEqualTo(MISSING);
        assertThat(key("regex:(x+x+)+y", "x".repeat(60))).isEqualTo(MISSING);
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 20_000, 65_000})
    void shouldMatchRecordsThatRecurseDeeperThanAnOrdinaryStack(int length) {
        assertThat(key("regex:^((?:a|b)*)$", "ab".repeat(length / 2))).hasSize(length);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "json:/a|{\"a\":\"1234\\\\5678\"}|1234\\\\56",
                "csv:1|'\"1234\"\"5678\"'|1234\"56",
                "csv:1|12345678|1234567",
                "csv:1|1,2|1"
            })
    void shouldShowHowAKeyBegins(String spec, String record, String start) {
        KeyExtractor extractor = KeySpec.of(spec).newExtractor();
        try (NativeBytes memory = NativeBytes.of(record.getBytes(StandardCharsets.UTF_8))) {
            assertThat(extractor.find(memory.address(), memory.length())).isTrue();
            assertThat(extractor.firstBytes(7)).asString().isEqualTo(start.replace("\\\\", "\\"));
        }
    }

    @Test
    void shouldTakeTheWholeRecordAsItIs() {
        assertThat(key("record", "a\r")).isEqualTo("a\r");
        assertThat(key("record", "")).isEmpty();
    }

    @Test
    void shouldReadRecordsOfAnySizeWithOneExtractor() {
        KeyExtractor extractor = KeySpec.of("csv:1").newExtractor();
        for (int length : new int[] {1, 5000, 3, 0, 200_000}) {
            byte[] record = "x".repeat(length).getBytes(StandardCharsets.US_ASCII);
            assertThat(KeyBytes.of(extractor, record)).isEqualTo(record);
        }
    }

    private static String key(String spec, String record) {
        byte[] key = key(spec, record.getBytes(StandardCharsets.UTF_8));
        return key == null ? MISSING : new String(key, StandardCharsets.UTF_8);
    }

    private static byte[] key(String spec, byte[] record) {
        return KeyBytes.of(KeySpec.of(spec).newExtractor(), record);
    }
}
