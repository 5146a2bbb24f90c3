package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever a variable holds and wherever it is put: no message shows it. A secret may come to stand in any setting by
 * mistake.
 */
class VariablesNeverShowTest {

    private static final String MARK = "hunter2hunter2";

    /** A source and a sink of each type; the sinks have room for any kind of setting. */
    private static final String EVERYTHING = """
            sources:
              tcp: {type: tcp, address: 127.0.0.1:9999}
              kafka: {type: kafka, bootstrap-servers: "localhost:9092", topics: [a]}
            sinks:
              http: {type: http, url: https://localhost:8000/buckets}
              hdfs: {type: hdfs, uri: hdfs://namenode:8020/decant}
            offload: {above: 1GiB, master: yarn}
            """;

    /** What each kind of value looks like, right and wrong in every way that there is a rule for. */
    private static final List<String> FORMS = List.of(
            MARK,
            "-----BEGIN PRIVATE KEY-----\n" + MARK + "\n-----END PRIVATE KEY-----\n",
            MARK.repeat(500),
            "/" + MARK.repeat(30) + "/" + MARK,
            MARK + "\u0000",
            MARK + " é",
            "http://user:" + MARK + "@host/",
            "http://host/" + MARK + "#" + MARK,
            "https://" + MARK + ":99999/",
            "http:/" + MARK,
            "ftp://" + MARK + "/",
            "%" + MARK,
            "{" + MARK + "}",
            MARK + ":99999",
            MARK + ":9999",
            "[" + MARK + "]:1",
            MARK + ":" + MARK,
            "s3://" + MARK + "/a",
            MARK + "://a/b",
            "hdfs://" + MARK + "/a?b",
            "hdfs:" + MARK,
            "file://" + MARK + "/a",
            "file:///" + MARK,
            "whsec_" + MARK,
            "regex:(" + MARK,
            "regex:" + MARK,
            "regex:\\p{" + MARK + "}(a)",
            "regex:(?<" + MARK + ">a)(?<" + MARK + ">b)",
            "regex:(a)\\k<" + MARK + ">",
            "json:" + MARK,
            "json:/~" + MARK,
            "csv:" + MARK,
            "local[" + MARK + "]",
            "");

    @ParameterizedTest
    @MethodSource("keys")
    void shouldShowNothingOfAVariable(String key) {
        for (String form : FORMS) {
            for (String value :
                    List.of("\"${V}\"", "\"x${V}\"", "[\"${V}\"]", "[\"${V}\", \"${V}\"]", "{a: \"${V}\"}")) {
                assertThat(Yaml.problems(EVERYTHING, Map.of("V", form), key + "=" + value))
                        .as("%s=%s with %s", key, value, form)
                        .noneMatch(line -> line.contains(MARK));
            }
        }
    }

    static Stream<String> keys() {
        List<String> keys = new ArrayList<>();
        add(keys, "", General.SECTION.settings());
        Settings.SOURCES
                .types()
                .forEach(type ->
                        add(keys, "sources." + type.name() + ".", type.section().settings()));
        Settings.SINKS
                .types()
                .forEach(type ->
                        add(keys, "sinks." + type.name() + ".", type.section().settings()));
        add(keys, "journal.", JournalSettings.SECTION.settings());
        add(keys, "batch.", BatchSettings.SECTION.settings());
        add(keys, "bucket.", BucketSettings.SECTION.settings());
        add(keys, "offload.", OffloadSettings.SECTION.settings());
        add(keys, "dlq.", DeadLetterSettings.SECTION.settings());
        add(keys, "admin.", AdminSettings.SECTION.settings());
        keys.addAll(List.of(
                "sources.tcp.type",
                "sinks.http.type",
                "sinks.http.headers.Authorization",
                "sources.kafka.properties.sasl.jaas.config",
                "sources.kafka.properties.client.id",
                "offload.properties.spark.a"));
        return keys.stream();
    }

    private static void add(List<String> keys, String path, List<? extends Setting<?, ?>> settings) {
        for (Setting<?, ?> setting : settings) {
            keys.add(path + setting.key());
            if (setting.type() instanceof SectionType<?> section) {
                add(keys, path + setting.key() + ".", section.section().settings());
            }
        }
    }

