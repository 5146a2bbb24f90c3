package io.decant.cluster;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.pipeline.Server;
import io.decant.offload.layout.BatchNames;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** From a socket to files on a real HDFS, parts of which go away. */
@ExtendWith(SharedCluster.class)
class HdfsSinkIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private HadoopCluster cluster;
    private String root;

    @BeforeEach
    void take(HadoopCluster shared, TestInfo test) {
        cluster = shared;
        root = "/sink/" + test.getTestMethod().orElseThrow().getName();
    }

    @AfterEach
    void mend() throws IOException {
        cluster.mend();
    }

    private Settings settings() {
        return SettingsLoader.parse("""
                name: edge-1
                data-dir: data
                sources: {lines: {type: tcp, address: "127.0.0.1:0"}}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 50ms}
                sinks: {archive: {type: hdfs, uri: "%s%s", compression: zstd, max-bucket-dirs: 1}}
                admin: {address: "127.0.0.1:0"}
                """.formatted(cluster.uri(), root), "test.yaml", folder, List.of(), Map.of());
    }

    private static void send(Server server, String lines) throws IOException {
        String address = server.status().sources().get("lines").address();
        send(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)), lines);
    }

    /** Sends lines, and has them acknowledged. */
    private static void send(int port, String lines) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.getOutputStream().write(lines.getBytes(ISO_8859_1));
            socket.shutdownOutput();
            List<String> answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1))
                    .lines()
                    .toList();
            assertThat(answers).last().isEqualTo("OK " + lines.lines().count());
        }
    }

    private static ServerStatus await(Server server, Predicate<ServerStatus> state) {
        ServerStatus[] last = new ServerStatus[1];
        Await.until("the server comes to it", PATIENCE, () -> {
            last[0] = server.status();
            return state.test(last[0]);
        });
        return last[0];
    }

    private static boolean isDelivered(ServerStatus now) {
        return now.journal().backlogBytes() == 0
                && now.journal().uncutRecords() == 0
                && now.sinks().get("archive").state().equals("idle");
    }

    private DeliveredLines delivered() throws IOException {
        return DeliveredLines.below(cluster.fileSystem(), new org.apache.hadoop.fs.Path(root));
    }

    @Test
    void shouldHaveBatchesAppearWhole() throws Exception {
        try (Server server = Server.start(settings(), Set.of())) {
            send(server, "a\nb\na\na\n");
            ServerStatus after = await(server, HdfsSinkIT::isDelivered);
            assertThat(after.sinks().get("archive").target()).isEqualTo(cluster.uri() + root);
            assertThat(after.sinks().get("archive").records()).isEqualTo(4);
        }
        assertThat(delivered().batches()).containsExactly(List.of(List.of("a", "b"), List.of("a"), List.of("a")));
        assertThat(delivered().staged()).isZero();
        assertThat(delivered().manifests()).allSatisfy(path -> assertThat(path)
                .matches(".*/server=edge-1/date=\\d{4}-\\d\\d-\\d\\d/hour=\\d\\d/batch-[0-9a-f]{8}-\\d{12}/"
                        + BatchNames.MANIFEST));
    }

    @Test
    void shouldWaitWhileTheNamenodeIsInSafeMode() throws Exception {
        try (Server server = Server.start(settings(), Set.of())) {
            cluster.enterSafeMode();
            send(server, "a\na\n");
            ServerStatus meanwhile =
                    await(server, now -> now.sinks().get("archive").state().equals("failing"));
            assertThat(meanwhile.sinks().get("archive").lastError()).containsIgnoringCase("safe mode");
            assertThat(meanwhile.notReady()).isEmpty();
            send(server, "b\n");
            cluster.leaveSafeMode();
            await(server, HdfsSinkIT::isDelivered);
        }
        assertThat(delivered().records()).containsExactlyInAnyOrder("a", "a", "b");
    }

    @Test
    void shouldWaitForANamenodeThatIsAway() throws Exception {
        cluster.namenode().kill();
        try (Server server = Server.start(settings(), Set.of())) {
            send(server, "a\na\n");
            await(server, now -> now.sinks().get("archive").state().equals("failing"));
            cluster.namenode().start();
            await(server, HdfsSinkIT::isDelivered);

            cluster.namenode().kill();
            send(server, "b\n");
            await(server, now -> now.sinks().get("archive").state().equals("failing"));
            cluster.namenode().start();
            await(server, HdfsSinkIT::isDelivered);
        }
        cluster.awaitWhole();
        assertThat(delivered().batches()).containsExactly(List.of(List.of("a"), List.of("a")), List.of(List.of("b")));
    }

    @Test
    void shouldGoOnWithADatanodeLess() throws Exception {
        try (Server server = Server.start(settings(), Set.of())) {
            send(server, "a\n");
            await(server, HdfsSinkIT::isDelivered);
            cluster.datanode(1).kill();
            send(server, "b\n");
            await(server, HdfsSinkIT::isDelivered);
        }
        assertThat(delivered().records()).containsExactly("a", "b");
    }

    /** What it has been writing to is still open, as HDFS sees it, when the next one comes. */
    @Test
    void shouldDeliverEverythingOnceThoughTheServerIsKilledAgainAndAgain() throws Exception {
        int port = new Ports().next();
        Path file = Files.writeString(folder.resolve("decant.yaml"), """
                sources: {lines: {type: tcp, address: "127.0.0.1:%d"}}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 100ms}
                sinks: {archive: {type: hdfs, uri: "%s%s", max-bucket-dirs: 3}}
                admin: {address: "127.0.0.1:0"}
                """.formatted(port, cluster.uri(), root));
        StringBuilder sent = new StringBuilder();
        for (int life = 1; life <= 4; life++) {
            Process server = run(file, port);
            for (int round = 0; round < 5; round++) {
                StringBuilder lines = new StringBuilder();
                for (int i = 0; i < 2000; i++) {
                    lines.append("record-").append(i % 400).append('-').append(life).append('\n');
                }
                send(port, lines.toString());
                sent.append(lines);
            }
            // All is acknowledged; some of it is delivered, and something is on its way.
            server.destroyForcibly().waitFor();
        }
        Process server = run(file, port);
        Await.until("everything is there", PATIENCE, () -> delivered().records().size() == sent.toString().lines().count());
        server.destroy();
        assertThat(server.waitFor()).isZero();
        assertThat(delivered().records()).containsExactlyInAnyOrderElementsOf(sent.toString().lines().toList());
        assertThat(delivered().staged()).isZero();
    }

    private Process run(Path file, int port) throws IOException {
        Process server = new ProcessBuilder(
                        Path.of(System.getProperty("decant.distribution"), "bin/decant").toString(),
                        "run",
                        "-c",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
        Await.until("the server listens", PATIENCE, () -> {
            try (Socket socket = new Socket("127.0.0.1", port)) {
                return socket.isConnected();
            } catch (IOException e) {
                assertThat(server.isAlive()).as(Files.readString(folder.resolve("log"))).isTrue();
                return false;
            }
        });
        return server;
    }
}
