package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code decant journal inspect} and {@code verify} beside a server that appends, rolls and removes segments meanwhile.
 */
class JournalBesideServerIT {

    private static final Path DECANT = Path.of(System.getProperty("decant.distribution"), "bin/decant");
    private static final int ROUNDS = 5;
    /** Several segments. */
    private static final int RECORDS = 600_000;

    private static final int COMMAND_SECONDS_MAX = 60;

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 240, unit = TimeUnit.SECONDS)
    void shouldShowAHealthyJournalAndDisturbNothing() throws Exception {
        int port = Ports.next();
        List<byte[]> records = IntStream.range(0, RECORDS)
                .mapToObj(
                        i -> ("record " + i + " of a stream that goes on and on while somebody looks").getBytes(UTF_8))
                .toList();
        try (Receiver receiver = new Receiver(new Random(1), 0)) {
            Path settings = ServerProcess.settings(folder.resolve("decant.yaml"), port, receiver.url());
            ServerProcess server = ServerProcess.start(folder, settings);
            SessionClient client = new SessionClient("looked-at", port, records, Duration.ofMinutes(2));
            Thread sending = new Thread(client, "session-client");
            sending.start();
            long appended = 0;
            int moved = 0;
            for (int round = 1; round <= ROUNDS; round++) {
                client.allow(round * (RECORDS / ROUNDS));
                while (client.acknowledged() <= (round - 1L) * (RECORDS / ROUNDS) && server.isAlive()) {
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
                }
                JsonObject journal = journal(settings, round % 2 == 0 ? "inspect" : "verify");
                assertThat(journal.getBoolean("healthy")).as("%s", journal).isTrue();
                long now = journal.getLong("appended");
                assertThat(now).as("%s", journal).isGreaterThanOrEqualTo(appended);
                moved += now > appended ? 1 : 0;
                appended = now;
            }
            assertThat(moved).as("looks that saw more than the one before").isGreaterThan(1);
            sending.join();
            assertThat(client.violation()).isEmpty();
            assertThat(client.isDone()).as(server.log()).isTrue();
            receiver.awaitRecords(RECORDS, 60_000);
            assertThat(server.stop()).as(server.log()).isZero();
            assertThat(receiver.violations()).isEmpty();
            assertThat(journal(settings, "verify").getBoolean("healthy")).isTrue();
        }
    }

    private JsonObject journal(Path settings, String command) throws Exception {
        Path out = Files.createTempFile(folder, command, ".json");
        Path err = Files.createTempFile(folder, command, ".err");
        Process process = new ProcessBuilder(DECANT.toString(), "journal", command, "-c", settings.toString(), "--json")
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(COMMAND_SECONDS_MAX, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(command + ": " + Files.readString(err) + Files.readString(out))
                .isZero();
        return new JsonObject(Files.readString(out));
    }
}
