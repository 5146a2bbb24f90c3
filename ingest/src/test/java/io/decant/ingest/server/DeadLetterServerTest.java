package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.ReplayQuery;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.batch.Failing;
import io.decant.ingest.deadletter.BreakableLetterStore;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterReader;
import io.decant.ingest.deadletter.DeadLetterStore;
import io.decant.ingest.deadletter.FileDeadLetterStore;
import io.decant.ingest.deadletter.LetterLine;
import io.decant.ingest.journal.ChronicleSegmentStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A whole server whose receiver refuses everything for good, on real sockets and files. */
class DeadLetterServerTest {

    @TempDir
    Path temp;

    private Receiver receiver;

    @BeforeEach
    void open() throws IOException {
        receiver = new Receiver();
        receiver.answer(422);
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    @Test
    void shouldKeepWhatIsRefusedAndGoOn() throws Exception {
        try (Server server = Server.start(settings(), Set.of())) {
            LineClient.sendAll(address(server), "a\nb\na\n");
            ServerStatus now = await(
                    server,
                    status -> status.deadLetters().letters() == 3
                            && status.journal().backlogBytes() == 0);
            assertThat(now.sinks().get("api").deadLetters()).containsEntry("refused", 3L);
            assertThat(now.deadLetters().bytes()).isPositive();
            assertThat(records()).containsExactly("a", "b", "a");
            receiver.answer(200);
            LineClient.sendAll(address(server), "c\n");
            assertThat(receiver.next().body()).isEqualTo("c\n");
        }
        try (Server server = Server.start(settings(), Set.of())) {
            await(server, status -> status.deadLetters().letters() == 3);
            assertThat(records()).containsExactly("a", "b", "a");
        }
    }

    @Test
    void shouldPauseSourcesAtTheBoundAndGoOnByItself() throws Exception {
        int lines = 30;
        try (Server server = Server.start(settings(), Set.of())) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < lines; i++) {
                all.append(i).append("x".repeat(60_000)).append('\n');
            }
            assertThat(LineClient.sendAll(address(server), all.toString())).endsWith("OK " + lines);
            ServerStatus full = await(server, status -> status.pressure().equals("dead-letters"));
            assertThat(full.notReady()).singleElement().asString().contains("dlq.max-size", "decant dlq");
            assertThat(full.deadLetters().bytes())
                    .isLessThanOrEqualTo(full.deadLetters().maxBytes());
            long before = records().size();
            assertThat(before).isPositive().isLessThan(lines);
            removeAll();
            await(
                    server,
                    status -> status.notReady().isEmpty() && status.journal().backlogBytes() == 0);
            assertThat(before + records().size()).isEqualTo(lines);
        }
    }

    @Test
    void shouldWaitWhileTheDiskTakesNoLetterAndStopLettersAloneWhenASyncFails() throws Exception {
        BreakableLetterStore store = new BreakableLetterStore(new FileDeadLetterStore(temp.resolve("data")));
        Server server = Server.start(settings(), Set.of(), Optional.empty(), ChronicleSegmentStore::new, store);
        try (server) {
            store.room = 10;
            LineClient.sendAll(address(server), "a\n");
            await(server, status -> status.deadLetters().trouble().contains("No space left on device"));
            assertThat(server.status().journal().backlogBytes()).isPositive();
            store.room = Integer.MAX_VALUE;
            await(server, status -> status.journal().backlogBytes() == 0);
            assertThat(records()).containsExactly("a");
            store.broken = true;
            LineClient.sendAll(address(server), "b\n");
            await(server, status -> status.deadLetters().trouble().contains("sync failed"));
            assertThat(LineClient.sendAll(address(server), "c\n")).endsWith("OK 1");
            assertThat(server.replay(new ReplayQuery(null, null, null, null)))
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableOfType(ExecutionException.class)
                    .withMessageContaining("sync failed");
            assertThat(server.status().state()).isEqualTo("running");
            assertThat(server.status().notReady()).isEmpty();
            assertThat(server.status().stalled()).isEmpty();
            assertThat(server.failure()).isNotDone();
        }
        try (Server again = Server.start(settings(), Set.of())) {
            await(again, status -> status.journal().backlogBytes() == 0);
            assertThat(records()).containsExactly("a", "b", "c");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void shouldStayUpWhateverTheStoreThrows(int call) throws Exception {
        Failing failing = new Failing(call, () -> new NoClassDefFoundError("missing"));
        DeadLetterStore sound = new FileDeadLetterStore(temp.resolve("data"));
        DeadLetterStore store = failing.of(DeadLetterStore.class, sound);
        try (Server server = Server.start(settings(), Set.of(), Optional.empty(), ChronicleSegmentStore::new, store)) {
            assertThat(LineClient.sendAll(address(server), "a\nb\n")).endsWith("OK 2");
            await(server, status -> failing.hasThrown() && status.journal().backlogBytes() == 0);
            assertThat(records()).containsExactly("a", "b");
            assertThat(server.status().state()).isEqualTo("running");
            await(server, status -> status.deadLetters().trouble().isEmpty());
        }
    }

    private void removeAll() throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(temp.resolve("data/dlq"))) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
    }

    private List<String> records() throws IOException {
        DeadLetterStore store = new FileDeadLetterStore(temp.resolve("data"));
        List<String> records = new ArrayList<>();
        try (DeadLetterReader reader = DeadLetterReader.ofDays(store)) {
            for (LetterLine line = reader.next(); line != null; line = reader.next()) {
                DeadLetter letter = line.filed().letter();
                assertThat(letter.status()).isEqualTo(422);
                records.add(new String(letter.record(), StandardCharsets.UTF_8));
            }
        }
        return records;
    }

    private Settings settings() {
        String yaml = """
                name: edge-1
                data-dir: data
                shutdown-timeout: 1ms
                sources: {logs: {type: tcp, address: "127.0.0.1:0", max-record: 64KiB}}
                journal: {segment-size: 8MiB, min-free: 1MiB, max-backlog: 16MiB}
                batch: {interval: 100ms}
                dlq: {max-size: 1MiB}
                sinks: {api: {type: http, url: "%s", retry-max-delay: 50ms, concurrency: 1}}
                admin: {address: "127.0.0.1:0"}
                """.formatted(receiver.url());
        return SettingsLoader.parse(yaml, "test.yaml", temp, List.of(), Map.of());
    }

    private static String address(Server server) {
        return server.status().sources().get("logs").address();
    }
}
