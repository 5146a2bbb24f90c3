package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static io.decant.ingest.server.SinksFixture.awaitDelivered;
import static io.decant.ingest.server.SinksFixture.send;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.decant.config.FileCompression;
import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.pipeline.ReplayRange;
import io.decant.ingest.sink.hdfs.DeliveredBatch;
import io.decant.offload.files.ScratchDirectory;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From a socket to files on a disk, through the whole server. */
class FileSinksTest {

    @TempDir
    Path temp;

    private Settings settings(String... sets) {
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
        return SettingsLoader.parse(yaml, "test.yaml", temp, List.of(sets), Map.of());
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

    /** The data directory is the server's user's alone, with all that comes to lie in it; what is delivered is not. */
    @Test
    void shouldKeepOthersOutOfTheDataDirectoryAndNotOfWhatIsDelivered() throws Exception {
        try (Server server = Server.start(settings("bucket.key=json:/k", "bucket.missing-key=dlq"), Set.of())) {
            send(server, "{\"k\":1}\nno key\n{\"k\":1}\n");
            awaitDelivered(server);
            await(server, now -> now.deadLetters().letters() == 1);
            assertThat(modes(temp.resolve("data")))
                    .containsKeys("lock", "admin.address", "admin.token", "journal", "dlq")
                    .allSatisfy((name, mode) -> assertThat(mode).as(name).isIn("d rwx------", "- rw-------"));
        }
        Files.createDirectory(temp.resolve("by-default"));
        Files.createFile(temp.resolve("by-default/file"));
        List<String> byDefault = List.copyOf(modes(temp.resolve("by-default")).values());
        assertThat(modes(root("archive")))
                .isNotEmpty()
                .allSatisfy((name, mode) -> assertThat(mode).as(name).isIn(byDefault));
    }

    /** By path below it, the directory itself included. */
    private static Map<String, String> modes(Path top) throws Exception {
        Map<String, String> modes = new TreeMap<>();
        try (Stream<Path> all = Files.walk(top)) {
            for (Path path : all.toList()) {
                modes.put(
                        top.relativize(path).toString(),
                        (Files.isDirectory(path) ? "d " : "- ")
                                + PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
            }
        }
        return modes;
    }

    @Test
    void shouldWriteNothingWhereNothingIsMounted() throws Exception {
        Files.createDirectory(root("archive"));
        try (Server server = Server.start(settings("sinks.archive.must-be-mountpoint=true"), Set.of())) {
            send(server, "a\n");
            ServerStatus meanwhile = await(
                    server,
                    now -> now.sinks().get("origins").batch() == 1
                            && now.sinks().get("archive").state().equals("failing"));
            assertThat(meanwhile.sinks().get("archive").lastError())
                    .isEqualTo("batch 1: IOException: " + root("archive")
                            + " is not a mount point, and must-be-mountpoint is set: nothing is written there; mount its"
                            + " filesystem");
            assertThat(root("archive")).isEmptyDirectory();
            assumeTrue(mount(root("archive")), "only root can mount a filesystem");
            try {
                awaitDelivered(server);
                assertThat(DeliveredBatch.below(root("archive"))).hasSize(1);
                unmount(root("archive"));
                send(server, "b\n");
                await(server, now -> now.sinks().get("archive").state().equals("failing"));
                assertThat(root("archive")).isEmptyDirectory();
                assertThat(mount(root("archive"))).isTrue();
                awaitDelivered(server);
                assertThat(DeliveredBatch.below(root("archive"))).hasSize(1);
            } finally {
                unmount(root("archive"));
            }
        }
    }

    /** With a driver, and its server, that were killed; and with nothing offloaded any more. */
    @Test
    void shouldRemoveWhatAKilledDriverHasLeft() throws Exception {
        Path scratch = temp.resolve("data/spark-scratch");
        new ScratchDirectory(scratch).create();
        Files.writeString(
                Files.createDirectories(scratch.resolve("blockmgr-1/00")).resolve("rdd_0_0"), "records");
        try (Server server = Server.start(settings(), Set.of())) {
            send(server, "a\n");
            awaitDelivered(server);
            assertThat(scratch).doesNotExist();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"off", "1MiB"})
    void shouldRemoveNothingThatItHasNotMade(String above) throws Exception {
        Path theirs =
                Files.createDirectories(temp.resolve("data/spark-scratch")).resolve("theirs");
        Files.writeString(theirs, "not ours");
        Path archive = temp.resolve("data/spark");
        for (int start = 1; start <= 2; start++) {
            try (Server server = Server.start(
                    settings("offload.above=" + above, "sinks.archive.uri=" + archive.toUri()), Set.of())) {
                send(server, "a\n");
                awaitDelivered(server);
            }
            assertThat(DeliveredBatch.below(archive)).hasSize(start);
        }
        try (Server replaying = Server.startWithoutSources(settings("sinks.archive.uri=" + archive.toUri()))) {
            assertThat(replaying.drain()).isTrue();
        }
        assertThat(DeliveredBatch.below(archive)).hasSize(2);
        assertThat(theirs).hasContent("not ours");
    }

    private static boolean mount(Path place) throws Exception {
        return run("mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", place.toString());
    }

    private static void unmount(Path place) throws Exception {
        run("umount", "-l", place.toString());
    }

    private static boolean run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command).start().waitFor() == 0;
        } catch (IOException e) {
            // There is no such program.
            return false;
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
