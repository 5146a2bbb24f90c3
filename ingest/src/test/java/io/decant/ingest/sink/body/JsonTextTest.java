package io.decant.ingest.sink.body;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTest {

    /** Bytes as ISO 8859-1, so that what is no UTF-8 can be written, too. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "-0.0e-0",
                "1E+2",
                "123456789012345678901234567890.5e123456789",
                "true",
                "false",
                "null",
                "\"\"",
                "\" \\\" \\\\ \\/ \\b \\f \\n \\r \\t \\u00e9 \\uD834\\udd1E \"",
                "\"\\ud800\"",
                "\"\\u0000\"",
                "\"\u007f\"",
                "\"\u00c3\u00a9 \u00f0\u009f\u0098\u0080\"",
                "\"\u00e2\u0080\u00a8\"",
                "\"\u00ef\u00bb\u00bf\"",
                "[]",
                "{}",
                "[ ]",
                "{ }",
                "[[],{},[{}]]",
                "{\"\":{}}",
                "{\"a\":1,\"a\":2}",
                " \t\r\n[ 1 , \"x\" , { \"a\" : null } ] \r",
                "[1,-2,3.5,true,false,null,\"\"]",
                "{\"a\":[{\"b\":[[1],{\"c\":\"]}\"}]}],\"d\":\"{[\"}"
            })
    void shouldTakeWhatTheGrammarAllows(String text) {
        assertThat(matches(latin1(text))).isTrue();
        assertThat(JsonOracle.isJson(latin1(text))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\r",
                "01",
                "-",
                "-01",
                "+1",
                ".5",
                "1.",
                "1.e1",
                "1e",
                "1e+",
                "0x1",
                "1a",
                "1 2",
                "NaN",
                "Infinity",
                "-Infinity",
                "tru",
                "truee",
                "True",
                "nul",
                "'a'",
                "a",
                "\"",
                "\"a",
                "\"\\",
                "\"\\\"",
                "\"\\a\"",
                "\"\\u12\"",
                "\"\\u123g\"",
                "\"\\U0041\"",
                "\"a\tb\"",
                "\"\0\"",
                "\"\u001f\"",
                "\"a\"b",
                "\"a\"\"b\"",
                "[",
                "]",
                "{",
                "}",
                "[1",
                "[1,",
                "[1,]",
                "[,1]",
                "[,]",
                "[1 2]",
                "[1}",
                "{1}",
                "[1]]",
                "[[1]",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{,}",
                "{\"a\" 1}",
                "{\"a\"::1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1]",
                "{a:1}",
                "{1:1}",
                "{\"a\":1}}",
                "{\"a\":1},{\"a\":1}",
                "{\"a\":1,,\"b\":2}",
                "[1]//",
                "/**/1",
                "#",
                "\u000b1",
                "\f1",
                "\u00a01",
                "1\0",
                "[\0]",
                "\u00ef\u00bb\u00bf1",
                "\u00ff\u00fe1\0",
                "\"\u00c3\"",
                "\"\u00c0\u0080\"",
                "\"\u00ed\u00a0\u0080\"",
                "\"\u00f4\u0090\u0080\u0080\"",
                "\"\u00e9\"",
                "\u00c3\u00a9",
                "[\u00c3\u00a9]"
            })
    void shouldRefuseWhatItDoesNot(String text) {
        assertThat(matches(latin1(text))).isFalse();
        assertThat(JsonOracle.isJson(latin1(text))).isFalse();
    }

    @Property(tries = 20_000)
    void shouldAgreeWithJacksonAboutAnythingMadeOfTokens(@ForAll("tokens") List<byte[]> tokens) {
        byte[] text = join(tokens);
        assertThat(matches(text)).isEqualTo(JsonOracle.isJson(text));
    }

    @Property(tries = 5_000)
    void shouldAgreeWithJacksonAboutTextsWithAFault(@ForAll long seed, @ForAll byte fault, @ForAll boolean insert) {
        Random random = new Random(seed);
        byte[] bytes = text(random, 4).getBytes(StandardCharsets.UTF_8);
        assertThat(matches(bytes)).isTrue();
        int place = random.nextInt(bytes.length);
        byte[] faulty = join(List.of(
                Arrays.copyOf(bytes, place),
                new byte[] {fault},
                Arrays.copyOfRange(bytes, insert ? place : place + 1, bytes.length)));
        assertThat(matches(faulty)).isEqualTo(JsonOracle.isJson(faulty));
        byte[] cut = Arrays.copyOf(bytes, place);
        assertThat(matches(cut)).isEqualTo(JsonOracle.isJson(cut));
    }

    /** One byte after the other inside a string, at every place in a word. */
    @Property(tries = 500)
    void shouldJudgeEveryByteOfAString(
            @ForAll byte value,
            @ForAll @IntRange(max = 17) int before,
            @ForAll @ByteRange(min = 0, max = 17) byte after) {
        byte[] text = latin1('"' + "x".repeat(before) + (char) Byte.toUnsignedInt(value) + "x".repeat(after) + '"');
        assertThat(matches(text)).isEqualTo(JsonOracle.isJson(text));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 63, 64, 65, 128, 129, 1_000_000})
    void shouldNestAsDeepAsTheBytesAllow(int depth) {
        String open = "[{\"a\":".repeat(depth / 2) + (depth % 2 == 0 ? "" : "[");
        String close = (depth % 2 == 0 ? "" : "]") + "}]".repeat(depth / 2);
        assertThat(matches(latin1(open + (depth % 2 == 0 ? "1" : "") + close))).isTrue();
        assertThat(matches(latin1(open + (depth % 2 == 0 ? "1" : "") + close + "]")))
                .isFalse();
        assertThat(matches(latin1("[".repeat(depth) + "1}"))).isFalse();
    }

    @Test
    void shouldForgetTheTextBefore() {
        JsonText json = new JsonText();
        for (String broken : List.of("[[[{\"a\":", "{", "\"")) {
            try (NativeText text = NativeText.of(latin1(broken))) {
                assertThat(json.matches(text.address(), text.end())).isFalse();
            }
            try (NativeText text = NativeText.of(latin1("[1]"))) {
                assertThat(json.matches(text.address(), text.end())).isTrue();
            }
        }
    }

    @Property
    void shouldTrimJsonsWhiteSpaceAndNoOther(@ForAll("spaced") String text) {
        String expected = text.replaceAll("^[ \t\r\n]+|[ \t\r\n]+$", "");
        try (NativeText bytes = NativeText.of(latin1(text))) {
            long begin = JsonText.skipSpace(bytes.address(), bytes.end());
            long end = JsonText.trimEnd(begin, bytes.end());
            assertThat(end - begin).isEqualTo(expected.length());
            assertThat(text.substring((int) (begin - bytes.address()))).startsWith(expected);
        }
    }

    @Provide
    Arbitrary<String> spaced() {
        return Arbitraries.strings().withChars(" \t\r\n\u000b\u00a0ab").ofMaxLength(8);
    }

    @Provide
    Arbitrary<List<byte[]>> tokens() {
        Arbitrary<String> structure = Arbitraries.of("{", "}", "[", "]", ",", ":", "\"", "\\", " ", "\t");
        Arbitrary<String> scalars = Arbitraries.of(
                "\"a\"", "\"\"", "0", "1", "-", ".", "e", "+", "true", "null", "\"a\":", "\\u00", "9F", "u", "n");
        Arbitrary<String> odd = Arbitraries.of(
                "\u00c3\u00a9",
                "\u00c3",
                "\u00f0\u009f\u0098\u0080",
                "\u00ff",
                "\0",
                "\u001f",
                "\u007f",
                "/",
                "'",
                "\r");
        return Arbitraries.frequencyOf(Tuple.of(4, structure), Tuple.of(4, scalars), Tuple.of(1, odd))
                .map(JsonTextTest::latin1)
                .list()
                .ofMaxSize(9);
    }

    /** A JSON text of any form. */
    private static String text(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 5 : 3)) {
            case 0 -> one(random, "0", "-0", "17", "1e9", "0.5E-3", "12.25", "-1E+0", "true", "false", "null");
            case 1, 2 -> string(random);
            case 3 ->
                IntStream.range(0, random.nextInt(4))
                        .mapToObj(i -> text(random, depth - 1))
                        .collect(Collectors.joining(" ,", "[", "]"));
            default ->
                IntStream.range(0, random.nextInt(4))
                        .mapToObj(i -> string(random) + ": " + text(random, depth - 1))
                        .collect(Collectors.joining(",", "{", " }"));
        };
    }

    private static String string(Random random) {
        return IntStream.range(0, random.nextInt(12))
                .mapToObj(i ->
                        one(random, "a", "b ", "\u00e9", "\u6f22", "\ud83d\ude00", "\\n", "\\u00aF", "\\\\", "\\\""))
                .collect(Collectors.joining("", "\"", "\""));
    }

    private static String one(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }

    private static boolean matches(byte[] text) {
        try (NativeText bytes = NativeText.of(text)) {
            return new JsonText().matches(bytes.address(), bytes.end());
        }
    }

    private static byte[] latin1(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] join(List<byte[]> pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.forEach(all::writeBytes);
        return all.toByteArray();
    }
}
