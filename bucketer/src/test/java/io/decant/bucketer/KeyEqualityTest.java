package io.decant.bucketer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which keys are equal. */
class KeyEqualityTest {

    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

    private static final String JSON = "json:/k";
    /** Over what every character is folded to. */
    private static final long SUM = 8388143271253876178L;

    /** What a value is compared by; null: there is no key. */
    private static String compared(KeySpec spec, String record) {
        byte[] bytes = KeyBytes.of(spec.newExtractor(), record.getBytes(UTF_8));
        return bytes == null ? null : new String(bytes, UTF_8);
    }

    private static String json(Fold fold, String value) {
        return compared(KeySpec.parse(JSON).with(fold, ','), "{\"k\":" + value + "}");
    }

    private static String csv(Fold fold, String field) {
        return compared(KeySpec.parse("csv:1").with(fold, ','), field + ",x");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', textBlock = """
            1 1.0
            1 1e0
            1 10e-1
            1 0.1E+1
            1 "1"
            1.0 "1"
            1 "\\u0031"
            1.5 "\\u0031\\u002e\\u0035\\u0030"
            0 -0
            0 0.000e99
            0 -0.0E-7
            "-0" 0
            100 1e2
            -120 -1.2e2
            1e100 10e99
            1e-7 0.0000001
            123456789012345678901234567890123456789012 123456789012345678901234567890123456789012.0
            1e100000000000000000000 10e99999999999999999999
            1e99999999999999999999 0.1e100000000000000000000
            1e-99999999999999999999 10e-100000000000000000000
            1e199999999999999999999 0.1e200000000000000000000
            true "true"
            """, quoteCharacter = '\'')
    void shouldTakeTheseForOneKey(String one, String other) {
        assertThat(json(Fold.NONE, one)).isEqualTo(json(Fold.NONE, other)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', textBlock = """
            1 -1
            1 "1.x"
            "01" 1
            "1." 1
            "+1" 1
            ".5" 0.5
            "1e" 1
            9007199254740993 9007199254740992
            0.1 0.10000000000000000000000000000000000000000000000001
            1e99999999999999999999 1e99999999999999999998
            "Bob" "bob"
            "a" "\\u00e4"
            [1] [1.0]
            {"a":1} {"a":1.0}
            "NaN" "nan"
            """, quoteCharacter = '\'')
    void shouldTakeTheseForTwoKeys(String one, String other) {
        assertThat(json(Fold.NONE, one)).isNotEqualTo(json(Fold.NONE, other)).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(delimiter = ' ', textBlock = """
            "Bob" "bOB"
            "ÄÖÜ" "äöü"
            "\\u00c4" "ä"
            "ΣΑΣ" "σας"
            "K" "k"
            "1E3" 1000
            "\\ud801\\udc00" "𐐨"
            """, quoteCharacter = '\'')
    void shouldFoldCase(String one, String other) {
        assertThat(json(Fold.CASE, one)).isEqualTo(json(Fold.CASE, other));
        assertThat(json(Fold.CASE_ACCENT, one)).isEqualTo(json(Fold.CASE_ACCENT, other));
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
            "Zoë";"zoe"
            "Zoe\\u0308";"zoë"
            "a  ";"A"
            "a \\u0020\\u0301 ";"a"
            "1.0  ";1
            "ｱ ";"ｱ"
            """, quoteCharacter = '\'')
    void shouldFoldAccentsAndSpacesAtTheEnd(String one, String other) {
        assertThat(json(Fold.CASE_ACCENT, one)).isEqualTo(json(Fold.CASE_ACCENT, other));
        assertThat(json(Fold.CASE, one)).isNotEqualTo(json(Fold.CASE, other.replace("ｱ", "x")));
    }

    @Test
    void shouldKeepSpacesThatDoNotStandAtTheEnd() {
        assertThat(json(Fold.CASE_ACCENT, "\"  A  b  \"")).isEqualTo("  a  b");
        assertThat(json(Fold.CASE_ACCENT, "\"" + " ".repeat(200_000) + "\"")).isEmpty();
    }

    @Test
    void shouldNotFoldI() {
        assertThat(json(Fold.CASE, "\"I\"")).isEqualTo("i");
        assertThat(json(Fold.CASE, "\"İ\"")).isEqualTo("İ");
        assertThat(json(Fold.CASE, "\"ı\"")).isEqualTo("ı");
    }

