package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.cli.ExitStatus;
import io.decant.ingest.cli.Main;
import io.decant.ingest.deadletter.FileDeadLetterStore;
import io.decant.ingest.receiver.ReceivedRequest;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code decant dlq replay} beside a whole server and without one, on real sockets and files. */
class LetterReplayServerTest {
    private static final int REFUSED = 422;
    private static final int OUTAGE = 503;
    private static final int WELL = 200;

    @TempDir
    Path temp;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private String format = "lines";
    private String bucket = "{key: \"csv:1\"}";
    private Receiver api;
    private Receiver archive;

    @BeforeEach
    void open() throws IOException {
        api = new Receiver();
        archive = new Receiver();
        api.answer(REFUSED);
    }

    @AfterEach
    void close() {
        api.close();
        archive.close();
    }

    @Test
    void shouldSendAgainThroughTheServerOnlyToTheSinkThatRefused() throws Exception {
        try (Server server = Server.start(settings(), Set.of())) {
            refuse(server, "k,1\nk,2\nx,1\n", 3);
            api.answer(WELL);
            assertThat(replay()).as(err.toString()).isEqualTo(ExitStatus.DONE);
            assertThat(out.toString()).contains("3 records are sent again: 3 to api, in 1 batch");
            ReceivedRequest first = api.next();
            ReceivedRequest second = api.next();
            assertThat(first.body()).isEqualTo("k,1\nx,1\n");
            assertThat(second.body()).isEqualTo("k,2\n");
            assertThat(first.header("idempotency-key"))
                    .isEqualTo("\"edge-1-" + server.status().journal().id() + "-api-2-0-0-2\"");
            await(server, now -> now.journal().backlogBytes() == 0);
            assertThat(server.status().deadLetters().letters()).isZero();
            assertThat(server.status().sinks().get("archive").records()).isEqualTo(3);
            assertThat(files()).isEmpty();
        }
        assertThat(temp.resolve("data/admin.address")).doesNotExist();
    }

    /** A line has no key of the settings: it goes out all the same, and is not counted again. */
    @Test
    void shouldSendLinesOfCountsAsTheyAre() throws Exception {
        format = "counts";
        bucket = "{key: \"json:/id\", missing-key: dlq}";
        List<String> lines = List.of("{\"key\":\"a\",\"count\":2}", "{\"key\":\"b\",\"count\":1}");
        try (Server server = Server.start(settings(), Set.of())) {
            refuse(server, "{\"id\":\"a\"}\n{\"id\":\"b\"}\n{\"id\":\"\\u0061\"}\n", 2);
            api.answer(WELL);
            assertThat(replay()).as(err.toString()).isEqualTo(ExitStatus.DONE);

            ReceivedRequest again = api.next();
            assertThat(again.body()).isEqualTo(lines.get(0) + "\n" + lines.get(1) + "\n");
            assertThat(again.header("content-type")).isEqualTo("application/x-ndjson");
            await(server, now -> now.journal().backlogBytes() == 0);
            assertThat(server.status().deadLetters().letters()).isZero();
        }
    }

