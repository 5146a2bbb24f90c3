package io.decant.ingest.pipeline;

import static io.decant.ingest.pipeline.Await.await;
import static io.decant.ingest.pipeline.SinksFixture.awaitDelivered;
import static io.decant.ingest.pipeline.SinksFixture.send;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.FileCompression;
import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.sink.hdfs.DeliveredBatch;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From a socket to files on a disk, through the whole server. */
class FileSinksTest {

    @TempDir
    Path temp;

    private Settings settings() {
        String yaml = """
                name: edge-1
                data-dir: data
                sources: {logs: {type: tcp, address: "127.0.0.1:0"}}
                journal: {segment-size: 8MiB, min-free: 1MiB, retain: 1h}
                batch: {interval: 50ms}
                admin: {address: "127.0.0.1:0"}
                sinks:
                  archive: {type: hdfs, uri: '%s', compression: gzip, max-bucket-dirs: 1}
                  origins: {type: hdfs, uri: '%s', compression: zstd, format: envelope}
                """.formatted(root("archive").toUri(), root("origins").toUri());
        return SettingsLoader.parse(yaml, "test.yaml", temp, List.of(), Map.of());
    }

    private Path root(String sink) {
        return temp.resolve(sink);
    }

    @Test
    void shouldDeliverToTwoSinksAndShowThem() throws Exception {
        try (Server server = Server.start(settings(), Set.of())) {
            send(server, "a\nb\na\na\n");
            awaitDelivered(server);
            ServerStatus.Sink archive = server.status().sinks().get("archive");
            assertThat(archive.type()).isEqualTo("hdfs");
            assertThat(archive.target()).isEqualTo("file://" + root("archive"));
            assertThat(archive.records()).isEqualTo(4);
            assertThat(archive.bytes()).isEqualTo("a\nb\n1\ta\n2\ta\n".length());
            assertThat(archive.requests()).isEqualTo(1);
        }

        assertThat(DeliveredBatch.below(root("archive"))).singleElement().satisfies(batch -> {
            assertThat(batch.buckets()).isEqualTo(List.of(List.of("a", "b"), List.of("a"), List.of("a")));
            assertThat(batch.manifest().compression()).isEqualTo(FileCompression.GZIP);
            assertThat(batch.manifest().tail()).isPresent();
        });
        assertThat(DeliveredBatch.below(root("origins"))).singleElement().satisfies(batch -> {
            assertThat(batch.buckets()).hasSize(3);
            JsonObject second = new JsonObject(batch.buckets().get(0).get(1));
            assertThat(second.getString("value")).isEqualTo("b");
            assertThat(second.getString("source")).isEqualTo("logs");
            assertThat(second.getLong("position")).isEqualTo(1);
        });
    }

    @Test
    void shouldDoNothingForABatchThatIsReplayed() throws Exception {
        try (Server server = Server.start(settings(), Set.of())) {
            send(server, "a\nb\na\n");
            awaitDelivered(server);
        }
        List<FileTime> before = times(root("archive"));

        try (Server server =
                Server.start(settings(), Set.of(), Optional.of(new ReplayRange("archive", 1, OptionalLong.of(1))))) {
            send(server, "c\n");
            awaitDelivered(server);
        }

        assertThat(DeliveredBatch.below(root("archive")))
                .extracting(DeliveredBatch::buckets)
                .containsExactly(List.of(List.of("a", "b"), List.of("a")), List.of(List.of("c")));
        assertThat(times(root("archive"))).startsWith(before.toArray(FileTime[]::new));
    }

    /** Of the first batch's files, in the order of their paths. */
    private static List<FileTime> times(Path root) throws Exception {
        Path first = DeliveredBatch.below(root).get(0).directory();
        try (Stream<Path> files = Files.walk(first).sorted()) {
            List<FileTime> times = new ArrayList<>();
            for (Path file : files.toList()) {
                times.add(Files.getLastModifiedTime(file));
            }
            return times;
        }
    }

    /** A file stands where a directory should be: nothing else stops, and it goes on when that is mended. */
    @Test
    void shouldHoldNothingElseBackWhileADiskDoesNotTakeIt() throws Exception {
        Files.writeString(root("archive"), "in the way");
        try (Server server = Server.start(settings(), Set.of())) {
            send(server, "a\n");
            send(server, "b\n");
            ServerStatus meanwhile = await(
                    server,
                    now -> now.sinks().get("origins").batch() == 2
                            && now.sinks().get("archive").state().equals("failing"));
            assertThat(meanwhile.sinks().get("archive").lastError()).startsWith("batch 1: ");
            assertThat(meanwhile.sinks().get("archive").lagRecords()).isEqualTo(2);
            assertThat(meanwhile.notReady()).isEmpty();

            Files.delete(root("archive"));
            awaitDelivered(server);
            await(server, now -> now.sinks().get("archive").state().equals("idle"));
        }
        assertThat(DeliveredBatch.below(root("archive"))).hasSize(2);
    }
}
