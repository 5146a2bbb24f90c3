package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.transform.TransformError;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SourceTransformsTest {

    private static final Map<String, String> SALT = Map.of("DECANT_HASH_SALT", "pepper");

    private static Settings load(String steps, Map<String, String> environment) {
        String yaml = """
                name: edge-1
                data-dir: data
                sources:
                  lines:
                    type: tcp
                    address: 127.0.0.1:9999
                    transforms:
                %s
                    transform-error: keep
                sinks: {api: {type: http, url: "http://localhost:8000/"}}
                """.formatted(steps.indent(6).stripTrailing());
        return SettingsLoader.parse(yaml, "decant.yaml", Path.of("/etc"), List.of(), environment);
    }

    @Test
    void shouldReadEachKindOfStep() {
        Settings settings = load("""
                - split: " "
                - json-each: /items
                - keep: regex:^a
                - drop: empty
                - json-pick: {id: /user/id, name: "/name"}
                - json-set: {version: 2}
                - json-hash: [/email]
                - replace: {regex: "(a)", with: "$1-$${x}$$"}
                - json-rename: {old: new}
                - json-remove: [/email, /a/0]
                - extract: regex:(?P<level>[A-Z]+)
                - csv-pick: [3, 1]
                - trim
                - lower
                """.replace("(a)", "(?P<x>a)"), SALT);
        SourceTransforms transforms = settings.transforms().get("lines");
        assertThat(transforms.transformError()).isEqualTo(TransformError.KEEP);
        assertThat(transforms.transforms())
                .extracting(TransformStep::canonical)
                .containsExactly(
                        "split: \" \"",
                        "json-each: \"/items\"",
                        "keep: \"regex:^a\"",
                        "drop: \"empty\"",
                        "json-pick: {\"id\":\"/user/id\",\"name\":\"/name\"}",
                        "json-set: {\"version\":\"2\"}",
                        "json-hash: [\"/email\"]",
                        "replace: {\"regex\":\"(?P<x>a)\",\"with\":\"$1-${x}$$\"}",
                        "json-rename: {\"old\":\"new\"}",
                        "json-remove: [\"/email\",\"/a/0\"]",
                        "extract: \"regex:(?P<level>[A-Z]+)\"",
                        "csv-pick: [3,1]",
                        "trim",
                        "lower");
        Settings again =
                SettingsLoader.parse(SettingsPrinter.print(settings), "printed", Path.of("/etc"), List.of(), SALT);
        assertThat(again.transforms()).isEqualTo(settings.transforms());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "- splitt: x                 | 8 | did you mean 'split'?",
                "- upper                     | 7 | the steps are split",
                "- frobnicate: x             | 8 | the steps are split, json-each, keep, drop, json-pick",
                "- split: (                  | 8 | does not compile",
                "- split                     | 7 | write split:",
                "- {split: x, trim: y}       | 8 | write each step as an item of its own",
                "- keep: full                | 8 | write empty, tombstone, regex:EXPR, json:/pointer or json:/pointer=TEXT",
                "- keep: json:a              | 8 | does not begin with /",
                "- json-pick: /a             | 8 | write json-pick: {id: /user/id}",
                "- json-hash: [/a]           | 8 | set the environment variable DECANT_HASH_SALT",
                "- json-rename: {a: c, b: c} | 8 | gives two members the same name",
                "- csv-pick: [0]             | 8 | not a number from 1 to 16384",
                "- trim: x                   | 8 | write trim",
                "- extract: regex:(a)        | 8 | has no named group",
                "- replace: {regex: a}       | 8 | needs regex and with",
                "- {replace: {regex: a, with: $1}} | 8 | refers to a group that the expression does not have"
            })
    void shouldSayWhereAStepIsWrongAndWhatThereIs(String step, int line, String text) {
        assertThatThrownBy(() -> load(step, Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("decant.yaml:" + line + ":")
                .hasMessageContaining("sources.lines.transforms")
                .hasMessageContaining(text);
    }

    @Test
    void shouldTakeTransformsOfEachTypeOfSource() {
        Settings settings = SettingsLoader.parse("""
                name: edge-1
                data-dir: data
                sources:
                  clicks: {type: kafka, bootstrap-servers: "localhost:9092", topics: [clicks], transforms: [trim]}
                  lines: {type: tcp, address: "127.0.0.1:0"}
                sinks: {api: {type: http, url: "http://localhost:8000/"}}
                """, "decant.yaml", Path.of("/etc"), List.of(), Map.of());
        assertThat(settings.transforms()).containsOnlyKeys("clicks");
        assertThat(settings.transforms().get("clicks").transformError()).isEqualTo(TransformError.DLQ);
    }

    @Test
    void shouldReadOneStepByItself() {
        assertThat(TransformStep.parse("split: \" \"", "--transform", Map.of()).canonical())
                .isEqualTo("split: \" \"");
        assertThat(TransformStep.parse("trim", "--transform", Map.of()).canonical())
                .isEqualTo("trim");
        assertThatThrownBy(() -> TransformStep.parse("nope: 1", "--transform", Map.of()))
                .isInstanceOf(SettingsException.class)
                .hasMessageContaining("--transform");
    }
}
