package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The server as a process whose clients, pipes and limits leave it little: others are served all the same, and it ends
 * when asked.
 */
@Tag("alone") // It compares latencies.
class ScarceResourcesIT {

    private static final int RECORDS = 1_000;
    /**
     * 25 MiB/s of lines that are never finished. At four times as many the processors, which the presser, the others
     * and the server share, are what others wait for.
     */
    private static final int STEPS_BETWEEN_LINES = 4;

    private static final long PATIENCE_MILLIS = 60_000;

    @TempDir
    Path folder;

    private Receiver receiver;

    @BeforeEach
    void open() throws IOException {
        receiver = new Receiver(new Random(1), 0);
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    /** They ask for metrics for longer than it took to run out of memory. */
    @Test
    void shouldServeOthersWhileAdminClientsPipelineAndNeverRead() throws Exception {
        try (PressedServer server = PressedServer.start(folder, receiver.url(), "exec \"$@\" 2>log.txt");
                RoundTrips others = new RoundTrips(server);
                AdminFlood flood = new AdminFlood(server)) {
            others.assertAsUsualUnder(flood);
            int batches = 0;
            flood.begin();
            try (Presser presser = new Presser(flood)) {
                long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
                while (System.nanoTime() - until < 0) {
                    presser.check();
                    assertThat(server.send(RECORDS)).isEqualTo("OK " + RECORDS);
                    batches++;
                    assertThat(server.get("/healthz")).startsWith("HTTP/1.1 200 ");
                    assertThat(server.get("/readyz")).startsWith("HTTP/1.1 200 ");
                    long felt = flood.felt();
                    others.pressed(() -> flood.felt() > felt);
                }
            }
            others.assertAsUsual();
            assertThat(flood.sentBytes()).isGreaterThan(1_000_000);
            receiver.awaitRecords(batches * RECORDS + others.records(), PATIENCE_MILLIS);
            assertThat(server.stop()).isZero();
            assertThat(PressedServer.log(folder.resolve("log.txt"))).doesNotContain("ERROR", "Exception");
        }
    }

    /** Of these pipes nobody reads but between two floods. */
    @ParameterizedTest
    @CsvSource({"exec \"$@\", text", "exec \"$@\" 2>&1, json", "exec \"$@\" 1>&2, text"})
    void shouldServeAndEndThoughNobodyReadsWhatItSays(String shell, String format) throws Exception {
        try (PressedServer server =
                        PressedServer.start(folder, receiver.url(), shell, "--verbose", "--log-format", format);
                RoundTrips others = new RoundTrips(server)) {
            LogFlood flood = new LogFlood(server);
            others.assertAsUsualUnder(flood);
            flood.begin();
            assertThat(server.send(RECORDS)).isEqualTo("OK " + RECORDS);
            assertThat(server.get("/healthz")).startsWith("HTTP/1.1 200 ");
            receiver.awaitRecords(RECORDS + others.records(), PATIENCE_MILLIS);
            long asked = System.nanoTime();
            assertThat(server.stop()).isZero();
            assertThat(System.nanoTime() - asked).isLessThan(TimeUnit.SECONDS.toNanos(15));
        }
    }

    @Test
    void shouldSayHowManyLinesWereDroppedOnceSomebodyReads() throws Exception {
        try (PressedServer server = PressedServer.start(folder, receiver.url(), "exec \"$@\"", "--verbose")) {
            LogFlood flood = new LogFlood(server);
            flood.begin();
            double dropped = flood.felt();
            BufferedReader err = new BufferedReader(
                    new InputStreamReader(server.process().getErrorStream(), StandardCharsets.UTF_8));
            Matcher notice =
                    Pattern.compile(" WARN .* (\\d+) log lines were dropped").matcher("");
            for (String line = err.readLine();
                    line != null && !notice.reset(line).find(); ) {
                line = err.readLine();
            }
            assertThat(Double.parseDouble(notice.group(1)))
                    .isBetween(dropped, server.metrics().get("decant_log_lines_dropped_total"));
        }
    }

    /** More clients than there is room for. */
    @ParameterizedTest
    @CsvSource({"260, 200", "1024, 1000"})
    void shouldKeepFileDescriptorsForJournalAndSinks(int limit, int clients) throws Exception {
        try (PressedServer server =
                        PressedServer.start(folder, receiver.url(), "ulimit -n " + limit + "; exec \"$@\" 2>log.txt");
                RoundTrips others = new RoundTrips(server);
                RefusedClients refused = new RefusedClients(server, clients)) {
            assertThat(PressedServer.log(folder.resolve("log.txt")))
                    .containsPattern("max-connections is lowered from 10000 to \\d+, since this process may open only "
                            + limit + " files");
            others.assertAsUsualUnder(refused);
            refused.begin();
            assertThat(server.metrics())
                    .containsEntry("process_max_fds", (double) limit)
                    .hasEntrySatisfying(
                            "process_open_fds", open -> assertThat(open).isBetween(10.0, limit - 10.0));
            assertThat(PressedServer.send(refused.first(), RECORDS)).isEqualTo("OK " + RECORDS);
            receiver.awaitRecords(RECORDS + others.records(), PATIENCE_MILLIS);
            assertThat(server.get("/healthz")).startsWith("HTTP/1.1 200 ");
            refused.end();
            assertThat(server.stop()).isZero();
            assertThat(PressedServer.log(folder.resolve("log.txt"))).doesNotContain("Too many open files", "ERROR");
        }
    }

    /** What RE2 matches in time that is linear in the record took Java's engine 5 ms. */
    @Test
    void shouldServeOthersWhileAnExpressionIsCostly() throws Exception {
        String key = "regex:" + CostlyRecords.EXPRESSION;
        try (PressedServer server = PressedServer.start(
                        folder, receiver.url(), "exec \"$@\" 2>log.txt", "--set", "bucket.key=" + key);
                RoundTrips others = new RoundTrips(server)) {
            CostlyRecords costly = new CostlyRecords(server, receiver);
            others.assertAsUsualUnder(costly);
            int records = 20_000;
            try (Socket socket = server.connect()) {
                socket.getOutputStream()
                        .write(CostlyRecords.RECORD.repeat(records).getBytes(StandardCharsets.US_ASCII));
                receiver.awaitRecords(records + costly.records() + others.records(), PATIENCE_MILLIS);
            }
            long asked = System.nanoTime();
            assertThat(server.stop()).isZero();
            assertThat(System.nanoTime() - asked).isLessThan(TimeUnit.SECONDS.toNanos(15));
        }
    }

    @Test
    void shouldServeOthersWhileUnfinishedLinesHoldAllThereIs() throws Exception {
        try (PressedServer server = PressedServer.start(folder, receiver.url(), "exec \"$@\" 2>log.txt");
                RoundTrips others = new RoundTrips(server, RoundTrips.Sampling.OF_TIME, "in two writes, ");
                UnfinishedLines lines = new UnfinishedLines(server, 0)) {
            others.assertAsUsualUnder(lines);
            lines.begin();
            // Its line is there in part while it is looked for, so it came in two reads.
            try (Socket twoReads = server.connect()) {
                twoReads.getOutputStream().write("of two ".getBytes(StandardCharsets.US_ASCII));
                server.awaitUnfinished((UnfinishedLines.LINES_MAX - 1L) * UnfinishedLines.LINE_BYTES + 7);
                assertThat(PressedServer.send(twoReads, 1)).isEqualTo("OK 1");
            }
            lines.takeAnswer();
            lines.goOn();
            server.awaitUnfinished(UnfinishedLines.LINES_MAX * (long) UnfinishedLines.LINE_BYTES);
            assertThat(server.send(RECORDS)).isEqualTo("OK " + RECORDS);
            assertThat(server.get("/readyz")).startsWith("HTTP/1.1 200 ");
            receiver.awaitRecords(1 + RECORDS + others.records(), PATIENCE_MILLIS);
            lines.end();
            assertThat(server.stop()).isZero();
            assertThat(PressedServer.log(folder.resolve("log.txt"))).doesNotContain("ERROR", "Exception");
        }
    }

    /** Many more than fit, again and again. */
    @Test
    void shouldServeOthersWhileUnfinishedLinesAreBegunAnewAllTheTime() throws Exception {
        try (PressedServer server = PressedServer.start(folder, receiver.url(), "exec \"$@\" 2>log.txt");
                RoundTrips others = new RoundTrips(server, RoundTrips.Sampling.OF_TIME, "in two writes, ");
                UnfinishedLines lines = new UnfinishedLines(server, STEPS_BETWEEN_LINES)) {
            others.assertAsUsualUnder(lines);
            Socket slow = server.connect();
            slow.getOutputStream().write("y".repeat(8 << 10).getBytes(StandardCharsets.US_ASCII));
            server.awaitUnfinished(8 << 10);
            // As fast as it can.
            while (lines.felt() < 500) {
                lines.goOn();
            }
            assertThat(server.unfinishedBytes()).isLessThanOrEqualTo(64L << 20);
            slow.getOutputStream().write("y".repeat(8 << 10).getBytes(StandardCharsets.US_ASCII));
            assertThat(PressedServer.send(slow, 1)).isEqualTo("OK 1");
            receiver.awaitRecords(1 + others.records(), PATIENCE_MILLIS);
            lines.end();
            assertThat(server.stop()).isZero();
            assertThat(PressedServer.log(folder.resolve("log.txt"))).doesNotContain("ERROR", "Exception");
        }
    }

    @Test
    void shouldRefuseHttpRequestsAndLinesThatDoNotFinish() throws Exception {
        try (PressedServer server = PressedServer.start(
                folder, receiver.url(), "exec \"$@\" 2>log.txt", "--set", "sources.lines.line-timeout=300ms")) {
            assertThat(server.answer("127.0.0.1", "POST / HTTP/1.1\r\nHost: x\r\n\r\nrecord\n"))
                    .startsWith("ERR 0 bad-protocol ");
            assertThat(server.answer("127.0.0.1", "one\nunfinished")).startsWith("OK 1\nERR 1 line-timeout ");
            receiver.awaitRecords(1, PATIENCE_MILLIS);
            assertThat(server.stop()).isZero();
            assertThat(receiver.records()).isEqualTo(1);
        }
    }

    @Test
    void shouldKeepSessionsForOthersThanTheOneThatOpensThemAll() throws Exception {
        try (PressedServer server = PressedServer.start(
                folder,
                receiver.url(),
                "exec \"$@\" 2>log.txt",
                "--set",
                "sources.lines.session=required",
                "--set",
                "sources.lines.idle-timeout=100ms",
                "--set",
                "sources.lines.sessions-per-address=20")) {
            for (int i = 0; i < 20; i++) {
                assertThat(server.answer("127.0.0.1", "SESSION id" + i + "\nrecord\n"))
                        .isEqualTo("OK 0\nOK 1");
            }
            assertThat(server.answer("127.0.0.1", "SESSION id20\nrecord\n")).startsWith("ERR 0 busy ");
            assertThat(server.answer("127.0.0.2", "SESSION id20\nrecord\n")).isEqualTo("OK 0\nOK 1");
            assertThat(server.answer("127.0.0.1", "SESSION id3\n")).isEqualTo("OK 1");
            assertThat(server.stop()).isZero();
        }
    }
}
