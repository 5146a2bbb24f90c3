package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The server as a process whose clients, pipes and limits leave it little: others are served all the same, and it ends
 * when asked.
 */
class ScarceResourcesIT {

    private static final int RECORDS = 1_000;
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

    /**
     * 200 clients that ask for metrics again and again and read no answer, for longer than it took to run out of
     * memory.
     */
    @Test
    void shouldServeOthersWhileAdminClientsPipelineAndNeverRead() throws Exception {
        try (PressedServer server = PressedServer.start(folder, receiver.url(), "exec \"$@\" 2>log.txt");
                RoundTrips others = new RoundTrips(server)) {
            AtomicBoolean over = new AtomicBoolean();
            AtomicLong sent = new AtomicLong();
            CompletableFuture<Void> flood =
                    CompletableFuture.runAsync(() -> flood(server.adminPort(), 200, over, sent));
            long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(15);
            int batches = 0;
            while (System.nanoTime() - until < 0) {
                assertThat(server.send(RECORDS)).isEqualTo("OK " + RECORDS);
                batches++;
                assertThat(server.get("/healthz")).startsWith("HTTP/1.1 200 ");
                assertThat(server.get("/readyz")).startsWith("HTTP/1.1 200 ");
                others.assertAsUsual();
            }
            over.set(true);
            flood.join();
            assertThat(sent.get()).isGreaterThan(1_000_000);
            receiver.awaitRecords(batches * RECORDS + others.records(), PATIENCE_MILLIS);
            assertThat(server.stop()).isZero();
            assertThat(PressedServer.log(folder.resolve("log.txt"))).doesNotContain("ERROR", "Exception");
        }
    }

