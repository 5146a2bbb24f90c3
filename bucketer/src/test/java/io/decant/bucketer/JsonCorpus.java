package io.decant.bucketer;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Texts that are JSON, that are nearly JSON, and that are JSON by some parsers: each rule of RFC 8259 kept and broken,
 * at the beginning, in the middle and at the end, and at each place of a word of eight bytes. Written for this project.
 */
final class JsonCorpus {

    private static final List<String> VALUES = List.of(
            // Structure.
            "{}",
            "[]",
            "[[]]",
            "[{}]",
            "{\"a\":{}}",
            "{\"a\":[]}",
            "[1,2]",
            "[1,[2,[3]]]",
            "{\"a\":1,\"b\":2}",
            "{\"a\":1,\"a\":2}",
            "{\"a\":1,\"a\":null}",
            "{\"\":0}",
            "[null,true,false]",
            "[\"\"]",
            "[ ]",
            "{ }",
            "[ 1 , 2 ]",
            "{ \"a\" : 1 , \"b\" : [ ] }",
            "[\t1\r\n,\n2]",
            "{\"a\":\t\"b\"}",
            "[1\t]",
            "{\"a\":1\n}",
            // Structure that is broken.
            "",
            "[",
            "]",
            "{",
            "}",
            "[}",
            "{]",
            "[1",
            "[1,",
            "[1,]",
            "[,1]",
            "[,]",
            "[1 2]",
            "[1,,2]",
            "[[]",
            "[]]",
            "{\"a\"",
            "{\"a\":",
            "{\"a\":1",
            "{\"a\":1,",
            "{\"a\":1,}",
            "{,}",
            "{\"a\"}",
            "{\"a\" 1}",
            "{\"a\",1}",
            "{:1}",
            "{1:1}",
            "{a:1}",
            "{'a':1}",
            "{\"a\":1 \"b\":2}",
            "{\"a\":1:2}",
            "{\"a\"::1}",
            "{\"a\":,}",
            "{null:1}",
            "{[]:1}",
            "{{}:1}",
            "{\"a\":1]",
            "[\"a\":1]",
            "[1}",
            "{\"a\":[1}]",
            "{}{}",
            "[][]",
            "{} {}",
            "[],",
            ",[]",
            ":",
            "[1];",
            "{}#",
            "[1]//",
            "/* */[]",
            "[/**/]",
            "{\"a\":1/**/}",
            "<>",
            "[<null>]",
            // Literals.
            "true",
            "false",
            "null",
            "[true]",
            "tru",
            "truee",
            "True",
            "TRUE",
            "nul",
            "nulll",
            "nil",
            "fals",
            "falsey",
            "undefined",
            "NaN",
            "[NaN]",
            "Infinity",
            "[-Infinity]",
            "[true1]",
            "[truefalse]",
            "[t]",
            "[n]",
            "[\u00e9]",
            // Numbers.
            "0",
            "-0",
            "1",
            "-1",
            "10",
            "1234567890123456789012345678901234567890",
            "0.0",
            "-0.0",
            "1.5",
            "0.1e1",
            "1e1",
            "1E1",
            "1e+1",
            "1e-1",
            "1E+01",
            "0e0",
            "0e+0",
            "1e999",
            "1e-999",
            "-1e99999999999",
            "1.0e00001",
            "00",
            "01",
            "-00",
            "-01",
            "+1",
            "-",
            "+",
            "--1",
            "1-",
            "1.",
            ".1",
            "-.1",
            "1.e1",
            "1e",
            "1e+",
            "1e-",
            "1e1.5",
            "1.5.5",
            "1e1e1",
            "0x1",
            "1x",
            "1_000",
            "1,000",
            "1 000",
            "[0]",
            "[01]",
            "[-]",
            "[1.]",
            "[1e]",
            "[1e+]",
            "[.5]",
            "[-a]",
            "[1a]",
            "[1]a",
            "[0e]",
            "[0.e1]",
            "[2.e3]",
            "[\uff11]",
            "[1\u0660]",
            "[- 1]",
            "[1 .5]",
            // Strings.
            "\"\"",
            "\"a\"",
            "\"abcdefg\"",
            "\"abcdefgh\"",
            "\"abcdefghi\"",
            "\" \"",
            "\"\\\"\"",
            "\"\\\\\"",
            "\"\\/\"",
            "\"\\b\\f\\n\\r\\t\"",
            "\"\\u0000\"",
            "\"\\u0041\"",
            "\"\\uabcd\\uABCD\"",
            "\"\\ud83d\\ude00\"",
            "\"\\ud83d\"",
            "\"\\ude00\"",
            "\"\\ude00\\ud83d\"",
            "\"\\ud83d\\u0041\"",
            "\"\\ud83dx\"",
            "\"\u007f\"",
            "\"\u00e9\u6f22\ud83d\ude00\"",
            "\"\u2028\u2029\"",
            "\"/*\"",
            "\"'\"",
            "\"",
            "\"a",
            "a\"",
            "\"a\"b\"",
            "\"\\",
            "\"\\\"",
            "\"\\\\\\\"",
            "\"\\x\"",
            "\"\\a\"",
            "\"\\0\"",
            "\"\\u\"",
            "\"\\u1\"",
            "\"\\u12\"",
            "\"\\u123\"",
            "\"\\u123g\"",
            "\"\\U0041\"",
            "\"\\u 041\"",
            "\"\\u00\ud83d\"",
            "\"\\\u00e9\"",
            "\"\\'\"",
            "'a'",
            "\"a\nb\"",
            "\"a\tb\"",
            "\"a\rb\"",
            "\"\u0000\"",
            "\"\u001f\"",
            "\"\\\n\"",
            "\"\\u\n041\"",
            // Names.
            "{\"\\u0061\":1}",
            "{\"a\\n\":1}",
            "{\"\\ud83d\\ude00\":1}",
            "{\"\\ud83d\":1}",
            "{\"\\ude00\":1}",
            "{\"\u00e9\":1}",
            "{\"a\nb\":1}",
            "{\"\\x\":1}",
            "{\"a:1}",
            "{\"a\\\":1}",
            "{\"abcdefgh\":1}",
            "{\"a b\":1}",
            "{\"a/b\":1}",
            "{\"~\":1}",
            // White space that is none.
            "\f[]",
            "[\f]",
            "\u000b1",
            "\u00a0[]",
            "[\u00a01]",
            "\u2060[]",
            "\u30001",
            "[]\u0000",
            "\u0000",
            "[\u0000]",
            "\b[]",
            "\u001e[]",
            "\u0085[]");

