package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.receiver.ReceivedRequest;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server with an HTTP source, on real sockets and a real disk. */
class HttpSourceServerTest {

    private static final int OUTAGE = 503;
    private static final String MIB_OF_LINES = ("x".repeat(1023) + "\n").repeat(1024);

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

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

    private Settings settings(String... sets) {
        return SettingsLoader.parse("""
                name: edge-1
                data-dir: data
                sources:
                  in: {type: http, address: "127.0.0.1:0"}
                journal: {segment-size: 8MiB, max-backlog: 16MiB, min-free: 1MiB}
                batch: {interval: 50ms}
                sinks:
                  api: {type: http, url: "%s", retry-max-delay: 100ms}
                admin: {address: "127.0.0.1:0"}
                """.formatted(receiver.url()), "test.yaml", temp, List.of(sets), Map.of());
    }

    private HttpResponse<String> post(Server server, String body, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create("http://" + server.sources().get(0).status().address() + "/"))
                .timeout(Duration.ofSeconds(30))
                .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void shouldDeliverWhatItAnswered() throws Exception {
        try (Server server = Server.start(settings(), Set.of())) {
            assertThat(post(server, "a\nb\na\n").body()).isEqualTo("{\"records\":3}");

            assertThat(receiver.next().body()).isEqualTo("a\nb\n");
            assertThat(receiver.next().body()).isEqualTo("a\n");
            ServerStatus.Source status = server.status().sources().get("in");
            assertThat(status.type()).isEqualTo("http");
            assertThat(status.records()).isEqualTo(3);
            assertThat(status.idempotency())
                    .hasValueSatisfying(keys -> assertThat(keys.keys()).isZero());
            assertThat(server.drain()).isTrue();
        }
    }

    @Test
    void shouldKnowKeysAndSessionsAfterARestart() throws Exception {
        String[] key = {"Idempotency-Key", "k-1"};
        String[] session = {"Decant-Session", "s-1", "Decant-First", "0"};
        try (Server server = Server.start(settings(), Set.of())) {
            assertThat(post(server, "a\n", key).statusCode()).isEqualTo(200);
            assertThat(post(server, "b\nc\n", session).statusCode()).isEqualTo(200);
            // More than a segment, so that a checkpoint holds what is known.
            for (int i = 0; i < 20; i++) {
                await(server, now -> now.pressure().equals("none"));
                assertThat(post(server, MIB_OF_LINES).statusCode()).isIn(200, OUTAGE);
            }
            await(server, now -> now.journal().backlogBytes() == 0);
        }

        try (Server server = Server.start(settings(), Set.of())) {
            assertThat(server.status()
                            .sources()
                            .get("in")
                            .idempotency()
                            .orElseThrow()
                            .keys())
                    .isEqualTo(1);
            assertThat(post(server, "a\n", key).body()).isEqualTo("{\"records\":1}");
            assertThat(post(server, "x\n", key).statusCode()).isEqualTo(422);
            HttpResponse<String> answer = post(server, "b\nc\nd\n", session);
            assertThat(answer.headers().firstValue("Decant-Next")).contains("3");
            assertThat(server.status().sources().get("in").records()).isEqualTo(1);
        }
    }

    @Test
    void shouldDeliverWhereARecordCameFrom() throws Exception {
        String keeping = "sources.in.headers=[X-Request-Id, Decant-Client]";
        try (Server server = Server.start(settings("sinks.api.format=envelope", keeping), Set.of())) {
            post(server, "a\n", "X-Request-Id", "r-7", "Idempotency-Key", "k-1");

            JsonObject envelope = new JsonObject(receiver.next().body());
            assertThat(envelope.getString("value")).isEqualTo("a");
            assertThat(envelope.getString("source")).isEqualTo("in");
            assertThat(envelope.getString("stream")).isEqualTo("key:k-1");
            assertThat(envelope.getInteger("position")).isZero();
            assertThat(envelope.getJsonArray("headers").getJsonObject(0))
                    .isEqualTo(new JsonObject().put("name", "X-Request-Id").put("value", "r-7"));
            assertThat(envelope.getJsonArray("headers").getJsonObject(1).getString("value"))
                    .startsWith("127.0.0.1:");
        }
    }

