package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the real server at any instant, with a client that uses a session and a receiver that fails now
 * and then. {@code -Ddecant.kills=50} is the long form.
 */
class KillIT {

    private static final int KILLS = Integer.getInteger("decant.kills", 12);
    /** Of the sender, which goes on over all kills. */
    private static final Duration PATIENCE_A_KILL = Duration.ofSeconds(10);
    /** With two sinks that count, one of them on the disk, a start on a busy machine takes longer. */
    private static final Duration PATIENCE_A_KILL_COUNTING = Duration.ofSeconds(40);

    private static final int RECORDS = 130_000;
    private static final int KEYS = 20_000;
    private static final int FAULT_PERCENT = 5;

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 900, unit = TimeUnit.SECONDS)
    void shouldDeliverExactlyWhatWasSentThoughItIsKilledAgainAndAgain() throws Exception {
        Random random = new Random(Long.getLong("decant.seed", 20261120L));
        List<byte[]> records = records(random);
        try (Receiver receiver = new Receiver(random, FAULT_PERCENT)) {
            deliver(random, records, receiver, PATIENCE_A_KILL, () -> receiver.awaitRecords(RECORDS, 60_000));
            verify(receiver, records);
        }
    }

    /** Of each batch the same lines under the same keys, though it is counted again after each kill. */
    @Test
    @Timeout(value = 900, unit = TimeUnit.SECONDS)
    void shouldCountExactlyWhatWasSentThoughItIsKilledAgainAndAgain() throws Exception {
        Random random = new Random(Long.getLong("decant.seed", 20261129L));
        List<byte[]> records = records(random);
        Path files = folder.resolve("files");
        try (Receiver receiver = new Receiver(random, FAULT_PERCENT)) {
            deliver(
                    random,
                    records,
                    receiver,
                    PATIENCE_A_KILL_COUNTING,
                    () -> awaitCounted(receiver, files),
                    "sinks.api.format=counts",
                    "sinks.api.max-records=100",
                    "sinks.files={type: hdfs, format: counts, uri: '" + files.toUri() + "'}");
            verifyCounts(receiver, files, records);
        }
    }

    private interface Wait {
        void untilDelivered() throws Exception;
    }

    private void deliver(
            Random random, List<byte[]> records, Receiver receiver, Duration patienceAKill, Wait wait, String... sets)
            throws Exception {
        int port = Ports.next();
        Path settings = ServerProcess.settings(folder.resolve("decant.yaml"), port, receiver.url());
        SessionClient client = new SessionClient("killed-1", port, records, patienceAKill.multipliedBy(KILLS + 1));
        Thread sending = new Thread(client, "session-client");
        sending.start();
        int portion = RECORDS / (KILLS + 1);
        for (int kill = 1; kill <= KILLS; kill++) {
            int requestsBefore = receiver.requests();
            ServerProcess server = ServerProcess.start(folder, settings, sets);
            client.allow(kill * portion);
            // Somewhere in the portion, and a random moment later: while it syncs, cuts, delivers or empties its
            // queue.
            awaitAcknowledged(client, (kill - 1) * portion + random.nextInt(portion), server);
            if (kill % 2 == 0) {
                // On a slow machine all others are killed before they send anything.
                receiver.awaitRequests(requestsBefore + 1, 60_000);
            }
            LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(300_000)));
            server.kill();
        }
        client.allow(RECORDS);
        receiver.becomeHealthy();
        ServerProcess server = ServerProcess.start(folder, settings, sets);
        sending.join();
        assertThat(client.violation()).isEmpty();
        assertThat(client.isDone()).as("all acknowledged: " + server.log()).isTrue();
        wait.untilDelivered();
        assertThat(server.stop()).as(server.log()).isZero();
    }

    private void awaitAcknowledged(SessionClient client, long goal, ServerProcess server) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (client.acknowledged() < goal && client.violation().isEmpty()) {
            if (System.nanoTime() - deadline > 0 || !server.isAlive()) {
                throw new AssertionError(
                        "only " + client.acknowledged() + " of " + goal + " acknowledged; server: " + server.log());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static void verify(Receiver receiver, List<byte[]> sent) {
        assertThat(receiver.violations()).isEmpty();
        assertThat(receiver.repeats()).as("requests under a key seen before").isPositive();
        Delivery delivery = new Delivery(receiver.parts());
        assertThat(delivery.faults()).isEmpty();
        assertThat(delivery.batches()).isGreaterThanOrEqualTo(KILLS);
        List<String> expected =
                sent.stream().map(record -> new String(record, ISO_8859_1)).toList();
        assertThat(Delivery.multiset(delivery.records())).isEqualTo(Delivery.multiset(expected));
    }

    private static void awaitCounted(Receiver receiver, Path files) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (sum(counts(linesOf(receiver))) < RECORDS || sum(counts(linesBelow(files))) < RECORDS) {
            assertThat(System.nanoTime() - deadline < 0)
                    .as(
                            "counted: %d over HTTP, %d in files",
                            sum(counts(linesOf(receiver))), sum(counts(linesBelow(files))))
                    .isTrue();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
    }

    private static void verifyCounts(Receiver receiver, Path files, List<byte[]> sent) throws IOException {
        assertThat(receiver.violations()).isEmpty();
        assertThat(receiver.repeats()).as("requests under a key seen before").isPositive();
        Delivery delivery = new Delivery(receiver.parts());
        assertThat(delivery.faults()).isEmpty();
        assertThat(delivery.batches()).isGreaterThanOrEqualTo(KILLS);
        List<String> lines = delivery.records();
        Map<String, Integer> expected = Delivery.multiset(
                sent.stream().map(record -> new String(record, ISO_8859_1)).toList());
        assertThat(counts(lines)).isEqualTo(expected);
        assertThat(Delivery.multiset(linesBelow(files))).isEqualTo(Delivery.multiset(lines));
    }

    private static List<String> linesOf(Receiver receiver) {
        return receiver.parts().stream()
                .flatMap(request -> request.lines().stream())
                .map(line -> new String(line, ISO_8859_1))
                .toList();
    }

    /** Of all batches that are there whole. */
    private static List<String> linesBelow(Path files) throws IOException {
        List<String> lines = new ArrayList<>();
        if (Files.exists(files)) {
            try (Stream<Path> all = Files.find(files, 10, (file, attributes) -> attributes.isRegularFile())) {
                for (Path file : all.toList()) {
                    Path below = files.relativize(file);
                    if (below.startsWith("server=decant") && below.toString().endsWith(".ndjson")) {
                        lines.addAll(Files.readAllLines(file, ISO_8859_1));
                    }
                }
            }
        }
        return lines;
    }

    /** What the lines say, by key, over all batches. */
    private static Map<String, Integer> counts(List<String> lines) {
        Map<String, Integer> counts = new TreeMap<>();
        for (String line : lines) {
            JsonObject counted = new JsonObject(line);
            counts.merge(counted.getString("key"), counted.getInteger("count"), Integer::sum);
        }
        return counts;
    }

    private static int sum(Map<String, Integer> counts) {
        return counts.values().stream().mapToInt(count -> count).sum();
    }

    private static List<byte[]> records(Random random) {
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            int key = random.nextInt(10) == 0 ? random.nextInt(5) : random.nextInt(KEYS);
            records.add(("user-" + key + " did something that takes a line of an ordinary length to tell")
                    .getBytes(ISO_8859_1));
        }
        return records;
    }
}