    /** By ISO 8859-1: UTF-8 that is broken, and that some take. */
    private static final List<String> ODD = List.of(
            "\u00c0\u00af",
            "\u00c1\u0081",
            "\u00e0\u0080\u0080",
            "\u00e0\u009f\u00bf",
            "\u00ed\u00a0\u0080",
            "\u00ed\u00b0\u0080",
            "\u00ed\u00a0\u00bd\u00ed\u00b8\u0080",
            "\u00f0\u0080\u0080\u00af",
            "\u00f0\u008f\u00bf\u00bf",
            "\u00f4\u0090\u0080\u0080",
            "\u00f5\u0080\u0080\u0080",
            "\u00f7\u00bf\u00bf\u00bf",
            "\u00f8",
            "\u0080",
            "\u00bf",
            "\u00c3",
            "\u00c3(",
            "\u00e6\u00bc",
            "\u00e6(\u00bc",
            "\u00f0\u009f\u0098",
            "\u00f0\u009f(\u0098",
            "\u00fe",
            "\u00ef\u00bb\u00bf",
            "\u00e9",
            "\u00c2\u0080",
            "\u00df\u00bf",
            "\u00e0\u00a0\u0080",
            "\u00ed\u009f\u00bf",
            "\u00ee\u0080\u0080",
            "\u00ef\u00bf\u00bf",
            "\u00f0\u0090\u0080\u0080",
            "\u00f4\u008f\u00bf\u00bf");

