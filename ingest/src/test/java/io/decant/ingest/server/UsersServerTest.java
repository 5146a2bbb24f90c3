package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.UsersStatus;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A whole server whose sources have users, on real sockets and a real disk. */
class UsersServerTest {

    private static final String TOKEN = "open-sesame-7";
    private static final String WRONG = "close-sesame-8";

    @TempDir
    Path temp;

    private final HttpClient http = HttpClient.newHttpClient();
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Logger ours = (Logger) LoggerFactory.getLogger("io.decant");
    private Receiver receiver;

    @BeforeEach
    void open() throws IOException {
        receiver = new Receiver();
        log.start();
        ours.addAppender(log);
        ours.setLevel(Level.TRACE);
    }

    @AfterEach
    void close() {
        ours.detachAppender(log);
        ours.setLevel(null);
        receiver.close();
    }

    private Settings settings(String... sets) {
        return SettingsLoader.parse(
                """
                data-dir: data
                sources:
                  lines:
                    type: tcp
                    address: "127.0.0.1:0"
                    session: required
                    users:
                      edge-7: {token: "${TOKEN}"}
                      edge-8: {token-file: token}
                  in:
                    type: http
                    address: "127.0.0.1:0"
                    users:
                      edge-7: {token: "${TOKEN}"}
                journal: {segment-size: 8MiB, max-backlog: 16MiB, min-free: 1MiB}
                batch: {interval: 50ms}
                sinks:
                  api: {type: http, url: "%s", format: envelope, retry-max-delay: 100ms}
                admin: {address: "127.0.0.1:0"}
                """.formatted(receiver.url()), "test.yaml", temp, List.of(sets), Map.of("TOKEN", TOKEN));
    }

    private static String address(Server server, String source) {
        return server.status().sources().get(source).address();
    }

    private static UsersStatus users(Server server, String source) {
        return server.status().sources().get(source).users().orElseThrow();
    }

    private HttpResponse<String> post(Server server, String token, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + address(server, "in") + "/"))
                .header("Authorization", "Bearer " + token)
                .header("Idempotency-Key", "k")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString());
    }

    private String get(Server server, String path) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + server.adminAddress() + path))
                .build();
        return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    private static String sessionOf(Server server, String token, String records) throws IOException {
        try (LineClient client = new LineClient(address(server, "lines"))) {
            client.send("AUTH " + token + "\nSESSION s\n" + records);
            return client.end().get(0);
        }
    }

    @Test
    void shouldKeepWhatBelongsToAUserOverARestart() throws Exception {
        Files.writeString(temp.resolve("token"), "of-edge-8\n");
        try (Server server = Server.start(settings(), Set.of())) {
            assertThat(sessionOf(server, TOKEN, "a\nb\n")).isEqualTo("OK 0");
            assertThat(sessionOf(server, "of-edge-8", "c\n")).isEqualTo("OK 0");
            assertThat(post(server, TOKEN, "d\n").statusCode()).isEqualTo(200);
            await(server, now -> now.sources().get("lines").records() == 3);
            assertThat(server.drain()).isTrue();
        }

        try (Server server = Server.start(settings(), Set.of())) {
            assertThat(sessionOf(server, TOKEN, "")).isEqualTo("OK 2");
            assertThat(sessionOf(server, "of-edge-8", "")).isEqualTo("OK 1");
            assertThat(post(server, TOKEN, "other\n").statusCode()).isEqualTo(422);
        }
    }

    @Test
    void shouldTakeATokenThatComesIntoItsFileWhileItRuns() throws Exception {
        Path file = Files.writeString(temp.resolve("token"), "first\n");
        try (Server server = Server.start(settings(), Set.of())) {
            assertThat(sessionOf(server, "first", "")).isEqualTo("OK 0");

            Path next = Files.writeString(temp.resolve("token.new"), "no token\n");
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
            await(server, now -> !users(server, "lines").lastError().isEmpty());
            assertThat(users(server, "lines").lastError()).contains("edge-8", file.toString());
            assertThat(get(server, "/metrics")).contains("decant_source_tokens_reload_failed{source=\"lines\"} 1.0");
            assertThat(sessionOf(server, "first", "")).isEqualTo("OK 0");

            Files.writeString(temp.resolve("token.new"), "second\n");
            Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
            await(server, now -> users(server, "lines").lastError().isEmpty());
            assertThat(sessionOf(server, "second", "")).isEqualTo("OK 0");
            assertThat(sessionOf(server, "first", "")).startsWith("ERR 0 unauthorized ");
        }
    }

    @Test
    void shouldSayWhoSendsAndNeverShowAToken() throws Exception {
        Files.writeString(temp.resolve("token"), "of-edge-8\n");
        List<String> shown = new ArrayList<>();
        try (Server server = Server.start(settings(), Set.of())) {
            assertThat(sessionOf(server, TOKEN, "a\n")).isEqualTo("OK 0");
            shown.add(sessionOf(server, WRONG, "b\n"));
            assertThat(shown.get(0)).startsWith("ERR 0 unauthorized ");
            assertThat(post(server, TOKEN, "c\n").statusCode()).isEqualTo(200);
            HttpResponse<String> refused = post(server, WRONG, "d\n");
            assertThat(refused.statusCode()).isEqualTo(401);
            shown.add(refused.headers() + refused.body());
            await(
                    server,
                    now -> now.journal().backlogBytes() == 0
                            && now.sources().get("lines").records() == 1
                            && now.sources().get("in").records() == 1);

            String delivered = "";
            while (!delivered.contains("\"stream\":\"edge-7/s\"")
                    || !delivered.contains("\"stream\":\"key: edge-7 k\"")) {
                delivered += receiver.next().body();
            }
            shown.add(delivered);
            shown.add(get(server, "/status"));
            assertThat(shown.get(3)).contains("\"unauthorized\" : 1", "\"byName\"", "\"edge-7\"");
            shown.add(get(server, "/metrics"));
            assertThat(shown.get(4))
                    .contains(
                            "decant_source_unauthorized_total{source=\"lines\"} 1.0",
                            "decant_source_user_records_total{source=\"lines\",user=\"edge-7\"} 1.0",
                            "decant_source_user_records_total{source=\"lines\",user=\"edge-8\"} 0.0");
            assertThat(users(server, "in").byName().get("edge-7").records()).isEqualTo(1);
        }
        log.list.forEach(line -> shown.add(line.getFormattedMessage() + line.getThrowableProxy()));
        assertThat(shown).anySatisfy(line -> assertThat(line).contains("unauthorized, 1 so far"));
        try (Stream<Path> files = Files.walk(temp.resolve("data"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                shown.add(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
            }
        }
        // Not by an assertion about the texts, which would copy all of them.
        assertThat(shown.stream()
                        .filter(text -> text.contains("sesame"))
                        .map(text -> text.substring(0, Math.min(100, text.length()))))
                .isEmpty();
    }
}
