package io.decant.ingest.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Settings that cannot work in the memory of the JVM are refused, with the flag and a value for it that would do. */
class MemoryNeedsTest {

    private static final long MIB = 1 << 20;

    private static List<String> problems(long heapMib, long directMib, int threads, String... sets) {
        return MemoryNeeds.problems(settings(sets), heapMib * MIB, directMib * MIB, threads);
    }

    private static Settings settings(String... sets) {
        return SettingsLoader.parse("""
                sources: {logs: {type: tcp, address: "127.0.0.1:0"}}
                journal: {segment-size: 1GiB}
                sinks: {api: {type: http, url: "http://127.0.0.1/"}}
                """, "test.yaml", Path.of("."), new ArrayList<>(List.of(sets)), Map.of());
    }

    @Test
    void shouldAcceptTheDefaultsAtTheDefaultHeapAndAt64Mebibytes() {
        assertThat(problems(256, 256, 64)).isEmpty();
        assertThat(problems(64, 256, 2)).isEmpty();
        assertThat(problems(62, 256, 2)).as("what some collectors show of it").isEmpty();
    }

    @Test
    void shouldAcceptLargeRecordsAndBodiesAtTheDefaultHeap() {
        assertThat(problems(
                        256,
                        256,
                        4,
                        "bucket.key=json:/a",
                        "sources.logs.max-record=16MiB",
                        "sinks.api.max-bytes=32MiB",
                        "sinks.api.concurrency=4"))
                .isEmpty();
        assertThat(problems(256, 256, 2, "sources.logs.max-record=128MiB", "journal.unfinished=128MiB"))
                .isEmpty();
    }

    @Test
    void shouldRefuseWhereTheLongestRecordAloneDoesNotFit() {
        List<String> problems = problems(
                256, 128, 2, "sources.logs.max-record=80MiB", "journal.unfinished=80MiB", "sinks.api.concurrency=1");
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0)).contains("-XX:MaxDirectMemorySize=192m", "longest record", "lower max-record");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sinks.api.max-bytes=256MiB;sinks.api.compression=gzip | -XX:MaxDirectMemorySize=608m  | twice since they are compressed
            journal.unfinished=1GiB                               | -XX:MaxDirectMemorySize=1056m | lower journal.unfinished
            """)
    void shouldRefuseWhatDoesNotFitIntoDirectMemory(String sets, String flag, String named) {
        List<String> problems = problems(256, 256, 2, sets.split(";"));
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0)).contains(flag, named, "JAVA_OPTS", "the JVM has 256 MiB");
        long enough = Long.parseLong(flag.replaceAll("\\D", ""));
        assertThat(problems(256, enough, 2, sets.split(";"))).isEmpty();
    }

    /** 0.1.0 ran with these: bodies are as large as their content, and a request waits for memory. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            sinks.api.concurrency=43                              | -XX:MaxDirectMemorySize=336m  | concurrency times max-bytes of sinks.api
            sinks.api.max-bytes=256MiB                            | -XX:MaxDirectMemorySize=1184m | lower max-bytes or concurrency
            sinks.api.max-bytes=32MiB;sinks.api.compression=gzip  | -XX:MaxDirectMemorySize=416m  | twice since they are compressed
            journal.unfinished=128MiB                             | -XX:MaxDirectMemorySize=304m  | lower journal.unfinished
            """)
    void shouldWarnOfWhatDoesNotFitAtItsBoundsOnly(String sets, String flag, String named) {
        assertThat(problems(256, 256, 2, sets.split(";"))).isEmpty();
        List<String> warnings = MemoryNeeds.warnings(settings(sets.split(";")), 256 * MIB);
        assertThat(warnings).hasSize(1);
        assertThat(warnings.get(0)).contains(flag, named, "JAVA_OPTS", "the JVM has 256 MiB");
        long enough = Long.parseLong(flag.replaceAll("\\D", ""));
        assertThat(MemoryNeeds.warnings(settings(sets.split(";")), enough * MIB))
                .isEmpty();
    }

    @Test
    void shouldNotWarnOfTheDefaults() {
        assertThat(MemoryNeeds.warnings(settings(), 256 * MIB)).isEmpty();
    }

    /**
     * 12 million references at 40 bytes while they are split, 16 afterwards, and 128 MiB that is built, for each sink.
     */
    @Test
    void shouldWarnWhereTheSystemHasNoRoomForWhatTransformsMakeOfBatches() {
        long mib = 1 << 20;
        Settings plain = settings();
        Settings transformed = settings("sources.logs.transforms=[{split: \" \"}]");
        Settings two =
                settings("sources.logs.transforms=[{split: \" \"}]", "sinks.other={type: http, url: 'http://h/'}");

        assertThat(MemoryNeeds.systemWarnings(plain, 512 * mib, 512 * mib)).isEmpty();
        assertThat(MemoryNeeds.systemWarnings(transformed, 512 * mib, 0)).isEmpty();
        assertThat(MemoryNeeds.systemWarnings(transformed, 512 * mib, 1_098 * mib))
                .isEmpty();
        assertThat(MemoryNeeds.systemWarnings(transformed, 512 * mib, 1_097 * mib))
                .singleElement()
                .asString()
                .contains("up to 586 MiB of memory of the system", "which may be 512 MiB", "has 1097 MiB")
                .contains("with at least 1098 MiB");
        assertThat(MemoryNeeds.systemWarnings(two, 512 * mib, 1_098 * mib))
                .singleElement()
                .asString()
                .contains("up to 897 MiB");
        // More records than that may be references, too.
        Settings large = settings("sources.logs.transforms=[{split: \" \"}]", "batch.max-records=100000000");
        assertThat(MemoryNeeds.systemWarnings(large, 512 * mib, 4_096 * mib))
                .singleElement()
                .asString()
                .contains("up to 3943 MiB");
        Settings keys = settings(
                "sources.logs.transforms=[{split: \" \"}]", "bucket.keys={a: csv:1, b: {any-of: [csv:2, csv:3]}}");
        assertThat(MemoryNeeds.systemWarnings(keys, 512 * mib, 1_098 * mib))
                .singleElement()
                .asString()
                .contains("up to 1044 MiB");
    }

    @Test
    void shouldAcceptManyKafkaSources() {
        String[] sources = IntStream.range(0, 8)
                .mapToObj(i ->
                        "sources.k" + i + "={type: kafka, bootstrap-servers: 'localhost:1', group-id: g, topics: [t]}")
                .toArray(String[]::new);
        assertThat(problems(256, 256, 2, sources)).isEmpty();
        assertThat(problems(32, 256, 2, sources)).first().asString().contains("-Xmx128m", "Kafka brokers");
        assertThat(problems(120, 256, 2, sources)).isEmpty();
    }

    @Test
    void shouldRefuseWhatDoesNotFitIntoTheHeap() {
        List<String> problems = problems(
                64, 1024, 8, "bucket.key=json:/a", "sources.logs.max-record=128MiB", "journal.unfinished=128MiB");
        assertThat(problems).hasSize(1);
        assertThat(problems.get(0)).contains("-Xmx224m", "JSON key", "8 threads", "the JVM has 64 MiB", "max-record");
        assertThat(problems(
                        224,
                        1024,
                        8,
                        "bucket.key=json:/a",
                        "sources.logs.max-record=128MiB",
                        "journal.unfinished=128MiB"))
                .isEmpty();
        assertThat(problems(16, 256, 2)).hasSize(1).first().asString().contains("-Xmx32m");
    }
}
