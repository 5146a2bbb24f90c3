package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SparkSinkSettingsTest {

    private static final String SINK = """
              words:
                type: spark
                class: com.example.Words
                uri: file:///srv/words
            """;
    private static final String OFFLOAD = "offload: {master: \"local[2]\"}\n";

    @TempDir
    Path temp;

    @Test
    void shouldNeedAClassAndAPlace() {
        Settings settings = Yaml.load(Yaml.LEAST + SINK + OFFLOAD);

        assertThat(settings.sinks().get("words"))
                .isEqualTo(new SparkSinkSettings(
                        "com.example.Words",
                        List.of(),
                        URI.create("file:///srv/words"),
                        Map.of(),
                        Duration.ofHours(1)));
        assertThat(settings.usesSpark()).isTrue();
        assertThat(settings.offload().isOn()).isFalse();
        assertThat(Yaml.load(SettingsPrinter.print(settings))).isEqualTo(settings);
    }

    @Test
    void shouldTakeAllThatAJobIsGiven() throws IOException {
        Path jar = Files.writeString(temp.resolve("my job.jar"), "no jar yet");
        Settings settings = Yaml.load(Yaml.LEAST + SINK + """
                    jars: ["%s"]
                    settings: {separator: ",", api-token: very}
                    timeout: 10m
                """.formatted(jar) + OFFLOAD);

        SparkSinkSettings sink = (SparkSinkSettings) settings.sinks().get("words");
        assertThat(sink.jars()).containsExactly(jar);
        assertThat(sink.settings().get("separator").value()).isEqualTo(",");
        assertThat(sink.settings().get("api-token")).hasToString(Secret.HIDDEN);
        assertThat(sink.timeout()).isEqualTo(Duration.ofMinutes(10));
        assertThat(Yaml.load(Yaml.LEAST + SINK + "    jars: []\n" + OFFLOAD)
                        .sinks()
                        .get("words"))
                .isEqualTo(Yaml.load(Yaml.LEAST + SINK + OFFLOAD).sinks().get("words"));
    }

    @Test
    void shouldSayThatOffloadIsMissing() {
        assertThat(Yaml.problems(Yaml.LEAST + SINK))
                .containsExactly("decant.yaml:10: sinks.words.type: 'spark' needs the section offload, which says where"
                        + " Spark runs; add e.g. offload: {master: \"local[2]\"}");
    }

    /** Line 13 of the file is the setting. */
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", quoteCharacter = '#', textBlock = """
            jars: [/nowhere/words.jar] => jars: '/nowhere/words.jar' is no file that can be read; build the jar, or correct its path
            timeout: 0s => timeout: '0s' is too small; the least is 1s
            settings: {"a b": x} => settings.a b: is no name of a setting; write 1 to 256 characters without blanks
            """)
    void shouldSayWhatIsWrong(String setting, String expected) {
        assertThat(Yaml.problems(Yaml.LEAST + SINK + "    " + setting + "\n" + OFFLOAD))
                .containsExactly("decant.yaml:13: sinks.words." + expected);
    }

    @Test
    void shouldRefuseMoreThanTheJournalRecords() {
        String large = "x".repeat(SparkSinkSettings.RECORDED_BYTES_MAX);
        assertThat(Yaml.problems(Yaml.LEAST + SINK + "    settings: {text: " + large + "}\n" + OFFLOAD))
                .singleElement()
                .asString()
                .startsWith("decant.yaml:13: sinks.words.settings: '1 settings' and the names of the jars take 33")
                .endsWith("; put them into a file, and name that file in the settings");
    }

    @Test
    void shouldRefuseAPlaceWithoutANamenode() {
        assertThat(Yaml.problems(Yaml.LEAST + SINK.replace("file:///srv/words", "hdfs:///words") + OFFLOAD))
                .containsExactly("decant.yaml:12: sinks.words.uri: 'hdfs:///words' names no namenode; write"
                        + " hdfs://host:port/..., or set offload.hadoop-conf, which may name one");
    }

    @Test
    void shouldCheckWhereSparkRunsThoughNothingIsOffloaded() {
        assertThat(Yaml.problems(Yaml.LEAST + SINK + "offload: {master: yarn}\n"))
                .anyMatch(problem -> problem.contains("needs offload.hadoop-conf"));
    }
}
