package io.decant.ingest.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.transform.StepTransform;
import io.decant.bucketer.transform.TransformError;
import io.decant.config.TransformStep;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the settings accept as a step is one for those who apply it, under the same text. */
class TransformStepsAgreeTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "split: \" \"",
                "split: \"\\\\s+\"",
                "json-each: \"\"",
                "json-each: /a/0/~0~1",
                "keep: empty",
                "drop: tombstone",
                "keep: regex:^(a|b)\\d{2,3}$",
                "drop: json:/a=b=c",
                "drop: json:/a",
                "json-pick: {\"a b\": /a, \"ü\\\"\\n\": \"\"}",
                "json-set: {a: \"x\\ty\\\\\"}",
                "json-hash: [/a, /b/0]",
                "replace: {regex: \"(?P<x>a)(b)?\", with: \"$1$${x}$2$0$$\"}",
                "json-rename: {a: b, b: a}",
                "json-remove: [/a]",
                "extract: regex:(?P<a>.*)",
                "csv-pick: [16384, 1, 1]",
                "trim",
                "lower"
            })
    void shouldAgreeOnSteps(String yaml) {
        String canonical = TransformStep.parse(yaml, "test", Map.of(TransformStep.SALT_VARIABLE, "pepper"))
                .canonical();
        StepTransform transform =
                StepTransform.of(List.of(canonical), TransformError.DLQ, "pepper".getBytes(StandardCharsets.UTF_8));
        if (!canonical.startsWith("json-hash")) {
            assertThat(transform.texts()).containsExactly(canonical);
        }
        assertThat(TransformStep.SALT_VARIABLE).isEqualTo(StepTransform.SALT_VARIABLE);
    }
}
