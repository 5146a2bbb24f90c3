package io.decant.offload.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.offload.json.JsonFormatException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageFormatTest {

    static List<DriverRequest> requests() {
        return List.of(
                new DriverRequest.Start(SparkSettings.local("local[*]")),
                new DriverRequest.Start(new SparkSettings(
                        "yarn",
                        "decant \u00e9",
                        "tag",
                        "/etc/hadoop",
                        "root.q",
                        1L << 40,
                        3,
                        4,
                        "hdfs://a/b.zip",
                        "h",
                        Map.of("spark.a", "line\nbreak", "spark.b", "\"quoted\""))),
                new DriverRequest.Job(
                        "7-1", "hdfs://nn/s", List.of(new SinkOutput("archive", "lines", "zstd", 64)), true),
                new DriverRequest.Job("7-2", "file:/s", List.of(), false),
                new DriverRequest.Ping("9"),
                new DriverRequest.Stop());
    }

    static List<DriverAnswer> answers() {
        return List.of(
                new DriverAnswer.Ready("application_1_0001"),
                new DriverAnswer.Pong("9"),
                new DriverAnswer.Progress("7-1", 2, 4, 12, 3, 5_000_000_000L),
                new DriverAnswer.Waiting("", "queue q is full"),
                new DriverAnswer.Done("7-1", "hdfs://nn/s/out", 2_500_000, 5_000_000, 3, 1234),
                new DriverAnswer.Failed("7-1", "two\nlines \u2028", true));
    }

    @ParameterizedTest
    @MethodSource("requests")
    void shouldReadRequestsAsTheyWereWritten(DriverRequest request) throws JsonFormatException {
        String line = RequestFormat.line(request);
        assertThat(line).doesNotContain("\n");
        assertThat(RequestFormat.parse(line)).isEqualTo(request);
    }

    @ParameterizedTest
    @MethodSource("answers")
    void shouldReadAnswersAsTheyWereWritten(DriverAnswer answer) throws JsonFormatException {
        String line = AnswerFormat.line(answer);
        assertThat(line).doesNotContain("\n");
        assertThat(AnswerFormat.parse(line)).isEqualTo(answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}",
                "{\"type\":\"dance\"}",
                "{\"type\":7}",
                "{\"type\":\"ping\"}",
                "{\"type\":\"ping\",\"id\":1}",
                "{\"type\":\"stop\"} {}"
            })
    void shouldRefuseWhatIsNoMessage(String line) {
        assertThatThrownBy(() -> RequestFormat.parse(line)).isInstanceOf(JsonFormatException.class);
        assertThatThrownBy(() -> AnswerFormat.parse(line)).isInstanceOf(JsonFormatException.class);
    }
}
