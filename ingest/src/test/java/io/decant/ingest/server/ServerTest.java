package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.AdminServer.AdminException;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.journal.ChronicleSegmentStore;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.receiver.ReceivedRequest;
import io.decant.ingest.source.SourceException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server on real sockets and a real disk. */
class ServerTest {
    private static final int OUTAGE = 503;
    private static final int WELL = 200;

    @TempDir
    Path temp;

    private Receiver receiver;

    @BeforeEach
    void open() throws IOException {
        receiver = new Receiver();
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    @Test
    void shouldDeliverInBucketsWhatItAcknowledged() throws Exception {
        try (Server server = Server.start(settings(), Set.of())) {
            assertThat(LineClient.sendAll(address(server), "a\nb\na\n").get(0)).isEqualTo("OK 3");
            ReceivedRequest first = receiver.next();
            ReceivedRequest second = receiver.next();
            String key = "\"edge-1-" + server.status().journal().id() + "-api-1-";
            assertThat(first.body()).isEqualTo("a\nb\n");
            assertThat(first.headers())
                    .containsEntry("idempotency-key", key + "0-0-2\"")
                    .containsEntry("decant-batch", "1")
                    .containsEntry("decant-bucket", "0")
                    .containsEntry("decant-buckets", "2")
                    .containsEntry("decant-first", "0")
                    .containsEntry("decant-records", "2")
                    .containsEntry("authorization", "Bearer hunter2");
            assertThat(second.body()).isEqualTo("a\n");
            assertThat(second.header("idempotency-key")).isEqualTo(key + "1-0-1\"");

            // Its parts are of one moment each, the journal's of the last.
            ServerStatus status = await(
                    server,
                    now -> now.journal().backlogBytes() == 0
                            && now.sinks().get("api").batch() == 1
                            && now.sinks().get("api").state().equals("idle"));
            assertThat(status.state()).isEqualTo("running");
            assertThat(status.notReady()).isEmpty();
            assertThat(status.sources().get("logs").records()).isEqualTo(3);
            assertThat(status.sources().get("logs").bytes()).isEqualTo(6);
            ServerStatus.Sink sink = status.sinks().get("api");
            assertThat(sink.lagRecords()).isZero();
            assertThat(sink.lagSeconds()).isZero();
            ServerStatus.Batch batch = status.batches().get(0);
            assertThat(batch.window()).isEqualTo(first.header("decant-window"));
            assertThat(batch.records()).isEqualTo(3);
            assertThat(batch.buckets()).isEqualTo(2);
            assertThat(batch.state()).isEqualTo("delivered");
            assertThat(batch.hottest()).isEqualTo("a");
            assertThat(batch.hottestCount()).isEqualTo(2);
        }
    }

    @Test
    void shouldSplitBySeveralKeysAndNameTheHottestOfEach() throws Exception {
        Settings several = settings("--bucket.keys={id: \"csv:1\", mail: \"csv:2\"}", "--bucket.fold=case");
        try (Server server = Server.start(several, Set.of())) {
            assertThat(LineClient.sendAll(address(server), "1,a\n1.0,b\n2,B\n3,b\n")
                            .get(0))
                    .isEqualTo("OK 4");
            assertThat(receiver.next().body()).isEqualTo("1,a\n");
            assertThat(receiver.next().body()).isEqualTo("1.0,b\n");
            assertThat(receiver.next().body()).isEqualTo("2,B\n");
            assertThat(receiver.next().body()).isEqualTo("3,b\n");
            ServerStatus status = await(server, now -> now.journal().backlogBytes() == 0);
            assertThat(status.batches().get(0).hottestByName())
                    .containsExactly(
                            Map.entry("id", new ServerStatus.HottestOfKey("1.0,b", 2)),
                            Map.entry("mail", new ServerStatus.HottestOfKey("3,b", 3)));
        }
    }

    @Test
    void shouldShowNoSecret() throws Exception {
        try (Server server = Server.start(settings(), Set.of())) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + server.adminAddress() + "/status"))
                    .build();
            String status = HttpClient.newHttpClient()
                    .send(request, HttpResponse.BodyHandlers.ofString())
                    .body();
            assertThat(status).contains(receiver.url().toString()).doesNotContain("hunter2", "token=");
        }
    }

    @Test
    void shouldDeliverAllThatItTookBeforeADrainEnds() throws Exception {
        Server server = Server.start(settings("--batch.interval=1h"), Set.of());
        try (LineClient client = new LineClient(address(server))) {
            client.send("a\nb\n");
            assertThat(client.answer()).isEqualTo("OK 2");
            assertThat(server.drain()).isTrue();
            assertThat(receiver.next().body()).isEqualTo("a\nb\n");
            assertThat(client.answer()).startsWith("ERR 2 shutting-down ");
            assertThat(client.answer()).isNull();
        }
        assertThat(server.status().state()).isEqualTo("stopped");
    }

    @Test
    void shouldDeliverTheRestAfterARestartUnderTheSameKeys() throws Exception {
        receiver.answer(OUTAGE);
        String journal;
        try (Server server = Server.start(settings("--shutdown-timeout=1ms"), Set.of())) {
            LineClient.sendAll(address(server), "a\nb\na\n");
            ServerStatus behind =
                    await(server, now -> now.sinks().get("api").state().equals("retrying"));
            assertThat(behind.sinks().get("api").lagRecords()).isEqualTo(3);
            assertThat(behind.sinks().get("api").lagSeconds()).isPositive();
            assertThat(behind.sinks().get("api").lastError()).contains("503");
            assertThat(behind.journal().backlogBytes()).isPositive();
            journal = behind.journal().id();
            assertThat(server.drain()).isFalse();
        }
        try (Server server = Server.start(settings(), Set.of())) {
            ServerStatus restarted =
                    await(server, now -> now.sinks().get("api").state().equals("retrying"));
            assertThat(restarted.journal().id()).isEqualTo(journal);
            assertThat(restarted.sinks().get("api").lagRecords()).isEqualTo(3);
            assertThat(restarted.sinks().get("api").lagSeconds()).isPositive();
            receiver.answer(WELL);
            assertThat(receiver.next().header("idempotency-key")).isEqualTo("\"edge-1-" + journal + "-api-1-0-0-2\"");
            assertThat(receiver.next().header("idempotency-key")).isEqualTo("\"edge-1-" + journal + "-api-1-1-0-1\"");
            await(server, now -> now.journal().backlogBytes() == 0);
            assertThat(server.drain()).isTrue();
        }
        assertThat(receiver.isEmpty()).isTrue();
    }

    @Test
    void shouldGoThroughManySegmentsAndReleaseThem() throws Exception {
        long clients = 3;
        String line = "x".repeat(99_990);
        int lines = 100;
        try (Server server = Server.start(settings(), Set.of())) {
            for (int client = 0; client < clients; client++) {
                StringBuilder text = new StringBuilder();
                for (int i = 0; i < lines; i++) {
                    text.append(client).append('-').append(i).append(line).append('\n');
                }
                List<String> answers = LineClient.sendAll(address(server), text.toString());
                assertThat(answers.get(answers.size() - 1)).isEqualTo("OK " + lines);
            }
            await(
                    server,
                    now -> now.sinks().get("api").records() == clients * lines
                            && now.journal().backlogBytes() == 0);
            assertThat(server.drain()).isTrue();
        }
        long records = 0;
        while (!receiver.isEmpty()) {
            records += receiver.next().body().lines().count();
        }
        assertThat(records).isEqualTo(clients * lines);
        assertThat(segmentFiles()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void shouldAcknowledgeNothingMoreOnceTheDiskFails() throws Exception {
        AtomicBoolean broken = new AtomicBoolean();
        Server server = Server.start(
                settings("--batch.interval=1h"),
                Set.of(),
                Optional.empty(),
                (dataDir, size) ->
                        new BreakableStore(new ChronicleSegmentStore(dataDir, size), broken, new AtomicBoolean()));
        try (LineClient client = new LineClient(address(server))) {
            client.send("a\nb\n");
            assertThat(client.answer()).isEqualTo("OK 2");
            broken.set(true);
            client.send("c\n");
            Throwable failure = server.failure().get(30, TimeUnit.SECONDS);
            assertThat(failure)
                    .isInstanceOf(JournalException.class)
                    .hasMessageContainingAll("sync failed", "Input/output error");
            assertThat(server.status().state()).isEqualTo("failed");
            assertThat(server.status().notReady()).contains("the server is failed");
            server.close();
            assertThat(client.answer()).startsWith("ERR 2 journal-failed ");
            assertThat(client.answer()).isNull();
        }
        assertThat(server.status().state()).isEqualTo("failed");
    }

    @Test
    void shouldDrainNothingOnceTheDiskFailed() throws Exception {
        AtomicBoolean broken = new AtomicBoolean(true);
        Server server = Server.start(
                settings(),
                Set.of(),
                Optional.empty(),
                (dataDir, size) ->
                        new BreakableStore(new ChronicleSegmentStore(dataDir, size), broken, new AtomicBoolean()));
        assertThat(server.failure().get(30, TimeUnit.SECONDS)).isInstanceOf(JournalException.class);
        assertThat(server.drain()).isFalse();
        assertThat(server.status().state()).isEqualTo("failed");
    }

    @Test
    void shouldReleaseEverythingWhenTheStartFailsHalfWay() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + taken.getLocalPort();
            assertThatThrownBy(() -> Server.start(settings("--sources.logs.address=" + address), Set.of()))
                    .isInstanceOf(SourceException.class)
                    .hasMessageContainingAll("logs", address);
            assertThatThrownBy(() -> Server.start(settings("--admin.address=" + address), Set.of()))
                    .isInstanceOf(AdminException.class)
                    .hasMessageContaining(address);
        }
        // An event loop that has been closed may take a moment to end.
        Await.until("no thread of theirs is left", () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().matches("decant-(journal|sink|source).*")));
        try (Server server = Server.start(settings(), Set.of())) {
            assertThat(LineClient.sendAll(address(server), "a\n").get(0)).isEqualTo("OK 1");
        }
    }

    @Test
    void shouldRefuseASecondServerOnTheSameData() {
        try (Server server = Server.start(settings(), Set.of())) {
            assertThatThrownBy(() -> Server.start(settings(), Set.of()))
                    .isInstanceOfSatisfying(
                            JournalException.class, e -> assertThat(e.kind()).isEqualTo(JournalException.Kind.LOCKED))
                    .hasMessageContaining(settings().dataDir().toString());
            assertThat(server.status().state()).isEqualTo("running");
        }
    }

    @Test
    void shouldForgetASinkOnlyWhenAskedTo() throws Exception {
        receiver.answer(OUTAGE);
        try (Server server = Server.start(settings("--shutdown-timeout=1ms"), Set.of())) {
            LineClient.sendAll(address(server), "a\n");
            await(server, now -> now.sinks().get("api").state().equals("retrying"));
        }
        receiver.answer(WELL);
        Settings other = settings("other", List.of());
        assertThatThrownBy(() -> Server.start(other, Set.of()))
                .isInstanceOfSatisfying(
                        JournalException.class, e -> assertThat(e.kind()).isEqualTo(JournalException.Kind.SETTINGS))
                .hasMessageContainingAll("'api'", "batches 1 to 1", "--forget-sink api");
        try (Server server = Server.start(other, Set.of("api"))) {
            LineClient.sendAll(address(server), "b\n");
            assertThat(receiver.next().header("idempotency-key")).contains("-other-2-");
        }
    }

    private Settings settings(String... sets) {
        return settings(
                "api", List.of(sets).stream().map(set -> set.substring(2)).toList());
    }

    private Settings settings(String sink, List<String> sets) {
        String yaml = """
                name: edge-1
                data-dir: data
                sources: {logs: {type: tcp, address: "127.0.0.1:0", ack: count}}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 100ms}
                sinks:
                  %s:
                    type: http
                    url: %s?token=x
                    retry-max-delay: 50ms
                    headers: {Authorization: Bearer hunter2}
                admin: {address: "127.0.0.1:0"}
                """.formatted(sink, receiver.url());
        return SettingsLoader.parse(yaml, "test.yaml", temp, new ArrayList<>(sets), Map.of());
    }

    private static String address(Server server) {
        return server.status().sources().get("logs").address();
    }

    private List<Path> segmentFiles() throws IOException {
        try (var files = java.nio.file.Files.walk(temp)) {
            return files.filter(file -> file.toString().endsWith(".cq4")).toList();
        }
    }
}
