package io.decant.ingest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.SettingsLoader;
import io.decant.ingest.receiver.TestReceiver;
import io.decant.ingest.server.Server;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A running server, as {@code decant top} shows it. */
@Timeout(120)
class TopCommandTest {

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

    @TempDir
    Path folder;

    private TestReceiver receiver;
    private Path settings;

    @BeforeEach
    void prepare() throws IOException {
        receiver = new TestReceiver(1, request -> 200);
        settings = Files.writeString(folder.resolve("decant.yaml"), """
                name: edge-1
                data-dir: ./data
                sources: {lines: {type: tcp, address: "127.0.0.1:0"}}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 50ms}
                sinks: {api: {type: http, url: "%s"}}
                admin: {address: "127.0.0.1:0"}
                """.formatted(receiver.url()));
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    private Server start(String... sets) {
        return Server.start(SettingsLoader.load(settings, List.of(sets), Map.of()), Set.of());
    }

    private record Ended(int status, String out, String err) {}

    private static Ended top(String... arguments) {
        List<String> all = new ArrayList<>(List.of("top", "--once"));
        all.addAll(List.of(arguments));
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        int status = Main.execute(all.toArray(new String[0]), new PrintWriter(out), new PrintWriter(err), Map.of());
        return new Ended(status, out.toString(), err.toString());
    }

    private static void send(Server server) throws IOException {
        String[] address = server.status().sources().get("lines").address().split(":", 2);
        try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
            socket.getOutputStream().write("apple\npear\napple\n".getBytes(StandardCharsets.US_ASCII));
            socket.shutdownOutput();
            assertThat(socket.getInputStream().readAllBytes()).asString().endsWith("OK 3\n");
        }
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        while (server.status().sinks().get("api").records() < 3) {
            assertThat(System.nanoTime() - deadline).as("it is delivered").isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
        }
    }

    @Test
    void shouldShowTheServerOfTheSettings() throws Exception {
        try (Server server = start()) {
            send(server);

            Ended ended = top("-c", settings.toString());

            assertThat(ended.status()).as(ended.err()).isZero();
            assertThat(ended.err()).isEmpty();
            assertThat(ended.out().lines())
                    .anyMatch(line -> line.startsWith("decant ") && line.contains("  edge-1  running for "))
                    .anyMatch(Pattern.compile("lines +listening +\\S+ +3 +0 +-").asMatchPredicate())
                    .anyMatch(Pattern.compile("api +\\S+ +\\S+ +3 +0\\.0 s +0 +0 +0")
                            .asMatchPredicate())
                    .anyMatch(line -> line.equals("hottest    apple: 2 of 3 records of batch 1"));
            assertThat(ended.out()).doesNotContain("\u001b");
        }
    }

    @Test
    void shouldShowTheServerAtAUrlToItsUsers() throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "readers-token\n");
        try (Server server = start("admin.users={dashboard: {token: readers-token, may: read}}")) {
            String url = "http://" + server.adminAddress();

            assertThat(top("--url", url + "/", "--token-file", token.toString()).out())
                    .contains("  edge-1  running for ");
            assertThat(top("-c", settings.toString()).out()).contains("  edge-1  running for ");
            Ended nobody = top("--url", url);
            assertThat(nobody.status()).isEqualTo(ExitStatus.FAILED);
            assertThat(nobody.err()).contains("--token-file");
        }
    }

    @Test
    void shouldFailWhereNoServerRuns() {
        Ended ended = top("-c", settings.toString());

        assertThat(ended.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(ended.err()).contains("no server runs on " + folder.resolve("data"));
        assertThat(ended.out()).isEmpty();
    }

    @Test
    void shouldFailWhereSomethingElseAnswers() {
        Ended ended = top("--url", receiver.url());

        assertThat(ended.status()).isEqualTo(ExitStatus.FAILED);
        assertThat(ended.err().lines()).singleElement().asString().startsWith("decant: ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"nonsense", "ftp://127.0.0.1:1", "http:/x", "127.0.0.1:8080"})
    void shouldWantAUrlThatCanBeAsked(String url) {
        Ended ended = top("--url", url);

        assertThat(ended.status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(ended.err()).contains("--url");
    }

    @Test
    void shouldWantEitherSettingsOrAUrl() {
        assertThat(top().status()).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(top("-c", settings.toString(), "--url", "http://127.0.0.1:1").status())
                .isEqualTo(ExitStatus.WRONG_USAGE);
    }
}
