package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConsoleSinkSettingsTest {

    private static final String SINK = """
              screen:
                type: console
            """;

    @Test
    void shouldPrintATableOfTenRecordsABucketByDefault() {
        Settings settings = Yaml.load(Yaml.LEAST + SINK);

        assertThat(settings.sinks().get("screen")).isEqualTo(new ConsoleSinkSettings(ConsoleFormat.TABLE, 10));
        assertThat(Yaml.load(SettingsPrinter.print(settings))).isEqualTo(settings);
    }

    /** Line 11 of the file is the setting. */
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            format: json => format: 'json' is not one of the choices; write lines or envelope or counts or table
            limit: -1 => limit: '-1' is not a whole number; write digits only, 0 to 1000000
            limit: 1000001 => limit: '1000001' is too large; the most is 1000000
            """)
    void shouldSayWhatIsWrong(String setting, String expected) {
        assertThat(Yaml.problems(Yaml.LEAST + SINK + "    " + setting + "\n"))
                .containsExactly("decant.yaml:11: sinks.screen." + expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{type: console", "{type: hdfs, uri: file:///srv/x", "{type: http, url: http://h/x"})
    void shouldRefuseToCountWhereARecordHasSeveralKeys(String sink) {
        String settings = Yaml.LEAST + "  screen: " + sink + ", format: counts}\n";
        assertThat(Yaml.problems(settings)).isEmpty();
        for (String keys : List.of("{id: json:/id, mail: json:/mail}", "{mail: {any-of: [json:/mail, json:/old]}}")) {
            assertThat(Yaml.problems(settings + "bucket: {keys: " + keys + "}\n"))
                    .singleElement()
                    .asString()
                    .startsWith("decant.yaml:9: sinks.screen.format: 'counts' counts the records of a key, and with"
                            + " these bucket.keys a record can have several; set bucket.key in place of bucket.keys, or"
                            + " another format");
        }
    }

    /** A single key with a name is that key. */
    @ParameterizedTest
    @ValueSource(strings = {"json:/id", "[json:/tenant, json:/id]", "kafka-key"})
    void shouldCountWhereThereIsOneKeyWithAName(String key) {
        String settings = Yaml.LEAST + "  screen: {type: console, format: counts}\n";
        Settings named = Yaml.load(settings + "bucket: {keys: {id: " + key + "}, fold: case}\n");

        assertThat(named.bucket().frozenKey())
                .isEqualTo(Yaml.load(settings + "bucket: {key: " + key + ", fold: case}\n")
                        .bucket()
                        .frozenKey());
        assertThat(Yaml.load(SettingsPrinter.print(named))).isEqualTo(named);
    }
}
