package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A console sink beside an http sink in a real process: what comes out, and what nobody reads. */
class ConsoleIT {

    private static final String LINES = "sinks.screen={type: console, format: lines, limit: 0}";
    /** More than a pipe holds, as lines. */
    private static final int RECORDS = 20_000;

    private static final int PATIENCE_MILLIS = 60_000;

    @TempDir
    Path folder;

    private Receiver receiver;

    @BeforeEach
    void open() throws Exception {
        receiver = new Receiver(new Random(1), 0);
    }

    @AfterEach
    void close() {
        receiver.close();
    }

    private PressedServer start(String shell, String... options) throws Exception {
        return PressedServer.start(folder, receiver.url(), shell, options);
    }

    private String log() throws Exception {
        return Files.readString(folder.resolve("log.txt"));
    }

    private void awaitLog(String text) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (!log().contains(text)) {
            assertThat(System.nanoTime() - deadline < 0).as(log()).isTrue();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    /** The log goes to standard error. */
    @Test
    void shouldPrintBatchesAndNothingElse() throws Exception {
        try (PressedServer server = start(
                "exec \"$@\" >out.txt 2>log.txt",
                "--set",
                "sinks.screen={type: console}",
                "--set",
                "sinks.words={type: console, format: counts}")) {
            assertThat(server.send(3)).isEqualTo("OK 3");
            assertThat(server.stop()).isZero();
        }
        String table = "batch 1   2\\S+Z   3 records   1 bucket\n  bucket 0   3   record 0, record 1, record 2\n";
        String counts = "Time: 2\\S+Z\n\\(record 0,1\\)\n\\(record 1,1\\)\n\\(record 2,1\\)\n";
        assertThat(Files.readString(folder.resolve("out.txt"))).matches(table + counts + "|" + counts + table);
        assertThat(log()).contains("RUNNING").doesNotContain("ERROR");
    }

    @Test
    void shouldDeliverElsewhereWhereStandardOutputIsClosed() throws Exception {
        try (PressedServer server = start("exec \"$@\" 2>log.txt", "--set", LINES)) {
            server.process().getInputStream().close();
            for (int batch = 1; batch <= 3; batch++) {
                assertThat(server.send(RECORDS)).isEqualTo("OK " + RECORDS);
                receiver.awaitRecords(batch * RECORDS, PATIENCE_MILLIS);
            }
            awaitLog("sink screen: cannot write to standard output: ");
            server.await("backlogBytes", 0);
            assertThat(server.stop()).isZero();
        }
        assertThat(log().split("cannot write to standard output", -1)).hasSize(2);
        assertThat(log()).doesNotContain("ERROR");
    }

    /** Whatever the JVM has open in its place is not written to. */
    @Test
    void shouldServeWhereThereIsNoStandardOutputFromTheStart() throws Exception {
        try (PressedServer server = start("exec \"$@\" 2>log.txt >&-", "--set", LINES)) {
            assertThat(server.send(RECORDS)).isEqualTo("OK " + RECORDS);
            receiver.awaitRecords(RECORDS, PATIENCE_MILLIS);
            awaitLog("sink screen: cannot write to standard output: ");
            server.await("backlogBytes", 0);
            assertThat(server.stop()).isZero();
        }
    }

    @Test
    void shouldFailAloneWhileNobodyReads() throws Exception {
        try (PressedServer server = start("exec \"$@\" 2>log.txt", "--set", LINES)) {
            for (int batch = 1; batch <= 3; batch++) {
                assertThat(server.send(RECORDS)).isEqualTo("OK " + RECORDS);
                receiver.awaitRecords(batch * RECORDS, PATIENCE_MILLIS);
            }
            awaitLog("sink screen: FAILING: standard output is blocked");
            // The journal is not kept for it.
            server.await("backlogBytes", 0);
            assertThat(server.get("/status")).contains("\"failing\"", "standard output is blocked");
            assertThat(server.get("/readyz")).startsWith("HTTP/1.1 200 ");

            BufferedReader out = new BufferedReader(
                    new InputStreamReader(server.process().getInputStream(), StandardCharsets.UTF_8));
            assertThat(out.readLine()).isEqualTo("record 0");
            while (!log().contains("standard output is writable again")) {
                assertThat(out.readLine()).isNotNull();
            }
            assertThat(server.stop()).isZero();
        }
    }
}
