package io.decant.bucketer.transform;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Memory;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Label;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import org.junit.jupiter.api.Test;

/**
 * Transforms are Kleisli arrows: functions from a record to a list of records or death, which compose by doing the
 * second to all that the first made. Steps may therefore be grouped in any way.
 */
class KleisliLawsTest {

    private static final byte[] SALT = "salt".getBytes(StandardCharsets.UTF_8);
    private static final StepTransform UNIT = transform(List.of());

    private static StepTransform transform(List<String> steps) {
        return StepTransform.of(steps, TransformError.DLQ, SALT);
    }

    @Property(tries = 500)
    @Label("left identity: the unit, then f, is f")
    void shouldHoldLeftIdentity(@ForAll("steps") List<String> steps, @ForAll("records") String record) {
        StepTransform f = transform(steps);
        assertThat(Transformed.of(UNIT, record).then(f).text())
                .isEqualTo(Transformed.of(f, record).text());
    }

    @Property(tries = 500)
    @Label("right identity: f, then the unit, is f")
    void shouldHoldRightIdentity(@ForAll("steps") List<String> steps, @ForAll("records") String record) {
        Transformed once = Transformed.of(transform(steps), record);
        assertThat(once.then(UNIT).text()).isEqualTo(once.text());
    }

    @Property(tries = 1000)
    @Label("associativity: (a, b), then c, is a, then (b, c), and both are (a, b, c)")
    void shouldHoldAssociativity(
            @ForAll("steps") List<String> a,
            @ForAll("steps") List<String> b,
            @ForAll("steps") List<String> c,
            @ForAll("records") String record) {
        Transformed whole = Transformed.of(transform(concat(concat(a, b), c)), record);
        Statistics.collect(whole.isDead() ? "dead" : whole.outputs().isEmpty() ? "none" : "some");
        assertThat(Transformed.of(transform(concat(a, b)), record)
                        .then(transform(c))
                        .text())
                .isEqualTo(whole.text());
        assertThat(Transformed.of(transform(a), record)
                        .then(transform(concat(b, c)))
                        .text())
                .isEqualTo(whole.text());
    }

    @Property(tries = 500)
    @Label("fusing: step by step is the same as all in one pass")
    void shouldFuse(@ForAll("steps") List<String> steps, @ForAll("records") String record) {
        Transformed stepByStep = Transformed.of(UNIT, record);
        for (String step : steps) {
            stepByStep = stepByStep.then(transform(List.of(step)));
        }
        assertThat(stepByStep.text())
                .isEqualTo(Transformed.of(transform(steps), record).text());
    }

    /** A bound on the outputs of each grouping by itself would not be associative. */
    @Test
    void shouldHoldAssociativityAtTheBoundOfOutputs() {
        String record = "a ".repeat(300).strip();
        String wide = record.replace("a", "b,".repeat(300) + "b");
        List<String> a = List.of("split: \" \"");
        List<String> b = List.of("split: \",\"");
        List<String> c = List.of("drop: \"regex:b\"");
        String whole = Transformed.of(transform(concat(concat(a, b), c)), wide).text();
        assertThat(whole).isEqualTo("dead");
        assertThat(Transformed.of(transform(concat(a, b)), wide)
                        .then(transform(c))
                        .text())
                .isEqualTo(whole);
        assertThat(Transformed.of(transform(a), wide)
                        .then(transform(concat(b, c)))
                        .text())
                .isEqualTo(whole);
    }

    @Property(tries = 200)
    void shouldBeTheSameFromItsTexts(@ForAll("steps") List<String> steps, @ForAll("records") String record) {
        StepTransform transform = transform(steps);
        StepTransform read = StepTransform.ofFrozen(transform.frozen(), SALT);
        assertThat(read).isEqualTo(transform);
        assertThat(read.frozen()).isEqualTo(transform.frozen());
        assertThat(Transformed.of(read, record)).isEqualTo(Transformed.of(transform, record));
    }

    @Property(tries = 200)
    void shouldGiveBackItsMemory(@ForAll("steps") List<String> steps, @ForAll("records") String record) {
        long before = Memory.allocatedBytes();
        Transformed.of(transform(steps), record);
        assertThat(Memory.allocatedBytes()).isEqualTo(before);
    }

    private static List<String> concat(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    @Provide
    Arbitrary<List<String>> steps() {
        return Arbitraries.of(
                        "split: \" \"",
                        "split: \",\"",
                        "split: \"\\\\s+\"",
                        "split: \"a*b\"",
                        "split: \"\"",
                        "json-each: \"/items\"",
                        "json-each: \"\"",
                        "keep: \"empty\"",
                        "drop: \"empty\"",
                        "drop: \"tombstone\"",
                        "keep: \"tombstone\"",
                        "keep: \"regex:[a-z]\"",
                        "drop: \"regex:^a|b$\"",
                        "keep: \"json:/id\"",
                        "drop: \"json:/id=7\"",
                        "json-pick: {\"id\":\"/id\",\"first\":\"/items/0\"}",
                        "json-set: {\"id\":\"x\\\"y\",\"new\":\"ü\"}",
                        "json-hash: [\"/id\",\"/items/0\"]",
                        "replace: {\"regex\":\"a(b?)\",\"with\":\"<$1>\"}",
                        "replace: {\"regex\":\"\",\"with\":\" \"}",
                        "json-rename: {\"id\":\"name\",\"items\":\"id\"}",
                        "json-remove: [\"/id\",\"/items/1\"]",
                        "extract: \"regex:(?P<first>\\\\w+) (?P<second>.*)\"",
                        "csv-pick: [2,1]",
                        "csv-pick: [1]",
                        "trim",
                        "lower")
                .list()
                .ofMaxSize(3);
    }

    @Provide
    Arbitrary<String> records() {
        Arbitrary<String> bytes =
                Arbitraries.strings().withCharRange((char) 0, (char) 255).ofMaxLength(20);
        Arbitrary<String> texts =
                Arbitraries.strings().withChars("ab ,\"AB\t\r").ofMaxLength(30);
        Arbitrary<String> utf8 = Arbitraries.strings()
                .withChars("aÄß€ \uD83D\uDE00İ,")
                .ofMaxLength(12)
                .map(text -> new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
        Arbitrary<String> json = Arbitraries.of(
                "{\"id\":7,\"items\":[1,{\"id\":2}, \"a b\",[],null]}",
                "{\"id\":\"7\", \"items\":[{\"items\":[1,2]},{\"items\":[3]}] }",
                " {\"items\":[],\"id\":null,\"id\":\"\\u0037\"} ",
                "[{\"id\":1},{\"id\":1.50},\"a,b\"]",
                "{\"id\":{\"a\":1},\"items\":{\"0\":1,\"1\":2}}",
                "[]",
                "{}",
                "\"a b\"",
                "{\"id\":1");
        Arbitrary<String> wide = Arbitraries.of(
                "a".repeat(200_000),
                "a ".repeat(70_000),
                "b,".repeat(65_536) + "b",
                "b,".repeat(65_535) + "b",
                IntStream.range(0, 2000)
                        .mapToObj(i -> "{\"id\":" + i + "}")
                        .toList()
                        .toString());
        return Arbitraries.frequencyOf(
                Tuple.of(4, bytes),
                Tuple.of(8, texts),
                Tuple.of(4, utf8),
                Tuple.of(10, json),
                Tuple.of(1, wide),
                Tuple.of(1, Arbitraries.just("")),
                Tuple.of(1, Arbitraries.just((String) null)));
    }
}
