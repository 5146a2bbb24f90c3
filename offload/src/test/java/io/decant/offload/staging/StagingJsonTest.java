package io.decant.offload.staging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.offload.json.JsonFormatException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the server and the job leave for each other, to the letter: either may be of another build. */
class StagingJsonTest {

    private static final String BATCH = "{\"format\":1,\"batch\":7,\"server\":\"edge \\\"1\\\"\","
            + "\"journal\":\"1a2b3c4d\","
            + "\"windowStart\":1,\"windowEnd\":2,\"key\":\"json:/a\u00e9\",\"missingKey\":\"dlq\","
            + "\"hashSeed\":-9223372036854775808,"
            + "\"files\":[{\"name\":\"blocks-00000\",\"bytes\":1099511627776,\"records\":3,\"blocks\":2,"
            + "\"crc32c\":-1}]}";
    private static final String RESULT = "{\"format\":1,\"batch\":7,\"sizes\":[1,3,2,1],\"keyless\":4,"
            + "\"hottest\":{\"count\":2,\"start\":\"AP9h\",\"length\":300},"
            + "\"runs\":[{\"name\":\"run-0\",\"bytes\":80,\"records\":5}],"
            + "\"keylessRuns\":[{\"name\":\"keyless-0\",\"bytes\":40,\"records\":4}],"
            + "\"sinks\":{\"archive\":\"sinks/archive\"}}";
    private static final String EMPTY_RESULT =
            "{\"format\":1,\"batch\":8,\"sizes\":[],\"keyless\":0,\"runs\":[],\"keylessRuns\":[],\"sinks\":{}}";

    @Test
    void shouldDescribeABatch() throws IOException {
        StagedBatch batch = new StagedBatch(
                7,
                "edge \"1\"",
                "1a2b3c4d",
                1,
                2,
                "json:/a\u00e9",
                "dlq",
                Long.MIN_VALUE,
                Map.of(),
                List.of(new StagedFile("blocks-00000", 1L << 40, 3, 2, -1)));
        assertThat(batch.toJson()).isEqualTo(BATCH);
        assertThat(StagedBatch.fromJson(BATCH)).isEqualTo(batch);
    }

    @Test
    void shouldDescribeTransformsSoThatAnEarlierOneRefuses() throws IOException {
        String transformed = BATCH.replace("\"format\":1", "\"format\":2")
                .replace("\"files\"", "\"transforms\":{\"a\":[\"trim\"],\"b\":[]},\"files\"");
        StagedBatch batch = StagedBatch.fromJson(transformed);
        assertThat(batch.transforms()).containsOnly(Map.entry("a", List.of("trim")), Map.entry("b", List.of()));
        assertThat(batch.toJson()).isEqualTo(transformed);
        String result = RESULT.replace(
                "\"sinks\"",
                "\"read\":20,\"failedRuns\":[{\"name\":\"failed-0\",\"bytes\":9,\"records\":2}],\"sinks\"");
        assertThat(JobResult.fromJson(result).read()).isEqualTo(20);
        assertThat(JobResult.fromJson(result).failed()).isEqualTo(2);
        assertThat(JobResult.fromJson(result).toJson()).isEqualTo(result);
    }

    @Test
    void shouldDescribeAResult() throws IOException {
        byte[] start = "\0\u00ffa".getBytes(StandardCharsets.ISO_8859_1);
        JobResult result = new JobResult(
                7,
                Multiplicities.fromList(List.of(1L, 3L, 2L, 1L)),
                4,
                Optional.of(new JobResult.HotRecord(2, start, 300)),
                List.of(new RunFile("run-0", 80, 5)),
                List.of(new RunFile("keyless-0", 40, 4)),
                Map.of("archive", "sinks/archive"));
        assertThat(result.toJson()).isEqualTo(RESULT);
        assertThat(JobResult.fromJson(RESULT)).usingRecursiveComparison().isEqualTo(result);
    }

    @Test
    void shouldDescribeAResultWithoutBuckets() throws IOException {
        JobResult result = JobResult.fromJson(EMPTY_RESULT);
        assertThat(result.hottest()).isEmpty();
        assertThat(result.toJson()).isEqualTo(EMPTY_RESULT);
    }

    @Test
    void shouldPassOverWhatANewerOneSaysBesides() throws IOException {
        assertThat(StagedBatch.fromJson(BATCH.replace("\"batch\":7", "\"batch\":7,\"mood\":[1,{}]"))
                        .toJson())
                .isEqualTo(BATCH);
        assertThat(JobResult.fromJson(RESULT.replace("\"batch\":7", "\"batch\":7,\"mood\":{\"a\":null}"))
                        .toJson())
                .isEqualTo(RESULT);
    }

    @Test
    void shouldRefuseAnotherFormatBeforeAllElse() {
        assertThatThrownBy(() -> StagedBatch.fromJson("{\"format\":3}"))
                .isInstanceOf(StagingFormatException.class)
                .hasMessage("batch.json has format 3, this version reads 1 to 2");
        assertThatThrownBy(() -> JobResult.fromJson("{\"format\":3,\"batch\":\"seven\"}"))
                .isInstanceOf(StagingFormatException.class)
                .hasMessage("result.json has format 3, this version reads 1");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"format\":1,       |",
                "\"batch\":7         | \"batch\":\"7\"",
                "\"batch\":7         | \"batch\":7.5",
                "\"batch\":7         | \"batch\":null",
                "\"keyless\":4       | \"keyless\":\"4\"",
                "\"keyless\":4,      |",
                "[1,3,2,1]           | [1,null,2,1]",
                "[1,3,2,1]           | [1,\"3\",2,1]",
                "\"length\":300      | \"length\":4294967296",
                "\"run-0\"           | 5",
                "\"sinks/archive\"   | 5",
                "\"sinks/archive\"   | null",
            })
    void shouldSayThatAMemberIsNotAsItMustBe(String part, String replacement) {
        String broken = RESULT.replace(part, replacement == null ? "" : replacement);
        assertThat(broken).isNotEqualTo(RESULT);
        assertThatThrownBy(() -> JobResult.fromJson(broken)).isInstanceOf(JsonFormatException.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {"` `", "{", "[]", "null", "{} {}", "{\"format\":1,\"batch\":7}"})
    void shouldRefuseWhatIsNoDescription(String text) {
        assertThatThrownBy(() -> StagedBatch.fromJson(text)).isInstanceOf(JsonFormatException.class);
        assertThatThrownBy(() -> JobResult.fromJson(text)).isInstanceOf(JsonFormatException.class);
    }
}