    @Test
    void shouldSendAgainByItselfWhereNoServerRuns() throws Exception {
        try (Server server = Server.start(settings(), Set.of())) {
            refuse(server, "k,1\nk,2\nx,1\n", 3);
        }
        api.answer(WELL);
        assertThat(replay()).as(err.toString()).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).contains("3 records are sent again: 3 to api, in 1 batch");
        assertThat(api.next().body()).isEqualTo("k,1\nx,1\n");
        assertThat(api.next().body()).isEqualTo("k,2\n");
        assertThat(files()).isEmpty();
        out.getBuffer().setLength(0);
        assertThat(replay()).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).startsWith("no dead letters under ");
    }

    @Test
    void shouldSayWhatWaitsWhereTheSinkIsAwayAndLeaveItToTheNextServer() throws Exception {
        try (Server server = Server.start(settings(), Set.of())) {
            refuse(server, "a,1\n", 1);
        }
        api.answer(OUTAGE);
        assertThat(replay()).isEqualTo(ExitStatus.FAILED);
        assertThat(err.toString()).contains("not everything could be delivered", "'decant run'", "sink api: ", "503");
        assertThat(files()).isEmpty();
        api.answer(WELL);
        try (Server server = Server.start(settings(), Set.of())) {
            assertThat(api.next().body()).isEqualTo("a,1\n");
            await(server, now -> now.journal().backlogBytes() == 0);
        }
        assertThat(api.isEmpty()).isTrue();
    }

    @Test
    void shouldKeepWhatIsRefusedOnceMore() throws Exception {
        try (Server server = Server.start(settings(), Set.of())) {
            refuse(server, "a,1\n", 1);
            assertThat(replay()).isEqualTo(ExitStatus.DONE);
            await(
                    server,
                    now -> now.deadLetters().letters() == 1 && now.journal().backlogBytes() == 0);
            assertThat(server.status().sinks().get("api").deadLetters()).containsEntry("refused", 2L);
        }
    }

    @Test
    void shouldMakeRoomWhereDeadLettersHaveReachedTheirBound() throws Exception {
        String large = "x".repeat(60_000);
        try (Server server = Server.start(settings(), Set.of())) {
            refuse(server, large + ",1\n" + large + ",2\n", 2);
            StringBuilder more = new StringBuilder();
            for (int i = 0; i < 30; i++) {
                more.append(large).append(i).append(",1\n");
            }
            LineClient.sendAll(address(server), more.toString());
            await(server, now -> now.pressure().equals("dead-letters"));
            api.answer(WELL);
            // Takes what is marked by then, and what found no room before may fill the bound again: asked as often as
            // it needs.
            await(server, now -> {
                if (now.pressure().equals("dead-letters")) {
                    replayUnlessAllAreOfABatchUnderWay();
                }
                return now.pressure().equals("none") && now.journal().backlogBytes() == 0;
            });
            assertThat(out.toString()).contains("to api, in ");
            assertThat(replay()).as(err.toString()).isEqualTo(ExitStatus.DONE);
            await(
                    server,
                    now -> now.deadLetters().letters() == 0 && now.journal().backlogBytes() == 0);
            assertThat(server.status().sinks().get("api").records()).isEqualTo(2 + 30);
            assertThat(server.status().notReady()).isEmpty();
        }
    }

    @Test
    void shouldHaveNothingToDoWhereThereWasNeverALetter() throws Exception {
        assertThat(replay()).isEqualTo(ExitStatus.DONE);
        assertThat(out.toString()).startsWith("no dead letters under ");
        assertThat(temp.resolve("data")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "--reason,nope,refused",
        "--sink,nope,'api, archive'",
        "--batch,x,--batch",
        "--since,soon,2026-11-21",
        "--frobnicate,1,--frobnicate"
    })
    void shouldRefuseWhatMeansNothing(String option, String value, String expected) throws Exception {
        assertThat(replay(option, value)).isEqualTo(ExitStatus.WRONG_USAGE);
        assertThat(err.toString()).contains(expected);
    }

    @Test
    void shouldSayWhereItCannotFindTheServerThatRuns() throws Exception {
        try (Server server = Server.start(settings(), Set.of())) {
            refuse(server, "a,1\n", 1);
            Files.delete(temp.resolve("data/admin.address"));
            assertThat(replay()).isEqualTo(ExitStatus.FAILED);
            assertThat(err.toString()).contains("a server uses " + settings().dataDir(), "admin address");
            assertThat(server.status().deadLetters().letters()).isEqualTo(1);
        }
    }

    /** Has the server take these records, and sees them refused by one sink and delivered by the other. */
    private void refuse(Server server, String lines, int letters) throws IOException {
        LineClient.sendAll(address(server), lines);
        await(
                server,
                now -> now.deadLetters().letters() == letters && now.journal().backlogBytes() == 0);
        while (!archive.isEmpty()) {
            takeOne(archive);
        }
    }

    private static void takeOne(Receiver receiver) {
        try {
            receiver.next();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** It may fail for one reason alone: it took nothing, for their batch is not through. */
    private void replayUnlessAllAreOfABatchUnderWay() {
        int outBefore = out.toString().length();
        int errBefore = err.toString().length();
        if (replay() != ExitStatus.DONE) {
            assertThat(out.toString().substring(outBefore))
                    .contains("no dead letters to send again", "retry when the batch is delivered");
            assertThat(err.toString().substring(errBefore)).contains("dead letters have reached dlq.max-size");
        }
    }

    private int replay(String... options) {
        Path file = temp.resolve("decant.yaml");
        try {
            Files.writeString(file, yaml());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        List<String> args = new ArrayList<>(List.of("dlq", "replay", "-c", file.toString()));
        args.addAll(List.of(options));
        return Main.execute(
                args.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true), Map.of());
    }

    private Set<String> files() throws IOException {
        return new FileDeadLetterStore(temp.resolve("data")).sizes().keySet();
    }

    /** One request at a time, or halves of a part would be refused, and written, in any order. */
    private String yaml() {
        return """
                name: edge-1
                data-dir: data
                shutdown-timeout: 2s
                sources: {logs: {type: tcp, address: "127.0.0.1:0", max-record: 64KiB}}
                journal: {segment-size: 8MiB, min-free: 1MiB, max-backlog: 16MiB}
                batch: {interval: 100ms}
                bucket: %s
                dlq: {max-size: 1MiB}
                sinks:
                  api: {type: http, url: "%s", format: %s, retry-max-delay: 50ms, concurrency: 1}
                  archive: {type: http, url: "%s", retry-max-delay: 50ms}
                admin: {address: "127.0.0.1:0"}
                """.formatted(bucket, api.url(), format, archive.url());
    }

    private Settings settings() {
        return SettingsLoader.parse(yaml(), "test.yaml", temp, List.of(), Map.of());
    }

    private static String address(Server server) {
        return server.status().sources().get("logs").address();
    }
}
