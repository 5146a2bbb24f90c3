package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.journal.ChronicleSegmentStore;
import io.decant.ingest.journal.JournalException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A whole server whose disk or backlog is full, on real sockets; the long form, on real disks, is {@code disk-full.sh}
 * of load-test.
 */
class DiskFullTest {
    private static final String LINE = "x".repeat(99_990);
    /** More than the backlog, the queue and the socket's buffers take together. */
    private static final int LINES = 450;

    @TempDir
    Path temp;

    private final AtomicBoolean full = new AtomicBoolean();
    private Receiver receiver;

    @BeforeEach
    void open() throws IOException {
        receiver = new Receiver();
        receiver.answer(503);
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    @Test
    void shouldPauseSourcesAtTheBoundOfTheBacklogAndGoOnByItself() throws Exception {
        try (Server server = start();
                LineClient client = new LineClient(address(server))) {
            CompletableFuture<List<String>> answers = sendInBackground(client);
            await(server, now -> !now.notReady().isEmpty());
            assertThat(readyz(server)).startsWith("503 ").contains("journal.max-backlog");
            await(server, now -> now.sources().get("logs").paused());
            assertThat(answers).isNotDone();
            receiver.answer(200);
            assertThat(last(answers)).isEqualTo("OK " + LINES);
            await(server, now -> now.journal().backlogBytes() == 0);
            assertThat(readyz(server)).startsWith("200 ");
            assertThat(delivered()).isEqualTo(LINES);
        }
    }

    @Test
    void shouldDeliverAndMarkWhileTheDiskTakesNoFurtherSegment() throws Exception {
        try (Server server = start();
                LineClient client = new LineClient(address(server))) {
            full.set(true);
            CompletableFuture<List<String>> answers = sendInBackground(client);
            await(server, now -> !now.notReady().isEmpty());
            assertThat(readyz(server))
                    .startsWith("503 ")
                    .contains("no further journal segment can be created on the disk", "No space left on device");
            await(server, now -> now.journal().cut() == now.journal().appended());
            receiver.answer(200);
            ServerStatus marked = await(server, now -> now.journal().backlogBytes() == 0);
            assertThat(marked.notReady()).isNotEmpty();
            assertThat(marked.journal().delivered()).isPositive();
            assertThat(answers).isNotDone();
            full.set(false);
            assertThat(last(answers)).isEqualTo("OK " + LINES);
            await(server, now -> now.journal().backlogBytes() == 0);
            assertThat(delivered()).isEqualTo(LINES);
        }
    }

    @Test
    void shouldStartOnAFullDiskToDeliverWhatIsThere() throws Exception {
        try (Server server = start()) {
            LineClient.sendAll(address(server), "a\nb\na\n");
        }
        full.set(true);
        for (int again = 0; again < 3; again++) {
            try (Server server = start()) {
                await(server, now -> !now.notReady().isEmpty());
                await(server, now -> now.sinks().get("api").state().equals("retrying"));
            }
        }
        try (Server server = start()) {
            receiver.answer(200);
            assertThat(receiver.next().body()).isEqualTo("a\nb\n");
            assertThat(receiver.next().body()).isEqualTo("a\n");
            await(server, now -> now.journal().backlogBytes() == 0);
            assertThat(readyz(server))
                    .startsWith("503 ")
                    .contains("no further journal segment can be created on the disk");
            full.set(false);
            assertThat(LineClient.sendAll(address(server), "c\n").get(0)).isEqualTo("OK 1");
            assertThat(receiver.next().body()).isEqualTo("c\n");
        }
    }

    /** The marks that tell of splits free nothing; without them nothing would ever be freed. */
    @Test
    void shouldSplitWhatIsRefusedThoughTheDiskIsFull() throws Exception {
        try (Server server = start()) {
            LineClient.sendAll(address(server), "a\nb\nc\nd\n");
        }
        full.set(true);
        receiver.refuseBeyond(1);
        try (Server server = start()) {
            receiver.answer(200);
            Set<String> parts = new TreeSet<>();
            for (int i = 0; i < 4; i++) {
                parts.add(receiver.next().body());
            }
            assertThat(parts).containsExactly("a\n", "b\n", "c\n", "d\n");
            await(server, now -> now.journal().backlogBytes() == 0);
        }
    }

    @Test
    void shouldRefuseTheFirstStartWhereNoSegmentFits() {
        full.set(true);
        assertThatThrownBy(this::start)
                .isInstanceOf(JournalException.class)
                .hasMessageContainingAll("8MiB", temp.toString(), "No space left on device", "journal.segment-size");
    }

    private Server start() {
        return Server.start(
                settings(),
                Set.of(),
                Optional.empty(),
                (dataDir, size) ->
                        new BreakableStore(new ChronicleSegmentStore(dataDir, size), new AtomicBoolean(), full));
    }

    private Settings settings() {
        String yaml = """
                name: edge-1
                data-dir: data
                shutdown-timeout: 1ms
                sources: {logs: {type: tcp, address: "127.0.0.1:0"}}
                journal: {segment-size: 8MiB, min-free: 1MiB, max-backlog: 16MiB}
                batch: {interval: 100ms}
                sinks: {api: {type: http, url: "%s", retry-max-delay: 50ms}}
                admin: {address: "127.0.0.1:0"}
                """.formatted(receiver.url());
        return SettingsLoader.parse(yaml, "test.yaml", temp, List.of(), Map.of());
    }

    private static String address(Server server) {
        return server.status().sources().get("logs").address();
    }

    /** All answers, once everything could be sent. */
    private static CompletableFuture<List<String>> sendInBackground(LineClient client) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                for (int i = 0; i < LINES; i++) {
                    client.send(i + LINE + "\n");
                }
                return client.end();
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    private static String last(CompletableFuture<List<String>> answers) throws Exception {
        List<String> all = answers.get(60, TimeUnit.SECONDS);
        return all.get(all.size() - 1);
    }

    private long delivered() {
        long records = 0;
        while (!receiver.isEmpty()) {
            try {
                records += receiver.next().body().lines().count();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
        return records;
    }

    /** Status and text. */
    private static String readyz(Server server) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://" + server.adminAddress() + "/readyz"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        return answer.statusCode() + " " + answer.body();
    }
}