    private static final List<String> AROUND_VALUES = List.of(
            " ~",
            "~ ",
            "\n~\t",
            "[~]",
            "[1,~]",
            "[~,1]",
            "{\"a\":~}",
            "{\"b\":0,\"a\":~,\"c\":1}",
            "[[[[~]]]]",
            "\u00ef\u00bb\u00bf~",
            "\u00fe\u00ff~",
            "~\u0000",
            "~x",
            "{\"a\":{\"b\":~}}");

    private static final List<String> AROUND_ODD = List.of(
            "~",
            "\"~\"",
            "[~]",
            "{\"~\":1}",
            "{\"a\":\"~\"}",
            "{\"a\":\"x~\",\"b\":1}",
            "[\"~\",~]",
            "\"~",
            "{\"~\":\"~\"}",
            "\"1234567~\"",
            "\"123456~78\"",
            "\"\\n~\"",
            "{\"a\":{\"~\":0,\"b\":\"\"}}");

    private static final List<String> SPECIAL =
            List.of("", "\"", "\\\"", "\\", "\n", "\u00c3\u00a9", "\u00c3", "\\u0041", "\u007f", "\u0000");

    private static final List<String> AROUND_SPECIAL =
            List.of("\"~\"", "[\"~\"]", "{\"~\":1}", "{\"a\":\"~\",\"~\":\"~\"}", "\"~y\"");

    private JsonCorpus() {}

    static List<byte[]> texts() {
        List<byte[]> texts = new ArrayList<>();
        for (String value : VALUES) {
            byte[] text = value.getBytes(StandardCharsets.UTF_8);
            texts.add(text);
            for (String around : AROUND_VALUES) {
                texts.add(around(around, text));
            }
        }
        for (String odd : ODD) {
            byte[] text = odd.getBytes(StandardCharsets.ISO_8859_1);
            for (String around : AROUND_ODD) {
                texts.add(around(around, text));
            }
        }
        // What ends, and what is special, at each place of a word.
        for (int length = 0; length < 20; length++) {
            String filler = "x".repeat(length);
            for (String special : SPECIAL) {
                for (String around : AROUND_SPECIAL) {
                    texts.add(around(around, (filler + special).getBytes(StandardCharsets.ISO_8859_1)));
                }
            }
        }
        // As deep as a word has bits, and about there; deeper, and mixed.
        for (int depth : new int[] {1, 2, 31, 32, 62, 63, 64, 65, 66, 127, 128, 129, 1000}) {
            texts.add(("[".repeat(depth) + "]".repeat(depth)).getBytes(StandardCharsets.US_ASCII));
            texts.add(("[".repeat(depth) + "]".repeat(depth - 1)).getBytes(StandardCharsets.US_ASCII));
            texts.add(("[".repeat(depth) + "]".repeat(depth + 1)).getBytes(StandardCharsets.US_ASCII));
            texts.add(("{\"a\":".repeat(depth) + "1" + "}".repeat(depth)).getBytes(StandardCharsets.US_ASCII));
            texts.add(("[{\"a\":".repeat(depth) + "[]" + "}]".repeat(depth)).getBytes(StandardCharsets.US_ASCII));
            texts.add(("[{\"a\":".repeat(depth) + "0,\"b\":[1,2]" + "},3]".repeat(depth))
                    .getBytes(StandardCharsets.US_ASCII));
            texts.add(("[{\"a\":".repeat(depth) + "0" + "]}".repeat(depth)).getBytes(StandardCharsets.US_ASCII));
        }
        return texts;
    }

    private static byte[] around(String pattern, byte[] text) {
        String value = new String(text, StandardCharsets.ISO_8859_1);
        return pattern.replace("~", value).getBytes(StandardCharsets.ISO_8859_1);
    }
}
