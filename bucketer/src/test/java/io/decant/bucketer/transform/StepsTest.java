package io.decant.bucketer.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.Memory;
import io.decant.bucketer.StepCounts;
import io.decant.bucketer.Transform;
import io.decant.bucketer.TransformFailure.Reason;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StepsTest {

    private static final byte[] SALT = "salt".getBytes(StandardCharsets.UTF_8);

    private static Transformed run(String record, String... steps) {
        return Transformed.of(StepTransform.of(List.of(steps), TransformError.DLQ, SALT), record);
    }

    private static List<String> outputs(String record, String... steps) {
        Transformed transformed = run(record, steps);
        assertThat(transformed.failure()).isNull();
        return transformed.outputs();
    }

    private static Reason reason(String record, String step) {
        return run(record, step).failure().reason();
    }

    private static String bytes(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Java and RE2 read these expressions in the same way. */
    @Property(tries = 2000)
    void shouldSplitAsJava(@ForAll("expressions") String expression, @ForAll("texts") String text) {
        String step = StepText.of(SplitStep.NAME, expression).toString();
        assertThat(outputs(text, step)).isEqualTo(Arrays.asList(text.split(expression)));
    }

    @Provide
    Arbitrary<String> expressions() {
        return Arbitraries.of(
                " ", ",", "\\.", "a", "\\s", "\\s+", " +", "[ ,]", "[ ,]+", "[a-b]+", "[,\\s]", "ab", "a*", "", "a|b",
                "(?:ab)+", "b?", "\\w+", "\\d", "\t", "[^a]", "[^a]+", "a{2}", ",+$", "^a");
    }

    /** What is told in advance is a bound, whatever stands before and behind. */
    @Property(tries = 2000)
    void shouldMakeNoMoreRecordsThanToldInAdvance(
            @ForAll("chains") List<String> steps, @ForAll("texts") String first, @ForAll("texts") String second) {
        StepTransform transform = StepTransform.of(steps, TransformError.DLQ, SALT);
        byte[] lines = (first + "\n" + second + "\n").getBytes(StandardCharsets.ISO_8859_1);
        long memory = Memory.allocate(lines.length);
        Memory.copyFromArray(lines, 0, lines.length, memory);
        long most = transform.outputsAtMost(memory, lines.length, 2);
        Memory.free(memory, lines.length);
        assertThat(most).isNotEqualTo(Transform.UNKNOWN);
        assertThat(outputs(first, steps.toArray(new String[0])).size()
                        + outputs(second, steps.toArray(new String[0])).size())
                .isLessThanOrEqualTo((int) most);
    }

    @Provide
    Arbitrary<List<String>> chains() {
        Arbitrary<String> slicing = Arbitraries.of(
                "split: \" \"",
                "split: \",\"",
                "split: \"[ ,]+\"",
                "split: \"\\\\s\"",
                "split: \"a\"",
                "trim",
                "keep: \"regex:b\"",
                "drop: \"empty\"");
        Arbitrary<String> last = Arbitraries.of("lower", "trim", "replace: {\"regex\":\"a\",\"with\":\" , \"}");
        return slicing.list()
                .ofMaxSize(4)
                .flatMap(steps -> last.list().ofMaxSize(1).map(more -> {
                    List<String> all = new ArrayList<>(steps);
                    all.addAll(more);
                    return all;
                }));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "lower;split: \"a\"",
                "replace: {\"regex\":\"a\",\"with\":\" \"};split: \" \"",
                "split: \"a|b\"",
                "split: \"\"",
                "json-each: \"\""
            })
    void shouldNotTellInAdvanceWhatItCannotKnow(String steps) {
        assertThat(StepTransform.of(List.of(steps.split(";")), TransformError.DLQ, SALT)
                        .outputsAtMost(0, 0, 0))
                .isEqualTo(Transform.UNKNOWN);
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.strings().withChars("ab ,.\t1").ofMaxLength(40);
    }

    @Test
    void shouldSplitAtCharactersBeyondAscii() {
        assertThat(outputs(bytes("eins–zwei–"), bytes("split: \"" + "X\"").replace("X", "–")))
                .containsExactly("eins", "zwei");
        assertThat(outputs(bytes("äöä"), "split: \"ö\"")).containsExactly(bytes("ä"), bytes("ä"));
        assertThat(outputs("\u00ff \u00fe", "split: \" \"")).containsExactly("\u00ff", "\u00fe");
    }

    @Test
    void shouldBoundWhatOneRecordBecomes() {
        assertThat(outputs("a,".repeat(65_536), "split: \",\"")).hasSize(65_536);
        assertThat(reason("a,".repeat(65_536) + "a", "split: \",\"")).isEqualTo(Reason.TOO_MANY);
        // Empty pieces at the end are none.
        assertThat(outputs(",".repeat(200_000), "split: \",\"")).isEmpty();
        assertThat(reason("[" + "1,".repeat(70_000) + "1]", "json-each: \"\"")).isEqualTo(Reason.TOO_MANY);
        assertThat(run("a".repeat(65_536), "split: \"\"").outputs()).hasSize(65_536);
        assertThat(reason("a".repeat(9_000_000), "replace: {\"regex\":\"a\",\"with\":\"" + "x".repeat(40) + "\"}"))
                .isEqualTo(Reason.TOO_LARGE);
    }

    @Test
    void shouldTakeTheElementsOfAnArray() {
        assertThat(outputs("{\"a\":{\"b\":[1.0, {\"c\" : 2},\"x\",null ]}}", "json-each: \"/a/b\""))
                .containsExactly("1.0", "{\"c\" : 2}", "\"x\"", "null");
        assertThat(outputs("{\"a\":[1],\"a\":[ ]}", "json-each: \"/a\"")).isEmpty();
        assertThat(outputs("[[1],[2]]", "json-each: \"/1\"")).containsExactly("2");
        assertThat(reason("{\"a\":1}", "json-each: \"/a\"")).isEqualTo(Reason.NO_ARRAY);
        assertThat(reason("{}", "json-each: \"/a\"")).isEqualTo(Reason.NO_ARRAY);
        assertThat(reason("{\"a\":[1}", "json-each: \"/a\"")).isEqualTo(Reason.NOT_JSON);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                "empty              | ''               | true",
                "empty              | ' '              | false",
                "tombstone          | -                | true",
                "tombstone          | ''               | false",
                "regex:b            | abc              | true",
                "regex:^b           | abc              | false",
                "regex:c$           | 'abc\r'          | true",
                "'regex:^(a|x)b\\$' | ab$            | true",
                "json:/a            | {\"a\":null}     | true",
                "json:/a            | {\"b\":1}        | false",
                "json:/a            | [1]              | false",
                "json:/a/0          | {\"a\":[0]}      | true",
                "json:/a=x=y        | {\"a\":\"x=y\"}  | true",
                "json:/a=1          | {\"a\":1}        | true",
                "json:/a=1          | {\"a\":1.0}      | false",
                "json:/a=1          | {\"a\":\"\\u0031\"} | true",
                "json:/a=\\u0031    | {\"a\":\"\\u0031\"} | false",
                "json:/a=true       | {\"a\":true}     | true",
                "json:/a=           | {\"a\":\"\"}     | true",
                "json:/a=           | {\"a\":0}        | false",
                "json:/a=2          | {\"a\":1,\"a\":2} | true",
                "json:/a=1          | {\"a\":1,\"a\":2} | false"
            })
    void shouldKeepOrDropByCondition(String condition, String record, boolean meets) {
        List<String> itself = Arrays.asList(record);
        String text = StepText.quoted(condition);
        if (record == null) {
            // Tombstones pass every step but one.
            assertThat(outputs(null, "keep: \"empty\"", "keep: " + text)).isEqualTo(itself);
            assertThat(outputs(null, "drop: " + text)).isEmpty();
            return;
        }
        assertThat(outputs(record, "keep: " + text)).isEqualTo(meets ? itself : List.of());
        assertThat(outputs(record, "drop: " + text)).isEqualTo(meets ? List.of() : itself);
    }

    @Test
    void shouldFailWhereJsonIsNeeded() {
        assertThat(reason("no", "keep: \"json:/a\"")).isEqualTo(Reason.NOT_JSON);
        assertThat(reason("", "json-pick: {\"a\":\"/a\"}")).isEqualTo(Reason.NOT_JSON);
        assertThat(reason("{} {}", "json-set: {\"a\":\"b\"}")).isEqualTo(Reason.NOT_JSON);
        assertThat(reason("{\"a\":\"\u00ff\"}", "json-remove: [\"/b\"]")).isEqualTo(Reason.NOT_JSON);
        assertThat(reason("[1]", "json-set: {\"a\":\"b\"}")).isEqualTo(Reason.NO_OBJECT);
        assertThat(reason("1", "json-rename: {\"a\":\"b\"}")).isEqualTo(Reason.NO_OBJECT);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "json-pick: {\"x\":\"/a\",\"y\":\"/b/0\"} | {\"b\":[ 2 ],\"a\": 1.50e3 } | {\"x\":1.50e3,\"y\":2}",
                "json-pick: {\"x\":\"/a\",\"y\":\"/a\"}   | {\"a\":\"\\u00e4\"}"
                        + "          | {\"x\":\"\\u00e4\",\"y\":\"\\u00e4\"}",
                "json-pick: {\"x\":\"/no\"}               | {\"a\":1}                    | {}",
                "json-pick: {\"x\":\"/a/b\",\"y\":\"/a\"} | {\"a\":{\"b\":1},\"a\":{}}   | {\"y\":{}}",
                "json-pick: {\"x\":\"/a/b\",\"y\":\"/a\"} | {\"a\":{\"b\":[1]}}          | {\"x\":[1],\"y\":{\"b\":[1]}}",
                "json-set: {\"a\":\"q\\\"\"}              | {\"a\": 1 , \"b\":2}         | {\"a\": \"q\\\"\" , \"b\":2}",
                "json-set: {\"c\":\"x\",\"d\":\"y\"}      | {\"a\":1 }                   | {\"a\":1 ,\"c\":\"x\",\"d\":\"y\"}",
                "json-set: {\"c\":\"x\"}                  | {}                           | {\"c\":\"x\"}",
                "json-set: {\"a\":\"x\"}                  | {\"b\":{\"a\":1}}            | {\"b\":{\"a\":1},\"a\":\"x\"}",
                "json-set: {\"a\":\"x\"}                  | {\"a\":1,\"\\u0061\":2}      | {\"a\":\"x\",\"\\u0061\":\"x\"}",
                "json-rename: {\"a\":\"b\",\"b\":\"a\"}   | {\"a\" : 1,\"b\":{\"a\":2}}  | {\"b\" : 1,\"a\":{\"a\":2}}",
                "json-rename: {\"a\":\"b\"}               | {\"c\":1}                    | {\"c\":1}",
                "json-remove: [\"/a\"]                    | { \"a\":1, \"b\":2}          | { \"b\":2}",
                "json-remove: [\"/b\"]                    | {\"a\":1, \"b\":2 }          | {\"a\":1}",
                "json-remove: [\"/a\",\"/c\"]             | {\"a\":1,\"b\":2,\"c\":3}    | {\"b\":2}",
                "json-remove: [\"/a\",\"/b\"]             | {\"a\":1,\"b\":2}            | {}",
                "json-remove: [\"/a/1\",\"/a/2\"]         | {\"a\":[0,1,2,3]}            | {\"a\":[0,3]}",
                "json-remove: [\"/a/x\",\"/b\"]           | {\"a\":{\"x\":1},\"b\":2,\"b\":3} | {\"a\":{}}",
                "json-remove: [\"/b\",\"/c/x\"]           | {\"b\":1,\"c\":{\"x\":1,\"y\":2}} | {\"c\":{\"y\":2}}",
                "json-remove: [\"/no\"]                   | {\"a\": 1}                   | {\"a\": 1}",
                "csv-pick: [3,1]                          | a,b,\"c,\"\"d\"              | \"c,\"\"d\",a",
                "csv-pick: [2]                            | a,b,c                        | b",
                "csv-pick: [2,2]                          | a,                           | ,",
                "trim                                     | ' \ta b\r '                  | a b",
                "trim                                     | '   '                        | ''",
                "lower                                    | AbC1                         | abc1",
                "replace: {\"regex\":\"b\",\"with\":\"\"} | abcb                         | ac",
                "replace: {\"regex\":\"(?P<x>a)(z)?\",\"with\":\"$$[${x}$2$0]\"} | ba    | b$[aa]",
                "replace: {\"regex\":\"\",\"with\":\"-\"} | ab                           | -a-b-",
                "replace: {\"regex\":\"x\",\"with\":\"-\"}| ab                           | ab",
                "'extract: \"regex:(?P<b>\\\\d+)(?: (?P<a>.*))?\"' | 12 \"x\\y         | {\"b\":\"12\",\"a\":\"\\\"x\\\\y\"}",
                "'extract: \"regex:(?P<b>\\\\d+)(?: (?P<a>.*))?\"' | 12                | {\"b\":\"12\"}"
            })
    void shouldMapOneToOne(String step, String record, String expected) {
        assertThat(outputs(record, step)).containsExactly(expected);
    }

    @Test
    void shouldLowerBeyondAscii() {
        assertThat(outputs(bytes("ÄÖẞ€ Ⱥ\uD801\uDC00"), "lower")).containsExactly(bytes("äöß€ ⱥ\uD801\uDC28"));
        assertThat(outputs("\u00c4A\u00ff", "lower")).containsExactly("\u00c4a\u00ff");
    }

    @Test
    void shouldHashWithSalt() throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        digest.update(SALT);
        String hash = HexFormat.of().formatHex(digest.digest(bytes("ä").getBytes(StandardCharsets.ISO_8859_1)));
        assertThat(outputs("{\"a\":\"\\u00e4\",\"b\":1}", "json-hash: [\"/a\"]"))
                .containsExactly("{\"a\":\"" + hash + "\",\"b\":1}");
        assertThat(outputs(bytes("{\"a\":\"ä\"}"), "json-hash: [\"/a\"]")).containsExactly("{\"a\":\"" + hash + "\"}");
        digest.update(SALT);
        String ofNumber = HexFormat.of().formatHex(digest.digest("{\"x\": 1}".getBytes(StandardCharsets.UTF_8)));
        assertThat(outputs("{\"a\":{\"x\": 1},\"a\":2}", "json-hash: [\"/a\",\"/a/x\"]")
                        .get(0))
                .startsWith("{\"a\":\"" + ofNumber + "\",\"a\":\"");
    }

    @Test
    void shouldNotTakeTextsOfAnotherSalt() {
        StepTransform transform = StepTransform.of(List.of("json-hash: [\"/a\"]"), TransformError.DROP, SALT);
        assertThat(transform.frozen().toString()).doesNotContain("\"salt\"}");
        assertThatThrownBy(() -> StepTransform.ofFrozen(transform.frozen(), "other".getBytes(StandardCharsets.UTF_8)))
                .isInstanceOf(StepException.class)
                .hasMessageContaining("DECANT_HASH_SALT");
        assertThatThrownBy(() -> StepTransform.ofFrozen(transform.frozen(), null))
                .isInstanceOf(StepException.class);
        assertThat(StepTransform.ofFrozen(transform.frozen(), SALT)).isEqualTo(transform);
    }

    @Test
    void shouldSayWhyARecordFails() {
        assertThat(reason("a,\"b", "csv-pick: [1]")).isEqualTo(Reason.NOT_CSV);
        assertThat(reason("\"a\"b,c", "csv-pick: [2]")).isEqualTo(Reason.NOT_CSV);
        assertThat(reason("a,b", "csv-pick: [3]")).isEqualTo(Reason.NO_COLUMN);
        assertThat(reason("x", "extract: \"regex:(?P<a>\\\\d)\"")).isEqualTo(Reason.NO_MATCH);
        assertThat(reason("\u00ff", "extract: \"regex:(?P<a>.*)\"")).isEqualTo(Reason.NOT_UTF8);
        assertThat(reason("{\"a\":1,\"b\":2}", "json-rename: {\"a\":\"b\"}")).isEqualTo(Reason.NAME_TAKEN);
        Transformed transformed = run("a {\"a\":1}", "split: \" \"", "trim", "json-pick: {\"a\":\"/a\"}");
        assertThat(transformed.failure().step()).isEqualTo(2);
    }

    @Test
    void shouldDoWithFailedRecordsWhatIsAsked() {
        List<String> steps = List.of("split: \" \"", "csv-pick: [2]");
        assertThat(Transformed.of(StepTransform.of(steps, TransformError.KEEP, null), "a,b c")
                        .outputs())
                .containsExactly("a,b c");
        assertThat(Transformed.of(StepTransform.of(steps, TransformError.DROP, null), "a,b c")
                        .outputs())
                .isEmpty();
        assertThat(Transformed.of(StepTransform.of(steps, TransformError.DLQ, null), "a,b c")
                        .isDead())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "splitt: \" \"",
                "split",
                "split: [\" \"]",
                "split: \"(\"",
                "split: \" \" x",
                "split: \"",
                "trim: \"x\"",
                "keep: \"full\"",
                "keep: \"json:a\"",
                "keep: \"json:/~2\"",
                "json-pick: {}",
                "json-pick: {\"a\":\"a\"}",
                "json-pick: {\"a\":\"/a\",\"a\":\"/b\"}",
                "json-remove: [\"\"]",
                "json-hash: []",
                "json-rename: {\"a\":\"c\",\"b\":\"c\"}",
                "csv-pick: [0]",
                "csv-pick: [99999]",
                "replace: {\"regex\":\"a\"}",
                "replace: {\"regex\":\"a\",\"with\":\"$1\"}",
                "replace: {\"regex\":\"a\",\"with\":\"$\"}",
                "replace: {\"regex\":\"a\",\"with\":\"\\n\"}",
                "extract: \"regex:(a)\"",
                "extract: \"(?P<a>b)\"",
                "",
                "split: \"\\u+041\"",
                "split: \"\\u-001\"",
                "split: \"\\u004\""
            })
    void shouldRefuseWhatIsNoStep(String text) {
        assertThatThrownBy(() -> run("", text)).isInstanceOf(StepException.class);
    }

    @Test
    void shouldRefuseOtherSemantics() {
        assertThatThrownBy(() -> StepTransform.ofFrozen(List.of("semantics: 2, transform-error: dlq"), null))
                .isInstanceOf(StepException.class)
                .hasMessageContaining("semantics: 2");
        assertThatThrownBy(() -> StepTransform.ofFrozen(List.of(), null)).isInstanceOf(StepException.class);
    }

    @Test
    void shouldReferToSlicesOfTheRecord() {
        // What is not built needs no memory: 256 MiB would be too much by far.
        String record = "x".repeat(1 << 20);
        String[] steps = new String[256];
        Arrays.fill(steps, "trim");
        assertThat(outputs(record, steps)).containsExactly(record);
        Arrays.fill(steps, "json-set: {\"a\":\"b\"}");
        assertThat(run("{\"x\":\"" + record + "\"}", steps).failure().reason()).isEqualTo(Reason.TOO_LARGE);
    }

    @Test
    void shouldCountWhatEachStepDoes() {
        StepTransform transform = StepTransform.of(
                List.of("split: \" \"", "drop: \"empty\"", "csv-pick: [1,2]"), TransformError.DROP, null);
        StepCounts counts = new StepCounts(transform.steps());
        try (StepTransformer transformer = (StepTransformer) transform.newTransformer()) {
            for (String record : List.of("a,b  c,d", " ", "e")) {
                byte[] bytes = record.getBytes(StandardCharsets.UTF_8);
                long address = Memory.allocate(bytes.length);
                Memory.copyFromArray(bytes, 0, bytes.length, address);
                transformer.transform(address, bytes.length);
                Memory.free(address, bytes.length);
            }
            transformer.transformTombstone();
            transformer.addCounts(counts);
        }
        assertThat(row(counts, 0)).containsExactly(4L, 5L, 1L, 0L);
        assertThat(row(counts, 1)).containsExactly(5L, 4L, 1L, 0L);
        assertThat(row(counts, 2)).containsExactly(4L, 3L, 0L, 1L);
        assertThat(counts.failed()).isEqualTo(1);
    }

    private static List<Long> row(StepCounts counts, int step) {
        return List.of(counts.in(step), counts.out(step), counts.dropped(step), counts.failed(step));
    }
}