    @Test
    void shouldCompareFieldsAndGroupsInTheSameWay() {
        assertThat(csv(Fold.NONE, "1.0")).isEqualTo("1");
        assertThat(csv(Fold.NONE, "\"1.50\"")).isEqualTo("15e-1");
        assertThat(csv(Fold.CASE, "\"A\"\"B\"")).isEqualTo("a\"b");
        assertThat(compared(KeySpec.parse("regex:id=([^;]*)"), "id=1e1;")).isEqualTo("10");
        KeySpec folded = KeySpec.parse("regex:id=([^;]*)").with(Fold.CASE, ',');
        assertThat(compared(folded, "id=BoB;")).isEqualTo("bob");
    }

    /** Also in rows whose last quote is missing, or one too many. */
    @Property
    void shouldReadFieldsInTheSameWayWhetherLettersAreFoldedOrNot(@ForAll("smallFields") String field) {
        String row = "x," + field;
        KeySpec spec = KeySpec.parse("csv:2");
        String plain = compared(spec, row);
        assertThat(compared(spec.with(Fold.CASE, ','), row)).isEqualTo(plain);
        assertThat(compared(spec.with(Fold.CASE_ACCENT, ','), row))
                .isEqualTo(plain == null ? null : plain.replaceFirst(" +$", ""));
    }

    @Test
    void shouldDropAQuoteThatStandsAlone() {
        for (Fold fold : Fold.values()) {
            assertThat(compared(KeySpec.parse("csv:2").with(fold, ','), "x,\"a\"\""))
                    .isEqualTo("a");
            assertThat(compared(KeySpec.parse("csv:2").with(fold, ','), "x,\"a\"\"\"\"\"\""))
                    .isEqualTo("a\"\"");
        }
    }

    @Test
    void shouldLeaveBytesThatAreNoTextAsTheyAre() {
        KeySpec spec = KeySpec.parse("csv:1").with(Fold.CASE, ',');
        byte[] key = KeyBytes.of(spec.newExtractor(), new byte[] {'A', (byte) 0xFF, (byte) 0xC3, 'B'});
        assertThat(key).containsExactly('a', (byte) 0xFF, (byte) 0xC3, 'b');
    }

    @ParameterizedTest
    @ValueSource(strings = {"csv:1", "regex:^([^,]*),", "json:/k"})
    void shouldLeaveAByteOrderMarkOutOfKeys(String setting) {
        String record = setting.startsWith("json") ? "{\"k\":\"a\"}" : "a,b";
        assertThat(compared(KeySpec.parse(setting), "\uFEFF" + record)).isEqualTo("a");
    }

    @Test
    void shouldKeepAByteOrderMarkInTheWholeRecord() {
        assertThat(compared(KeySpec.RECORD, "\uFEFFa")).isEqualTo("\uFEFFa");
    }

    @Test
    void shouldSplitFieldsAtTheDelimiterOfTheSettings() {
        assertThat(compared(KeySpec.parse("csv:2").with(Fold.NONE, ';'), "a,b;\"c;\"\"d\";e"))
                .isEqualTo("c;\"d");
        assertThat(compared(KeySpec.parse("csv:2").with(Fold.NONE, '\t'), "a,b\tc\te"))
                .isEqualTo("c");
    }

    @Test
    void shouldCompareAsBeforeInBatchesThatWereCutBefore() {
        KeySpec before = KeySpec.of("json:/k");
        assertThat(compared(before, "{\"k\":1.0}")).isEqualTo("1.0");
        assertThat(before.with(Fold.CASE, ',')).isEqualTo(before);
        assertThat(compared(KeySpec.of("csv:1"), "\uFEFFa,b")).isEqualTo("\uFEFFa");
    }

