package io.decant.ingest.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.SettingsLoader;
import io.decant.ingest.history.ToldEvent;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a whole server shows of its last minutes. */
class HistoryServerTest {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

    @TempDir
    Path temp;

    private final HttpClient client = HttpClient.newHttpClient();

    private Server start(Receiver receiver) {
        String yaml = """
                name: edge-1
                sources: {logs: {type: tcp, address: "127.0.0.1:0"}}
                data-dir: %s
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 50ms}
                sinks:
                  api: {type: http, url: "%s", retry-max-delay: 100ms, max-records: 1}
                  screen: {type: hdfs, uri: "file:%s"}
                admin: {address: "127.0.0.1:0"}
                """.formatted(temp.resolve("data"), receiver.url(), temp.resolve("files"));
        return Server.start(SettingsLoader.parse(yaml, "test.yaml", temp, List.of(), Map.of()), Set.of());
    }

    private JsonObject get(Server server, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + server.adminAddress() + path))
                .build();
        return new JsonObject(
                client.send(request, HttpResponse.BodyHandlers.ofString()).body());
    }

    private JsonObject await(Server server, String path, Predicate<JsonObject> expected) throws Exception {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        JsonObject now = get(server, path);
        while (!expected.test(now)) {
            assertThat(System.nanoTime() - deadline)
                    .as("still %s", now.encode())
                    .isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            now = get(server, path);
        }
        return now;
    }

    /** The events up to the first that is expected. */
    private static List<ToldEvent> read(BufferedReader events, Predicate<ToldEvent> last) throws Exception {
        List<ToldEvent> told = new ArrayList<>();
        StringBuilder frame = new StringBuilder();
        while (told.isEmpty() || !last.test(told.get(told.size() - 1))) {
            String line = events.readLine();
            assertThat(line).as("the end, after %s", told).isNotNull();
            frame.append(line).append('\n');
            if (line.isEmpty()) {
                told.addAll(ToldEvent.in(frame.toString().getBytes(StandardCharsets.UTF_8)));
                frame.setLength(0);
            }
        }
        return told;
    }

    private static Socket connect(Server server) throws Exception {
        int colon = server.adminAddress().lastIndexOf(':');
        Socket socket = new Socket(
                InetAddress.getLoopbackAddress(),
                Integer.parseInt(server.adminAddress().substring(colon + 1)));
        socket.setSoTimeout((int) TimeUnit.NANOSECONDS.toMillis(PATIENCE_NANOS));
        socket.getOutputStream()
                .write("GET /events?last-event-id=0 HTTP/1.1\r\nHost: localhost\r\n\r\n"
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void shouldShowWhatBecomesOfABatch() throws Exception {
        try (Receiver receiver = new Receiver();
                Server server = start(receiver);
                Socket socket = connect(server)) {
            BufferedReader events =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            assertThat(LineClient.sendAll(server.sources().get(0).status().address(), "a\nb\na\n")
                            .get(0))
                    .isEqualTo("OK 3");

            List<String> words = new ArrayList<>();
            while (words.stream()
                            .filter(word -> word.startsWith("batch-completed"))
                            .count()
                    < 2) {
                read(events, event -> event.name().startsWith("batch-")).forEach(event -> words.add(event.words()));
            }
            assertThat(words)
                    .filteredOn(word -> word.startsWith("batch-"))
                    .startsWith("batch-submitted 1")
                    .containsExactlyInAnyOrder(
                            "batch-submitted 1",
                            "batch-started 1 api",
                            "batch-started 1 screen",
                            "batch-completed 1 api",
                            "batch-completed 1 screen");

            JsonObject batch =
                    await(server, "/batches/1", now -> now.getString("state").equals("delivered"));
            assertThat(batch.getLong("records")).isEqualTo(3);
            assertThat(batch.getInteger("buckets")).isEqualTo(2);
            assertThat(batch.getJsonObject("bucketSizes").encode())
                    .isEqualTo("{\"bucketsPerValue\":1,\"records\":[2,1]}");
            assertThat(batch.getJsonObject("hottest").encode()).isEqualTo("{\"record\":\"a\",\"count\":2}");
            JsonObject api = batch.getJsonObject("sinks").getJsonObject("api");
            // A record a request.
            assertThat(api.getLong("parts")).isEqualTo(3);
            assertThat(api.getLong("requests")).isEqualTo(3);
            assertThat(api.getLong("retries")).isZero();
            assertThat(api.getLong("bucketsDelivered")).isEqualTo(2);
            assertThat(batch.getLong("totalDelay"))
                    .isEqualTo(batch.getLong("schedulingDelay") + batch.getLong("processingDelay"));
            JsonObject all = get(server, "/batches");
            assertThat(all.getJsonArray("completed").getJsonObject(0).getLong("number"))
                    .isEqualTo(1);
            assertThat(all.getLong("undelivered")).isZero();

            JsonObject history = await(server, "/history", now -> now.getJsonArray("totalDelay").stream()
                    .anyMatch(delay -> delay != null));
            assertThat(history.getJsonObject("sinks").fieldNames()).containsExactly("api", "screen");
            assertThat(history.getJsonObject("sources").fieldNames()).containsExactly("logs");
            JsonObject health = await(server, "/status", now -> now.getJsonObject("health")
                            .getBoolean("ok"))
                    .getJsonObject("health");
            assertThat(health.getString("sentence")).startsWith("Healthy.");
        }
    }

    @Test
    void shouldTellOfASinkThatFailsAndOfItsEnd() throws Exception {
        try (Receiver receiver = new Receiver();
                Server server = start(receiver);
                Socket socket = connect(server)) {
            BufferedReader events =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            receiver.answer(401);
            LineClient.sendAll(server.sources().get(0).status().address(), "a\n");
            List<ToldEvent> told = read(events, event -> event.name().equals("sink-state"));
            JsonObject failing = told.get(told.size() - 1).data();
            assertThat(failing.getString("sink")).isEqualTo("api");
            assertThat(failing.getString("state")).isEqualTo("failing");
            assertThat(failing.getString("lastError")).contains("401");
            JsonObject status = get(server, "/status");
            assertThat(status.getJsonObject("health").getString("level")).isEqualTo("failing");
            assertThat(status.getJsonObject("health").getString("sentence")).startsWith("Sink api cannot deliver: ");
            JsonObject delivering =
                    get(server, "/batches").getJsonArray("active").getJsonObject(0);
            assertThat(delivering.getString("state")).isEqualTo("delivering");
            assertThat(delivering.getJsonObject("sinks").getJsonObject("api").getString("lastError"))
                    .contains("401");

            receiver.answer(200);
            told = read(events, event -> event.name().equals("sink-state"));
            assertThat(told.get(told.size() - 1).data().getString("state")).isIn("idle", "delivering", "splitting");
            JsonObject batch =
                    await(server, "/batches/1", now -> now.getString("state").equals("delivered"));
            assertThat(batch.getJsonObject("sinks").getJsonObject("api").getLong("retries"))
                    .isPositive();
        }
    }
}
