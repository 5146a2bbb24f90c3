package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which settings may lead into the data directory. */
class DataDirPlacesTest {

    @TempDir
    Path temp;

    private static Iterable<String> names() {
        return DataDirPlaces.NAMES;
    }

    private Settings load(String uri, String... sets) {
        String yaml =
                Yaml.LEAST + "  archive: {type: hdfs, uri: \"" + uri + "\"}\ndata-dir: " + temp.resolve("data") + "\n";
        return Yaml.load(yaml, sets);
    }

    @ParameterizedTest
    @MethodSource("names")
    void shouldRefuseASinkInAPlaceOfDecants(String name) {
        assertThatThrownBy(() -> load("file://" + temp.resolve("data").resolve(name)))
                .hasMessageContaining("sinks.archive.uri")
                .hasMessageContaining("lies in '" + name + "' of data-dir, which is Decant's own")
                .hasMessageContaining("set it to a directory outside data-dir, and move what was delivered there");
        assertThatThrownBy(() -> load("file://" + temp + "/data/x/../" + name + "/below/"))
                .hasMessageContaining("lies in '" + name + "' of data-dir");
    }

    @Test
    void shouldFollowLinks() throws IOException {
        Files.createSymbolicLink(temp.resolve("data"), Files.createDirectory(temp.resolve("real")));
        assertThatThrownBy(() -> load("file://" + temp.resolve("real/dlq")))
                .hasMessageContaining("lies in 'dlq' of data-dir");
    }

    /** 0.1.0 took them. */
    @ParameterizedTest
    @ValueSource(strings = {"data", "data/archive", "data/spark", "data/archive/journal", "journal", "", "%00"})
    void shouldTakeASinkElsewhere(String place) {
        assertThat(load("file://" + temp + "/" + place).sinks()).containsKey("archive");
    }

    @ParameterizedTest
    @ValueSource(strings = {"journal", "dlq/x", "spark-scratch", "repaired"})
    void shouldRefuseStagingInAnotherPlaceOfDecants(String place) {
        String staging = "offload.staging=" + temp.resolve("data").resolve(place);
        String name = place.replace("/x", "");
        assertThatThrownBy(() -> load("file:///srv/a", "offload.above=1MiB", staging))
                .hasMessageContaining("offload.staging")
                .hasMessageContaining("lies in '" + name + "' of data-dir, which is Decant's own");
        assertThat(load("file:///srv/a", staging).offload().isOn()).isFalse();
        for (String right : new String[] {"staging", "staging/a", "parts", ""}) {
            assertThat(load("file:///srv/a", "offload.above=1MiB", "offload.staging=" + temp.resolve("data/" + right))
                            .offload()
                            .isOn())
                    .isTrue();
        }
    }
}
