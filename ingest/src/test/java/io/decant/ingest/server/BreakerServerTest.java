package io.decant.ingest.server;

import static io.decant.ingest.server.Await.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.deadletter.DeadLetterReader;
import io.decant.ingest.deadletter.FileDeadLetterStore;
import io.decant.ingest.deadletter.LetterLine;
import io.decant.ingest.journal.JournalAudit;
import io.decant.ingest.journal.JournalReport;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.Piece;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A whole server before an endpoint that refuses everything, on real sockets and files, over restarts. */
class BreakerServerTest {

    private static final int REFUSED_IN_A_ROW = 20;

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
    void shouldLetNoMoreIntoTheDeadLettersHoweverOftenItIsRestarted() throws Exception {
        receiver.answer(422);
        try (Server server = Server.start(settings(), Set.of())) {
            // In two batches: the row goes on from one to the next, and over the first restart from there.
            LineClient.sendAll(address(server), lines(0, 7));
            await(
                    server,
                    status -> status.deadLetters().letters() == 7
                            && status.journal().backlogBytes() == 0);
        }
        try (Server server = Server.start(settings(), Set.of())) {
            LineClient.sendAll(address(server), lines(7, 100));
            awaitHeldBack(server);
        }
        for (int restart = 0; restart < 3; restart++) {
            try (Server server = Server.start(settings(), Set.of())) {
                awaitHeldBack(server);
            }
        }
        List<String> letters = letters();
        List<String> notPassed = notPassed();
        assertThat(letters)
                .hasSize(REFUSED_IN_A_ROW - 1)
                .containsAll(range(0, 7))
                .doesNotHaveDuplicates()
                .isSubsetOf(range(0, 100));

        // Before the start: the server sends at once, and one more refusal passes one more record.
        receiver.answer(200);
        try (Server server = Server.start(settings(), Set.of())) {
            await(
                    server,
                    status -> status.journal().backlogBytes() == 0
                            && status.sinks().get("api").state().equals("idle"));
        }
        List<String> delivered = new ArrayList<>();
        while (!receiver.isEmpty()) {
            delivered.addAll(receiver.next().body().lines().toList());
        }
        assertThat(letters()).isEqualTo(letters);
        // What was refused behind the last mark was sent again after the restart, and accepted.
        assertThat(delivered).containsExactlyInAnyOrderElementsOf(notPassed);
        List<String> without = range(0, 100);
        without.removeAll(letters);
        assertThat(delivered).containsAll(without);
    }

    /** What the last mark leaves: all records behind it, in order of sending, without the pieces that are passed. */
    private List<String> notPassed() {
        JournalReport journal = JournalAudit.of(temp.resolve("data"));
        Mark mark = journal.marks().get("api");
        long before = 100
                - journal.uncutRecords()
                - journal.batches().stream()
                        .filter(batch -> batch.number() > mark.batch())
                        .mapToLong(JournalReport.Batch::records)
                        .sum();
        assertThat(mark.bucket()).as("no key comes twice").isZero();
        List<String> left = range(Math.toIntExact(before + mark.first()), 100);
        long first = mark.first();
        for (Piece piece : mark.pieces()) {
            if (piece.passed()) {
                left.removeAll(range(Math.toIntExact(before + first), Math.toIntExact(before + piece.end())));
            }
            first = piece.end();
        }
        return left;
    }

    private static void awaitHeldBack(Server server) throws Exception {
        ServerStatus now = await(
                server,
                status ->
                        status.sinks().get("api").lastError().contains(REFUSED_IN_A_ROW + " records refused in a row"));
        assertThat(now.sinks().get("api").state()).isEqualTo("failing");
        assertThat(now.sinks().get("api").lastError()).contains("status 422");
        await(server, status -> status.deadLetters().letters() == REFUSED_IN_A_ROW - 1);
    }

    private static List<String> range(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "record-" + i).collect(Collectors.toCollection(ArrayList::new));
    }

    private static String lines(int from, int to) {
        return range(from, to).stream().map(record -> record + "\n").collect(Collectors.joining());
    }

    private List<String> letters() throws IOException {
        List<String> records = new ArrayList<>();
        try (DeadLetterReader reader = DeadLetterReader.ofDays(new FileDeadLetterStore(temp.resolve("data")))) {
            for (LetterLine line = reader.next(); line != null; line = reader.next()) {
                records.add(new String(line.filed().letter().record(), StandardCharsets.UTF_8));
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
                sinks: {api: {type: http, url: "%s", retry-max-delay: 50ms, concurrency: 1, refused-in-a-row: %d}}
                admin: {address: "127.0.0.1:0"}
                """.formatted(receiver.url(), REFUSED_IN_A_ROW);
        return SettingsLoader.parse(yaml, "test.yaml", temp, List.of(), Map.of());
    }

    private static String address(Server server) {
        return server.status().sources().get("logs").address();
    }
}
