package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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

    private static final int RECORDS = 130_000;
    private static final int KEYS = 20_000;
    private static final int FAULT_PERCENT = 5;

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 900, unit = TimeUnit.SECONDS)
    void shouldDeliverExactlyWhatWasSentThoughItIsKilledAgainAndAgain() throws Exception {
        long seed = Long.getLong("decant.seed", 20261120L);
        Random random = new Random(seed);
        int port = ServerProcess.freePort();
        List<byte[]> records = records(random);
        try (Receiver receiver = new Receiver(random, FAULT_PERCENT)) {
            Path settings = ServerProcess.settings(folder.resolve("decant.yaml"), port, receiver.url());
            SessionClient client =
                    new SessionClient("killed-1", port, records, PATIENCE_A_KILL.multipliedBy(KILLS + 1));
            Thread sending = new Thread(client, "session-client");
            sending.start();
            int portion = RECORDS / (KILLS + 1);
            for (int kill = 1; kill <= KILLS; kill++) {
                ServerProcess server = ServerProcess.start(folder, settings);
                client.allow(kill * portion);
                // Somewhere in the portion, and a random moment later: while it syncs, cuts, delivers or empties its
                // queue.
                awaitAcknowledged(client, (kill - 1) * portion + random.nextInt(portion), server);
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(300_000)));
                server.kill();
            }
            client.allow(RECORDS);
            receiver.becomeHealthy();
            ServerProcess server = ServerProcess.start(folder, settings);
            sending.join();
            assertThat(client.violation()).isEmpty();
            assertThat(client.isDone()).as("all acknowledged: " + server.log()).isTrue();
            receiver.awaitRecords(RECORDS, 60_000);
            assertThat(server.stop()).as(server.log()).isZero();
            verify(receiver, records);
        }
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