    @Test
    void shouldDeliverTheClientsAddressOfARequestWithoutAKey() throws Exception {
        try (Server server = Server.start(settings("sinks.api.format=envelope"), Set.of())) {
            post(server, "a\n");

            assertThat(new JsonObject(receiver.next().body()).getString("stream"))
                    .matches("127\\.0\\.0\\.1:[0-9]+#1");
        }
    }

    @Test
    void shouldSayThatItIsPausedAtTheBacklogAndGoOnAfterwards() throws Exception {
        receiver.answer(OUTAGE);
        try (Server server = Server.start(settings(), Set.of())) {
            int status = 200;
            for (int i = 0; status == 200 && i < 40; i++) {
                // At the bound some wait in the queue, and are answered once it goes on.
                if (!server.status().pressure().equals("none")) {
                    break;
                }
                status = post(server, MIB_OF_LINES, "Idempotency-Key", "k-" + i).statusCode();
            }
            await(server, now -> now.pressure().equals("backlog"));
            HttpResponse<String> paused = post(server, "a\n");
            assertThat(paused.statusCode()).isEqualTo(503);
            assertThat(paused.headers().firstValue("Retry-After")).contains("1");
            assertThat(server.status().sources().get("in").paused()).isTrue();

            receiver.answer(200);
            await(server, now -> now.pressure().equals("none"));
            assertThat(post(server, "a\n").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void shouldTakeAFileFromCurl() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "curl is not installed");
        Path file = Files.writeString(temp.resolve("file"), MIB_OF_LINES.repeat(3));
        try (Server server = Server.start(settings(), Set.of())) {
            String url = "http://" + server.sources().get(0).status().address() + "/";
            for (List<String> options : List.of(
                    List.of("--data-binary", "@" + file),
                    List.of("--data-binary", "@" + file, "-H", "Transfer-Encoding: chunked"),
                    List.of("--data-binary", "@" + file, "-H", "Expect: 100-continue"),
                    List.of("--data-binary", "@" + file, "--http2-prior-knowledge"))) {
                List<String> command = new ArrayList<>(List.of("/usr/bin/curl", "-s", url));
                command.addAll(options);
                Process curl =
                        new ProcessBuilder(command).redirectErrorStream(true).start();
                String answer = new String(curl.getInputStream().readAllBytes(), UTF_8);
                assertThat(curl.waitFor(30, TimeUnit.SECONDS)).isTrue();
                assertThat(answer).as("%s", options).isEqualTo("{\"records\":3072}");
            }
        }
    }

    /** The key of the first one's sink is the key of the second one's source. */
    @Test
    void shouldTakeOnceWhatAnotherDecantSendsAgain() throws Exception {
        try (Server second = Server.start(settings(), Set.of())) {
            Settings first = SettingsLoader.parse(
                    """
                    data-dir: first
                    sources:
                      in: {type: http, address: "127.0.0.1:0"}
                    batch: {interval: 50ms}
                    sinks:
                      next: {type: http, url: "http://%s/"}
                    admin: {address: "127.0.0.1:0"}
                    """.formatted(second.sources().get(0).status().address()), "first.yaml", temp, List.of(), Map.of());
            try (Server server = Server.start(first, Set.of())) {
                post(server, "a\nb\na\n");
                ReceivedRequest bucket = receiver.next();
                assertThat(bucket.body()).isEqualTo("a\nb\n");
                await(server, now -> now.journal().backlogBytes() == 0);
            }
            assertThat(second.status().sources().get("in").records()).isEqualTo(3);
            assertThat(second.status()
                            .sources()
                            .get("in")
                            .idempotency()
                            .orElseThrow()
                            .keys())
                    .isEqualTo(2);
        }
    }
}
