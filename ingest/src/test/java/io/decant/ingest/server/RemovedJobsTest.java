package io.decant.ingest.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.offload.client.JobJars;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What sinks that run jobs leave when they are removed from the settings. */
class RemovedJobsTest {

    private static final String ID = "0123abcd";

    @TempDir
    Path temp;

    @BeforeEach
    void leave() throws IOException {
        for (String sink : List.of("words", "keys")) {
            write(staged(sink).resolve("batch-000000000007/blocks-00000"));
            write(log(sink));
        }
        write(jar());
    }

    @Test
    void shouldRemoveAllThatARemovedSinkLeft() throws IOException {
        look("keys: {type: spark, class: TopKeys, uri: \"file:///srv/keys\"}");
        assertThat(staged("words")).doesNotExist();
        assertThat(log("words").getParent()).doesNotExist();
        assertThat(staged("keys").resolve("batch-000000000007/blocks-00000")).exists();
        assertThat(log("keys")).exists();
        // Its own batches say which copies are needed.
        assertThat(jar()).exists();
    }

    @Test
    void shouldRemoveAllThatTheLastSinkLeftAlsoWhereItIsOfAnotherTypeNow() throws IOException {
        look("words: {type: console}");
        assertThat(staged("words")).doesNotExist();
        assertThat(staged("keys")).doesNotExist();
        assertThat(log("words").getParent()).doesNotExist();
        assertThat(jar().getParent()).doesNotExist();
    }

    @Test
    void shouldTryAgainWhatCannotBeRemoved() throws IOException {
        Path foreign = log("words").resolveSibling("foreign/file");
        write(foreign);
        look("web: {type: console}");
        assertThat(foreign).exists();
        Files.delete(foreign);
        Files.delete(foreign.getParent());
        look("web: {type: console}");
        assertThat(log("words").getParent()).doesNotExist();
    }

    private void look(String sink) throws IOException {
        Settings settings = SettingsLoader.parse("""
                name: edge-1
                data-dir: ./data
                sources: {lines: {type: tcp, address: "127.0.0.1:0"}}
                offload: {master: "local[2]"}
                sinks: {%s}
                """.formatted(sink), "test.yaml", temp, List.of(), Map.of());
        try (JobJars jars = Offloading.jobJars(settings)) {
            new RemovedJobs(settings, Offloading.jobs(settings, ID, jars)).look();
        }
    }

    private Path staged(String sink) {
        return temp.resolve("data/staging/edge-1-" + ID + "-jobs/" + sink);
    }

    private Path log(String sink) {
        return temp.resolve("data/jobs/" + sink + "/driver.log");
    }

    private Path jar() {
        return temp.resolve("data/jars/" + "ab".repeat(32));
    }

    private static void write(Path file) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "x");
    }
}
