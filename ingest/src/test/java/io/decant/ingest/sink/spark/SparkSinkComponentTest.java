package io.decant.ingest.sink.spark;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.PropertyValue;
import io.decant.config.SparkSinkSettings;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.SinkShape;
import io.decant.offload.client.JobJars;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkSinkComponentTest {

    @TempDir
    Path temp;

    @Test
    void shouldRecordInACutWhichJobItIs() throws IOException {
        Path jar = jar();
        SparkSinkSettings settings = new SparkSinkSettings(
                "com.example.Words",
                List.of(jar),
                URI.create("file:///srv/words"),
                Map.of("separator", new PropertyValue(",", false), "token", new PropertyValue("very", true)),
                Duration.ofHours(1));
        SinkShape shape = new SparkSinkComponent("words", settings).shape();
        assertThat(shape.extra())
                .isEqualTo("{\"class\":\"com.example.Words\",\"jars\":[{\"name\":\"words.jar\",\"sha256\":\"\"}],"
                        + "\"settings\":{\"separator\":\",\",\"token\":\"<hidden>\"}}");
        SinkShape other = new SinkShape("api", "http", SinkShape.LINES, 10, 10);
        Shape batch = new Shape("edge-1", "record", "record", 7, List.of(other, shape));
        try (JobJars jars = new JobJars(temp.resolve("jars"), Map.of("words", List.of(jar)))) {
            String hash = jars.update("words").get(0).sha256();
            Shape hashed = new JobShapes(jars).apply(batch);
            assertThat(hashed.sinks().get(0)).isEqualTo(other);
            assertThat(hashed.sinks().get(1).extra())
                    .isEqualTo(shape.extra().replace("\"sha256\":\"\"", "\"sha256\":\"" + hash + "\""));
            assertThat(JobText.hashes(hashed.sinks().get(1))).isEqualTo(Set.of(hash));
        }
    }

    private Path jar() throws IOException {
        Path jar = temp.resolve("words.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream packed = new JarOutputStream(out)) {
            packed.putNextEntry(new JarEntry("content"));
            packed.closeEntry();
        }
        return jar;
    }
}