    /** Who is closed comes again. */
    private static void flood(int port, int clients, AtomicBoolean over, AtomicLong sent) {
        ByteBuffer requests = ByteBuffer.wrap(
                "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1_000).getBytes(StandardCharsets.US_ASCII));
        SocketChannel[] channels = new SocketChannel[clients];
        try {
            while (!over.get()) {
                for (int i = 0; i < clients; i++) {
                    try {
                        if (channels[i] == null) {
                            channels[i] =
                                    SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                            channels[i].configureBlocking(false);
                        }
                        sent.addAndGet(channels[i].write(requests.duplicate()));
                    } catch (IOException e) {
                        channels[i].close();
                        channels[i] = null;
                    }
                }
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
            for (SocketChannel channel : channels) {
                if (channel != null) {
                    channel.close();
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Of these pipes nobody reads, from the start. */
    @ParameterizedTest
    @CsvSource({"exec \"$@\", text", "exec \"$@\" 2>&1, json", "exec \"$@\" 1>&2, text"})
    void shouldServeAndEndThoughNobodyReadsWhatItSays(String shell, String format) throws Exception {
        try (PressedServer server =
                        PressedServer.start(folder, receiver.url(), shell, "--verbose", "--log-format", format);
                RoundTrips others = new RoundTrips(server)) {
            // A line each; more than the pipe and the queue take.
            double dropped = 0;
            for (int i = 0; i < 40_000 && dropped == 0; i++) {
                new Socket(InetAddress.getLoopbackAddress(), server.adminPort()).close();
                if (i % 1_000 == 999) {
                    dropped = server.metrics().get("decant_log_lines_dropped_total");
                }
            }
            assertThat(dropped).isPositive();
            assertThat(server.send(RECORDS)).isEqualTo("OK " + RECORDS);
            assertThat(server.get("/healthz")).startsWith("HTTP/1.1 200 ");
            others.assertAsUsual();
            receiver.awaitRecords(RECORDS + others.records(), PATIENCE_MILLIS);
            long asked = System.nanoTime();
            assertThat(server.stop()).isZero();
            assertThat(System.nanoTime() - asked).isLessThan(TimeUnit.SECONDS.toNanos(15));
        }
    }

    @Test
    void shouldSayHowManyLinesWereDroppedOnceSomebodyReads() throws Exception {
        try (PressedServer server = PressedServer.start(folder, receiver.url(), "exec \"$@\"", "--verbose")) {
            double dropped = 0;
            for (int i = 0; i < 40_000 && dropped == 0; i++) {
                new Socket(InetAddress.getLoopbackAddress(), server.adminPort()).close();
                if (i % 1_000 == 999) {
                    dropped = server.metrics().get("decant_log_lines_dropped_total");
                }
            }
            assertThat(dropped).isPositive();
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

    @ParameterizedTest
    @CsvSource({"260, 200", "4096, 1000"})
    void shouldKeepFileDescriptorsForJournalAndSinks(int limit, int clients) throws Exception {
        try (PressedServer server =
                        PressedServer.start(folder, receiver.url(), "ulimit -n " + limit + "; exec \"$@\" 2>log.txt");
                RoundTrips others = new RoundTrips(server)) {
            assertThat(PressedServer.log(folder.resolve("log.txt")))
                    .containsPattern("max-connections is lowered from 10000 to \\d+, since this process may open only "
                            + limit + " files");
            List<Socket> idle = new ArrayList<>();
            for (int i = 0; i < clients; i++) {
                idle.add(server.connect());
            }
            assertThat(server.metrics())
                    .containsEntry("process_max_fds", (double) limit)
                    .hasEntrySatisfying(
                            "process_open_fds", open -> assertThat(open).isBetween(10.0, limit - 10.0));
            assertThat(PressedServer.send(idle.get(0), RECORDS)).isEqualTo("OK " + RECORDS);
            others.assertAsUsual();
            receiver.awaitRecords(RECORDS + others.records(), PATIENCE_MILLIS);
            assertThat(server.get("/healthz")).startsWith("HTTP/1.1 200 ");
            for (Socket socket : idle) {
                socket.close();
            }
            assertThat(server.stop()).isZero();
            assertThat(PressedServer.log(folder.resolve("log.txt"))).doesNotContain("Too many open files", "ERROR");
        }
    }

    /** What RE2 matches in time that is linear in the record took Java's engine 5 ms. */
    @Test
    void shouldServeOthersWhileAnExpressionIsCostly() throws Exception {
        String key = "regex:(.*).*.*.*.*.*=x";
        try (PressedServer server = PressedServer.start(
                        folder, receiver.url(), "exec \"$@\" 2>log.txt", "--set", "bucket.key=" + key);
                RoundTrips others = new RoundTrips(server)) {
            int records = 20_000;
            String record = "x".repeat(75) + "\n";
            try (Socket socket = server.connect()) {
                socket.getOutputStream().write(record.repeat(records).getBytes(StandardCharsets.US_ASCII));
                others.assertAsUsual();
                receiver.awaitRecords(records + others.records(), PATIENCE_MILLIS);
            }
            long asked = System.nanoTime();
            assertThat(server.stop()).isZero();
            assertThat(System.nanoTime() - asked).isLessThan(TimeUnit.SECONDS.toNanos(15));
        }
    }

    @Test
    void shouldServeOthersWhileUnfinishedLinesHoldAllThereIs() throws Exception {
        try (PressedServer server = PressedServer.start(folder, receiver.url(), "exec \"$@\" 2>log.txt");
                RoundTrips others = new RoundTrips(server)) {
            byte[] megabyte = "x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII);
            List<Socket> holders = new ArrayList<>();
            for (long i = 1; i <= 64; i++) {
                Socket holder = server.connect();
                holder.getOutputStream().write(megabyte);
                server.awaitUnfinished(i * megabyte.length);
                holders.add(holder);
            }
            // Its line is there in part while it is looked for, so it came in two reads.
            try (Socket twoReads = server.connect()) {
                twoReads.getOutputStream().write("of two ".getBytes(StandardCharsets.US_ASCII));
                server.awaitUnfinished(63L * megabyte.length + 7);
                assertThat(PressedServer.send(twoReads, 1)).isEqualTo("OK 1");
            }
            assertThat(answers(holders.get(0))).startsWith("ERR 0 busy ");
            Socket again = server.connect();
            again.getOutputStream().write(megabyte);
            server.awaitUnfinished(64L * megabyte.length);
            others.assertAsUsual("in two writes, ");
            assertThat(server.send(RECORDS)).isEqualTo("OK " + RECORDS);
            assertThat(server.get("/readyz")).startsWith("HTTP/1.1 200 ");
            receiver.awaitRecords(1 + RECORDS + others.records(), PATIENCE_MILLIS);
            again.close();
            for (Socket holder : holders) {
                holder.close();
            }
            assertThat(server.stop()).isZero();
            assertThat(PressedServer.log(folder.resolve("log.txt"))).doesNotContain("ERROR", "Exception");
        }
    }

    /** Many more than fit, again and again, as fast as they can. */
    @Test
    void shouldServeOthersWhileUnfinishedLinesAreBegunAnewAllTheTime() throws Exception {
        try (PressedServer server = PressedServer.start(folder, receiver.url(), "exec \"$@\" 2>log.txt");
                RoundTrips others = new RoundTrips(server)) {
            ByteBuffer line = ByteBuffer.wrap("x".repeat(1 << 20).getBytes(StandardCharsets.US_ASCII));
            List<SocketChannel> holders = new ArrayList<>();
            Socket slow = server.connect();
            slow.getOutputStream().write("y".repeat(8 << 10).getBytes(StandardCharsets.US_ASCII));
            for (int i = 0; i < 500; i++) {
                SocketChannel holder = SocketChannel.open(slow.getRemoteSocketAddress());
                for (ByteBuffer rest = line.duplicate(); rest.hasRemaining(); ) {
                    holder.write(rest);
                }
                holders.add(holder);
                if (i % 100 == 99) {
                    others.assertAsUsual("in two writes, ");
                }
            }
            assertThat(server.unfinishedBytes()).isLessThanOrEqualTo(64L << 20);
            slow.getOutputStream().write("y".repeat(8 << 10).getBytes(StandardCharsets.US_ASCII));
            assertThat(PressedServer.send(slow, 1)).isEqualTo("OK 1");
            receiver.awaitRecords(1 + others.records(), PATIENCE_MILLIS);
            for (SocketChannel holder : holders) {
                holder.close();
            }
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

    private static String answers(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
