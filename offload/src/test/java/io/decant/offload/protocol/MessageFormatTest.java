package io.decant.offload.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.offload.json.JsonFormatException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageFormatTest {

    private static final DriverRequest RUN = new DriverRequest.Run(
            "edge-1-1a2b3c4d-words-7",
            "words",
            "a.B",
            List.of(new JobJar("b.jar", "ab", "/jars/ab")),
            Map.of("k", "v"),
            "file:/s",
            "hdfs://nn/out",
            "_staging/x",
            5_000_000_000L,
            3);

    private static final SparkReport REPORT =
            new SparkReport("3 tasks: 2 at a time", List.of("stage 1  3 tasks", "read locally: 3 of 3"));
    private static final String REPORT_TEXT =
            "{\"predicted\":\"3 tasks: 2 at a time\",\"stages\":[\"stage 1  3 tasks\",\"read locally: 3 of 3\"]}";

    static List<DriverRequest> requests() {
        return List.of(
                RUN,
                new DriverRequest.Cancel("7", "late"),
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

    static List<Arguments> writtenRequests() {
        return List.of(
                Arguments.of(
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
                                Map.of("spark.a", "line\nbreak"))),
                        "{\"type\":\"start\",\"master\":\"yarn\",\"application\":\"decant \u00e9\",\"tag\":\"tag\","
                                + "\"hadoopConf\":\"/etc/hadoop\",\"queue\":\"root.q\","
                                + "\"executorMemory\":1099511627776,"
                                + "\"executorCores\":3,\"executorInstances\":4,\"archive\":\"hdfs://a/b.zip\","
                                + "\"host\":\"h\",\"conf\":{\"spark.a\":\"line\\nbreak\"}}"),
                Arguments.of(
                        new DriverRequest.Job(
                                "7-1", "hdfs://nn/s", List.of(new SinkOutput("archive", "lines", "zstd", 64)), true),
                        "{\"type\":\"job\",\"id\":\"7-1\",\"staged\":\"hdfs://nn/s\",\"sinks\":[{\"sink\":\"archive\","
                                + "\"format\":\"lines\",\"compression\":\"zstd\",\"maxBucketDirs\":64}],"
                                + "\"runs\":true}"),
                Arguments.of(
                        RUN,
                        "{\"type\":\"run\",\"id\":\"edge-1-1a2b3c4d-words-7\",\"sink\":\"words\",\"class\":\"a.B\","
                                + "\"jars\":[{\"name\":\"b.jar\",\"sha256\":\"ab\",\"path\":\"/jars/ab\"}],"
                                + "\"settings\":{\"k\":\"v\"},\"staged\":\"file:/s\",\"root\":\"hdfs://nn/out\","
                                + "\"attempts\":\"_staging/x\",\"records\":5000000000,\"keyless\":3}"),
                Arguments.of(
                        new DriverRequest.Cancel("7", "late"), "{\"type\":\"cancel\",\"id\":\"7\",\"why\":\"late\"}"),
                Arguments.of(new DriverRequest.Ping("9"), "{\"type\":\"ping\",\"id\":\"9\"}"),
                Arguments.of(new DriverRequest.Stop(), "{\"type\":\"stop\"}"));
    }

    static List<Arguments> writtenAnswers() {
        return List.of(
                Arguments.of(
                        new DriverAnswer.Ready("application_1_0001"),
                        "{\"type\":\"ready\",\"application\":\"application_1_0001\"}"),
                Arguments.of(new DriverAnswer.Pong("9"), "{\"type\":\"pong\",\"id\":\"9\"}"),
                Arguments.of(
                        new DriverAnswer.Progress("7-1", 2, 4, 12, 3, 5_000_000_000L),
                        "{\"type\":\"progress\",\"job\":\"7-1\",\"stage\":2,\"stages\":4,\"tasks\":12,\"done\":3,"
                                + "\"records\":5000000000}"),
                Arguments.of(
                        new DriverAnswer.Waiting("", "queue q is full"),
                        "{\"type\":\"waiting\",\"job\":\"\",\"why\":\"queue q is full\"}"),
                Arguments.of(
                        new DriverAnswer.Done("7-1", "hdfs://nn/s/out", 2_500_000, 5_000_000, 3, 1234, REPORT),
                        "{\"type\":\"done\",\"job\":\"7-1\",\"out\":\"hdfs://nn/s/out\",\"buckets\":2500000,"
                                + "\"records\":5000000,\"keyless\":3,\"millis\":1234,\"report\":" + REPORT_TEXT + "}"),
                Arguments.of(new DriverAnswer.Began("7", ""), "{\"type\":\"began\",\"job\":\"7\"}"),
                Arguments.of(
                        new DriverAnswer.Began("7", "3 tasks"),
                        "{\"type\":\"began\",\"job\":\"7\",\"predicted\":\"3 tasks\"}"),
                Arguments.of(
                        new DriverAnswer.Ran("7", "hdfs://nn/out/b", false, 12, REPORT),
                        "{\"type\":\"ran\",\"job\":\"7\",\"out\":\"hdfs://nn/out/b\",\"before\":false,\"millis\":12,"
                                + "\"report\":" + REPORT_TEXT + "}"),
                Arguments.of(
                        new DriverAnswer.Failed("7-1", "two\nlines \u2028", true),
                        "{\"type\":\"failed\",\"job\":\"7-1\",\"error\":\"two\\nlines \u2028\",\"permanent\":true}"));
    }

    /** A server and a driver of two versions may meet: an installation is replaced while its server runs. */
    @ParameterizedTest
    @MethodSource("writtenRequests")
    void shouldWriteRequestsToTheLetter(DriverRequest request, String line) {
        assertThat(RequestFormat.line(request)).isEqualTo(line);
    }

    @ParameterizedTest
    @MethodSource("writtenAnswers")
    void shouldWriteAnswersToTheLetter(DriverAnswer answer, String line) {
        assertThat(AnswerFormat.line(answer)).isEqualTo(line);
    }

    @Test
    void shouldTakeAnswersOfADriverThatReportsNothing() throws JsonFormatException {
        assertThat(AnswerFormat.parse(
                        "{\"type\":\"done\",\"job\":\"7\",\"out\":\"o\",\"buckets\":2,\"records\":3,\"keyless\":0,"
                                + "\"millis\":4}"))
                .isEqualTo(new DriverAnswer.Done("7", "o", 2, 3, 0, 4, SparkReport.EMPTY));
        assertThat(AnswerFormat.parse("{\"type\":\"began\",\"job\":\"7\"}")).isEqualTo(new DriverAnswer.Began("7", ""));
    }

    @Test
    void shouldPassOverWhatANewerOneSaysBesides() throws JsonFormatException {
        assertThat(RequestFormat.parse("{\"type\":\"ping\",\"id\":\"9\",\"mood\":{\"good\":[true]}}"))
                .isEqualTo(new DriverRequest.Ping("9"));
        assertThat(AnswerFormat.parse("{\"id\":\"9\",\"more\":1.5,\"type\":\"pong\"}"))
                .isEqualTo(new DriverAnswer.Pong("9"));
    }

    static List<DriverAnswer> answers() {
        return List.of(
                new DriverAnswer.Ready("application_1_0001"),
                new DriverAnswer.Pong("9"),
                new DriverAnswer.Progress("7-1", 2, 4, 12, 3, 5_000_000_000L),
                new DriverAnswer.Waiting("", "queue q is full"),
                new DriverAnswer.Done("7-1", "hdfs://nn/s/out", 2_500_000, 5_000_000, 3, 1234, REPORT),
                new DriverAnswer.Began("7", "3 tasks"),
                new DriverAnswer.Ran("7", "hdfs://nn/out/b", true, 12, SparkReport.EMPTY),
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
                "{\"type\":\"ping\",\"id\":null}",
                "{\"type\":\"failed\",\"job\":\"\",\"error\":\"\",\"permanent\":\"true\"}",
                "{\"type\":\"failed\",\"job\":\"\",\"error\":\"\"}",
                "{\"type\":\"done\",\"job\":\"\",\"out\":\"\",\"buckets\":4294967296,\"records\":1,"
                        + "\"keyless\":0,\"millis\":1}",
                "{\"type\":\"done\",\"job\":\"\",\"out\":\"\",\"buckets\":1.0,\"records\":1,\"keyless\":0,"
                        + "\"millis\":1}",
                "{\"type\":\"done\",\"job\":\"\",\"out\":\"\",\"buckets\":\"1\",\"records\":1,\"keyless\":0,"
                        + "\"millis\":1}",
                "{\"type\":\"done\",\"job\":\"\",\"out\":\"\",\"buckets\":1,\"records\":1,\"keyless\":0}",
                "{\"type\":\"job\",\"id\":\"1\",\"staged\":\"s\",\"sinks\":[null],\"runs\":true}",
                "{\"type\":\"job\",\"id\":\"1\",\"staged\":\"s\",\"sinks\":{},\"runs\":true}",
                "{\"type\":\"start\",\"master\":\"yarn\"}",
                "{\"type\":\"stop\"} {}"
            })
    void shouldRefuseWhatIsNoMessage(String line) {
        assertThatThrownBy(() -> RequestFormat.parse(line)).isInstanceOf(JsonFormatException.class);
        assertThatThrownBy(() -> AnswerFormat.parse(line)).isInstanceOf(JsonFormatException.class);
    }
}