    @ParameterizedTest
    @ValueSource(strings = {"record", "kafka-key"})
    void shouldWriteBytesAsBefore(String setting) {
        KeySpec spec = KeySpec.parse(setting).with(Fold.CASE, ';');
        assertThat(spec).hasToString(setting);
        assertThat(spec.semantics()).isEqualTo(KeySpec.SEMANTICS_FIRST);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            json:/a b|CASE|,|v2 fold=case json:/a b
            csv:007|NONE|;|v2 csv=; csv:7
            json:/a|CASE_ACCENT|;|v2 fold=case-accent json:/a
            regex:a=(.)|NONE|;|v2 re2:a=(.)
            """)
    void shouldFreezeItsRules(String setting, Fold fold, char delimiter, String frozen) {
        KeySpec spec = KeySpec.parse(setting).with(fold, delimiter);
        assertThat(spec).hasToString(frozen).isEqualTo(KeySpec.of(frozen));
        assertThat(spec.semantics()).isEqualTo(KeySpec.SEMANTICS);
    }

    @Test
    void shouldFreezeCompositeKeys() {
        KeySpec spec = KeySpec.composite(List.of(KeySpec.parse("json:/a\"\\]"), KeySpec.parse("csv:2")))
                .with(Fold.CASE, '\t');
        assertThat(spec).hasToString("v2 fold=case csv=\\t [\"json:/a\\\"\\\\]\",\"csv:2\"]");
        assertThat(KeySpec.of(spec.toString())).isEqualTo(spec);
        assertThat(KeySpec.of(spec.toString()).setting()).isEqualTo("[json:/a\"\\], csv:2]");
    }

    @Test
    void shouldTellTheValuesOfACompositeKeyApart() {
        KeySpec spec = KeySpec.composite(List.of(KeySpec.parse("json:/a"), KeySpec.parse("json:/b")));
        assertThat(shown(spec, "{\"a\":1.0,\"b\":\"x\\\"\"}", 100)).isEqualTo("[\"1\",\"x\\\"\"]");
        assertThat(shown(spec, "{\"a\":1.0,\"b\":2}", 4)).isEqualTo("[\"1\"");
        assertThat(hash(spec, "{\"a\":1.0,\"b\":2}")).isEqualTo(hash(spec, "{\"b\":\"2\",\"a\":1}"));
        assertThat(hash(spec, "{\"a\":\"ab\",\"b\":\"c\"}")).isNotEqualTo(hash(spec, "{\"a\":\"a\",\"b\":\"bc\"}"));
        assertThat(hash(spec, "{\"a\":1,\"b\":2}")).isNotEqualTo(hash(spec, "{\"a\":2,\"b\":1}"));
    }

    @Test
    void shouldLackACompositeKeyWhereAPartIsMissing() {
        KeySpec spec = KeySpec.composite(List.of(KeySpec.parse("json:/a"), KeySpec.parse("json:/b")));
        assertThat(compared(spec, "{\"a\":1}")).isNull();
        assertThat(compared(spec, "{\"b\":1,\"a\":null}")).isNull();
    }

    @Test
    void shouldFoldByUnicode13Always() {
        long sum = 0;
        for (Fold fold : List.of(Fold.CASE, Fold.CASE_ACCENT)) {
            for (int character = 0; character <= Character.MAX_CODE_POINT; character++) {
                sum = sum * 31 + FoldingTable.of(fold).fold(character);
            }
        }
        // Whatever the JDK: another sum is another version of the semantics of keys.
        assertThat(sum).isEqualTo(SUM);
    }

    @Property
    void shouldCompareNumbersByValue(@ForAll("numbers") String one, @ForAll("numbers") String other) {
        assertThat(json(Fold.NONE, one).equals(json(Fold.NONE, other)))
                .as("%s and %s", one, other)
                .isEqualTo(new BigDecimal(one).compareTo(new BigDecimal(other)) == 0);
    }

    @Property
    void shouldGiveOneTextToAValueHoweverItIsWritten(@ForAll("numbers") String number, @ForAll("shifts") int shift) {
        BigDecimal value = new BigDecimal(number);
        BigDecimal moved = value.setScale(value.scale() + shift);
        String text = json(Fold.NONE, number);
        assertThat(json(Fold.NONE, moved.toString())).isEqualTo(text);
        assertThat(json(Fold.NONE, moved.toPlainString())).isEqualTo(text);
        assertThat(json(Fold.NONE, "\"" + moved.toEngineeringString() + "\"")).isEqualTo(text);
        assertThat(new BigDecimal(text)).isEqualByComparingTo(value);
        assertThat(json(Fold.NONE, text)).isEqualTo(text);
    }

    @Property
    void shouldCompareNumbersWithExponentsOfAnyLength(
            @ForAll("exponents") BigInteger exponent, @ForAll("shifts") int shift) {
        String one = "3e" + exponent;
        assertThat(json(Fold.NONE, one))
                .isEqualTo(
                        json(Fold.NONE, "3" + "0".repeat(shift) + "e" + exponent.subtract(BigInteger.valueOf(shift))));
        assertThat(json(Fold.NONE, one))
                .isEqualTo(json(
                        Fold.NONE, "0." + "0".repeat(shift) + "3e" + exponent.add(BigInteger.valueOf(shift + 1L))));
        assertThat(json(Fold.NONE, one)).isNotEqualTo(json(Fold.NONE, "3e" + exponent.add(BigInteger.ONE)));
    }

    /** What is compared is its own canonical text, so equality is that of texts: reflexive, symmetric, transitive. */
    @Property
    void shouldBeAnEquivalence(@ForAll("values") String one, @ForAll("values") String two, @ForAll Fold fold) {
        String first = json(fold, one);
        String second = json(fold, two);
        assertThat(json(fold, one)).isEqualTo(first);
        if (first != null && second != null) {
            KeySpec spec = KeySpec.parse(JSON).with(fold, ',');
            boolean sameHash = hash(spec, "{\"k\":" + one + "}") == hash(spec, "{\"k\":" + two + "}");
            assertThat(sameHash).as("%s and %s", one, two).isEqualTo(first.equals(second));
        }
        if (first != null
                && one.startsWith("\"")
                && first.chars().noneMatch(c -> c < ' ' || c == '"' || c == '\\')
                && !isNumberOnlyOnceFolded(fold, one, first)) {
            assertThat(json(fold, "\"" + first + "\"")).isEqualTo(first);
        }
    }

    /** Such a text is compared as a text, see the next test. */
    private static boolean isNumberOnlyOnceFolded(Fold fold, String value, String folded) {
        return fold == Fold.CASE_ACCENT
                && NUMBER.matcher(folded).matches()
                && !json(Fold.NONE, value).equals(json(Fold.NONE, "\"" + folded + "\""));
    }

    @Test
    void shouldLookForNumbersBeforeLettersAreFolded() {
        assertThat(json(Fold.CASE_ACCENT, "\"1.0\u0301\"")).isEqualTo("1.0");
        assertThat(json(Fold.CASE_ACCENT, "\"1.0\"")).isEqualTo("1");
        assertThat(json(Fold.CASE_ACCENT, "\"1\u0301\"")).isEqualTo(json(Fold.CASE_ACCENT, "1"));
    }

    private static String shown(KeySpec spec, String record, int bytesMax) {
        byte[] bytes = record.getBytes(UTF_8);
        try (NativeBytes memory = NativeBytes.of(bytes)) {
            KeyExtractor extractor = spec.newExtractor();
            assertThat(extractor.find(memory.address(), bytes.length)).isTrue();
            return new String(extractor.firstBytes(bytesMax), UTF_8);
        }
    }

    private static long hash(KeySpec spec, String record) {
        byte[] bytes = record.getBytes(UTF_8);
        try (NativeBytes memory = NativeBytes.of(bytes)) {
            return new Keying(spec, MissingKey.RECORD, 7).newHasher().hash(memory.address(), bytes.length);
        }
    }

    /** Quoted or not, well-formed or not; with nothing that folding changes. */
    @Provide
    Arbitrary<String> smallFields() {
        return Arbitraries.of("\"", "\"\"", "a", "b", " ", "ß", ",", "1")
                .list()
                .ofMaxSize(8)
                .map(parts -> String.join("", parts))
                .flatMap(text -> Arbitraries.of(text, "\"" + text, "\"" + text + "\""));
    }

    @Provide
    Arbitrary<String> numbers() {
        Arbitrary<String> whole =
                Arbitraries.of("0", "1", "10", "100", "12", "120", "9".repeat(45), "1" + "0".repeat(50));
        Arbitrary<String> fraction =
                Arbitraries.of("", ".0", ".00", ".5", ".50", ".05", ".000000001", "." + "3".repeat(60));
        Arbitrary<String> exponent = Arbitraries.of("", "e0", "E+1", "e-1", "e2", "e-2", "e50", "e-50", "E0001");
        return Combinators.combine(Arbitraries.of("", "-"), whole, fraction, exponent)
                .as((sign, digits, rest, power) -> sign + digits + rest + power);
    }

    @Provide
    Arbitrary<Integer> shifts() {
        return Arbitraries.integers().between(0, 30);
    }

    @Provide
    Arbitrary<BigInteger> exponents() {
        Arbitrary<BigInteger> near = Combinators.combine(
                        Arbitraries.integers().between(16, 25),
                        Arbitraries.integers().between(-40, 40))
                .as((power, distance) -> BigInteger.TEN.pow(power).add(BigInteger.valueOf(distance)));
        Arbitrary<BigInteger> any =
                Arbitraries.bigIntegers().between(BigInteger.TEN.pow(24).negate(), BigInteger.TEN.pow(24));
        return Arbitraries.oneOf(near, near.map(BigInteger::negate), any);
    }

    @Provide
    Arbitrary<String> values() {
        Arbitrary<String> strings = Arbitraries.of(
                        "a",
                        "A",
                        "ä",
                        "Ä",
                        "a\u0308",
                        " ",
                        "  ",
                        "\\u0020",
                        "1",
                        "0",
                        ".",
                        "e",
                        "-",
                        "\\u0031",
                        "\\u0061",
                        "\u0301",
                        "\\n",
                        "\\\"",
                        "\ud83d\ude00",
                        "ß",
                        "K")
                .list()
                .ofMaxSize(4)
                .map(parts -> "\"" + String.join("", parts) + "\"");
        return Arbitraries.oneOf(
                strings, numbers(), Arbitraries.of("true", "false", "null", "[]", "[1]", "{\"a\":1}", "{}"));
    }
}
