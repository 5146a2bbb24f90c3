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

/** The server as a process whose clients, pipes and limits leave it little: others are served all the same, and it ends when asked. */
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

    /** 200 clients that ask for metrics again and again and read no answer, for longer than it took to run out of memory. */
    @Test
    void shouldServeOthersWhileAdminClientsPipelineAndNeverRead() throws Exception {
        try (PressedServer server = PressedServer.start(folder, receiver.url(), "exec \"$@\" 2>log.txt")) {
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
            }
            over.set(true);
            flood.join();
            assertThat(sent.get()).isGreaterThan(1_000_000);
            receiver.awaitRecords(batches * RECORDS, PATIENCE_MILLIS);
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
                PressedServer.start(folder, receiver.url(), shell, "--verbose", "--log-format", format)) {
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
            receiver.awaitRecords(RECORDS, PATIENCE_MILLIS);
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
                PressedServer.start(folder, receiver.url(), "ulimit -n " + limit + "; exec \"$@\" 2>log.txt")) {
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
            receiver.awaitRecords(RECORDS, PATIENCE_MILLIS);
            assertThat(server.get("/healthz")).startsWith("HTTP/1.1 200 ");
            for (Socket socket : idle) {
                socket.close();
            }
            assertThat(server.stop()).isZero();
            assertThat(PressedServer.log(folder.resolve("log.txt"))).doesNotContain("Too many open files", "ERROR");
        }
    }
}
