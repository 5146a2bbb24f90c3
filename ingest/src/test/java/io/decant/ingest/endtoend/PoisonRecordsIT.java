package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records made to use up the memory of whoever reads them, and a heap that is small: the server as a process takes
 * both.
 */
@Tag("alone") // It compares latencies.
class PoisonRecordsIT {

    private static final int MIB = 1 << 20;
    private static final long PATIENCE_MILLIS = 120_000;
    /** In a row. */
    private static final int POISON_RECORDS = 3;
    /** After each {@value #MIB} bytes. */
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

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

    @Test
    void shouldServeOthersBesideSixMillionOpenBrackets() throws Exception {
        servesOthersBeside("json:/a", "16MiB", "256MiB", new byte[0], '[', 6 * MIB, new byte[0]);
    }

    @Test
    void shouldServeOthersBesideAJsonStringOf60Mebibytes() throws Exception {
        servesOthersBeside("json:/a", "64MiB", "512MiB", ascii("{\"a\":\""), 'x', 60 * MIB, ascii("\"}"));
    }

    @Test
    void shouldServeOthersBesideACsvFieldOf64Mebibytes() throws Exception {
        servesOthersBeside("csv:2", "65MiB", "1GiB", ascii("1,\""), 'x', 64 * MIB, ascii("\""));
    }

    /**
     * The default heap; other clients' latency while such records come in, are split and delivered, against what it
     * was before. Once for each record they wait for the disk to take it: there is one journal, and what is durable is
     * so in its order. That is a few of their records, but a tenth of the time and more on a slow disk.
     *
     * @param repeated how often the record has {@code filling} between its beginning and its end
     */
    private void servesOthersBeside(
            String key, String maxRecord, String segment, byte[] begin, char filling, int repeated, byte[] end)
            throws Exception {
        List<String> options = new ArrayList<>();
        for (String set : List.of(
                "bucket.key=" + key,
                "sources.lines.max-record=" + maxRecord,
                "journal.unfinished=" + maxRecord,
                "journal.segment-size=" + segment)) {
            options.addAll(List.of("--set", set));
        }
        try (PressedServer server = PressedServer.start(
                        folder, receiver.url(), "exec \"$@\" 2>log.txt", options.toArray(String[]::new));
                RoundTrips others = new RoundTrips(server, RoundTrips.Sampling.OF_RECORDS, "")) {
            int poisoned = 0;
            while (others.needMore()) {
                others.before();
                CompletableFuture<String> poison = CompletableFuture.supplyAsync(
                        () -> send(server, 1, PAUSE_NANOS, begin, (byte) filling, repeated, end));
                others.pressed(() -> poison.isDone() && areDelivered(1, repeated));
                assertThat(poison.get()).isEqualTo("OK 1");
                receiver.forgetParts();
                poisoned++;
            }
            others.assertAsUsual();
            // As fast as it can.
            assertThat(send(server, POISON_RECORDS, 0, begin, (byte) filling, repeated, end))
                    .isEqualTo("OK " + POISON_RECORDS);
            poisoned += POISON_RECORDS;
            receiver.awaitRecords(others.records() + poisoned, PATIENCE_MILLIS);
            assertThat(server.stop()).isZero();
            assertThat(PressedServer.log(folder.resolve("log.txt"))).doesNotContain("ERROR", "OutOfMemoryError");
        }
    }

    /** All have one key, so each is in a bucket of its own, or comes in a batch of its own. */
    private boolean areDelivered(int count, int bytes) {
        return receiver.parts().stream()
                        .filter(part -> part.bytes().length > bytes)
                        .count()
                == count;
    }

    private static String send(
            PressedServer server, int records, long pauseNanos, byte[] begin, byte filling, int repeated, byte[] end) {
        byte[] some = new byte[MIB];
        Arrays.fill(some, filling);
        try (Socket socket = server.connect()) {
            socket.setSoTimeout((int) PATIENCE_MILLIS);
            OutputStream out = socket.getOutputStream();
            for (int i = 0; i < records; i++) {
                out.write(begin);
                for (int sent = 0; sent < repeated; sent += MIB) {
                    out.write(some, 0, Math.min(MIB, repeated - sent));
                    LockSupport.parkNanos(pauseNanos);
                }
                out.write(end);
                out.write('\n');
            }
            socket.shutdownOutput();
            return lastAnswer(socket);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Of a server that answers as it goes: the last line before it closes. */
    private static String lastAnswer(Socket socket) throws IOException {
        BufferedReader answers =
                new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        String last = null;
        for (String line = answers.readLine(); line != null; line = answers.readLine()) {
            last = line;
        }
        return last;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** What is refused at the default heap, and starts there. */
    @Test
    void shouldStartAtTheDefaultHeapWithRecordsOf16MebibytesAndFourBodiesOf32() throws Exception {
        try (PressedServer server = PressedServer.start(
                folder,
                receiver.url(),
                "exec \"$@\" 2>log.txt",
                "--set",
                "bucket.key=json:/a",
                "--set",
                "sources.lines.max-record=16MiB",
                "--set",
                "journal.segment-size=128MiB",
                "--set",
                "sinks.api.max-bytes=32MiB",
                "--set",
                "sinks.api.concurrency=4")) {
            assertThat(server.send(1_000)).isEqualTo("OK 1000");
            receiver.awaitRecords(1_000, PATIENCE_MILLIS);
            assertThat(server.stop()).isZero();
        }
    }

    @Test
    void shouldTakeAndDeliverPlainLinesAtAHeapOf64Mebibytes() throws Exception {
        int records = 200_000;
        try (PressedServer server = PressedServer.start(
                folder, receiver.url(), "JAVA_OPTS=-Xmx64m; export JAVA_OPTS; exec \"$@\" 2>log.txt")) {
            try (Socket socket = server.connect()) {
                socket.setSoTimeout((int) PATIENCE_MILLIS);
                OutputStream out = new BufferedOutputStream(socket.getOutputStream(), MIB);
                for (int i = 0; i < records; i++) {
                    out.write(ascii("record " + i + " " + "x".repeat(80) + "\n"));
                }
                out.flush();
                socket.shutdownOutput();
                assertThat(lastAnswer(socket)).isEqualTo("OK " + records);
            }
            receiver.awaitRecords(records, PATIENCE_MILLIS);
            assertThat(server.stop()).isZero();
            assertThat(PressedServer.log(folder.resolve("log.txt"))).doesNotContain("ERROR", "OutOfMemoryError");
        }
    }
}