    /** Values that are right, and fit no other. */
    @ParameterizedTest
    @CsvSource({
        "journal.segment-size, 12345678B, sources.tcp.max-record=64MiB",
        "journal.max-backlog, 23456789B, ",
        "journal.unfinished, 12345B, ",
        "sources.tcp.max-record, 98765432B, ",
        "dlq.max-size, 1234567B, ",
        "sources.tcp.address, 'hunter2.example:1', admin.address=hunter2.example:1",
        "admin.address, 'hunter2.example:1', sources.tcp.address=hunter2.example:1",
        "sinks.hdfs.hadoop-conf, hunter2, ",
        "sinks.hdfs.uri, hdfs:/hunter2, ",
        "offload.hadoop-conf, hunter2, ",
        "offload.staging, hunter2, offload.hadoop-conf=/",
        "sinks.http.tls.certificate, hunter2, ",
        "sinks.http.tls.key, hunter2, ",
        "sinks.http.tls.ca-file, hunter2, "
    })
    void shouldShowTheVariableOfAValueThatDoesNotFit(String key, String value, String other) {
        List<String> sets = new ArrayList<>(List.of(key + "=${V}"));
        if (other != null) {
            sets.add(other);
        }
        List<String> problems = Yaml.problems(EVERYTHING, Map.of("V", value), sets.toArray(String[]::new));
        String shown = value.replaceFirst("B$", "").replaceFirst("^hdfs:/", "");
        assertThat(problems).isNotEmpty().noneMatch(line -> withoutSet(line).contains(shown));
        assertThat(problems).anyMatch(line -> line.contains("${V}"));
    }

    /** The other setting of a pair shows what the file itself says. */
    private static String withoutSet(String line) {
        return line.replaceFirst("^--set admin.address=\\.\\.\\.: admin.address: 'hunter2.example:1'", "")
                .replaceFirst("^--set sources.tcp.address=\\.\\.\\.: sources.tcp.address: 'hunter2.example:1'", "");
    }

    @Test
    void shouldShowNoKeyThatStandsWhereTheNameOfItsFileBelongs() {
        String key = "-----BEGIN PRIVATE KEY-----\n" + MARK.repeat(100) + "\n-----END PRIVATE KEY-----\n";
        assertThat(Yaml.problems(EVERYTHING, Map.of("PEM", key), "sinks.http.tls.ca-file=/${PEM}"))
                .anyMatch(line -> line.contains("'/${PEM}' cannot be read: File name too long; name a PEM file"))
                .noneMatch(line -> line.contains(MARK) || line.contains("BEGIN"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sinks.http.signing-secret=${SECRET}",
                "sinks.http.auth.bearer=${SECRET}",
                "sinks.http.auth.basic=user:${SECRET}",
                "sinks.http.headers.Authorization=Bearer ${SECRET}",
                "sinks.http.headers.X-Key=${SECRET}",
                "sources.kafka.properties.ssl.key.password=${SECRET}"
            })
    void shouldNameTheVariableOfASecretThatIsEmpty(String set) {
        String yaml = EVERYTHING.replace("yarn}", "'local[*]'}");
        assertThat(Yaml.problems(yaml, Map.of("SECRET", ""), set))
                .singleElement()
                .asString()
                .contains(
                        set.substring(0, set.indexOf('=')),
                        "refers to the environment variable SECRET, which is empty; set it, or write ${SECRET:-} if it"
                                + " may be empty");
        assertThat(Yaml.problems(yaml, Map.of("SECRET", ""), set.replace("SECRET}", "SECRET:-}")))
                .isEmpty();
    }

    @Test
    void shouldLetOtherValuesBeEmpty() {
        String yaml = EVERYTHING.replace("yarn}", "'local[*]'}");
        assertThat(Yaml.load(yaml, Map.of("TYPE", ""), "sinks.http.content-type=${TYPE}")
                        .dataDir())
                .isEqualTo(Path.of("/etc/decant/data"));
    }
}
