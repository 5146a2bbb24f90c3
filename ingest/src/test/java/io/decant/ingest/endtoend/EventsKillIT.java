package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.harness.ReceivedPart;
import io.decant.ingest.receiver.ReceivedRequest;
import io.vertx.core.json.JsonObject;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the real server at any instant, with somebody who reads its events and comes back each time. What
 * they say is held against what the receiver got: no batch is missing, none is told of twice, and gaps say what was
 * missed. {@code -Ddecant.kills=50} is the long form.
 */
class EventsKillIT {

    private static final int KILLS = Integer.getInteger("decant.kills", 8);
    private static final int RECORDS_A_KILL = 5_000;
    private static final int KEYS = 2_000;
    private static final int FAULT_PERCENT = 5;
    private static final long PATIENCE_MILLIS = 120_000;

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 900, unit = TimeUnit.SECONDS)
    void shouldTellOfEachBatchOnceOrSayThatItWasMissed() throws Exception {
        Random random = new Random(Long.getLong("decant.seed", 20261130L));
        List<byte[]> records = records(random);
        int port = Ports.next();
        int adminPort = Ports.next();
        try (Receiver receiver = new Receiver(random, FAULT_PERCENT);
                EventReader reader = new EventReader(adminPort)) {
            Path settings = ServerProcess.settings(folder.resolve("decant.yaml"), port, receiver.url());
            Files.writeString(
                    settings,
                    Files.readString(settings).replace("  address: 127.0.0.1:0", "  address: 127.0.0.1:" + adminPort));
            SessionClient client = new SessionClient("told-1", port, records, Duration.ofSeconds(60 + KILLS * 20L));
            Thread sending = new Thread(client, "session-client");
            reader.start();
            sending.start();
            for (int kill = 1; kill <= KILLS; kill++) {
                ServerProcess server = ServerProcess.start(folder, settings);
                client.allow(kill * RECORDS_A_KILL);
                await(client, (kill - 1) * RECORDS_A_KILL + random.nextInt(RECORDS_A_KILL), server);
                // While a batch is cut, delivered or marked.
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(400_000)));
                server.kill();
                assertThat(reader.violation()).isEmpty();
            }
            receiver.becomeHealthy();
            client.allow(records.size());
            ServerProcess server = ServerProcess.start(folder, settings);
            sending.join();
            assertThat(client.violation()).isEmpty();
            receiver.awaitRecords(records.size(), PATIENCE_MILLIS);
            TreeMap<Long, Long> delivered = new TreeMap<>(recordsByBatch(receiver));
            long last = delivered.lastKey();
            reader.awaitCompleted("api", last, PATIENCE_MILLIS);
            assertThat(server.stop()).as(server.log()).isZero();
            reader.close();

            assertThat(reader.violation()).isEmpty();
            reader.told().requireAll(List.of("api"));
            assertThat(reader.told().submitted()).isEqualTo(last);
            assertThat(reader.told().gaps())
                    .as("at least one for each process but the first")
                    .isGreaterThanOrEqualTo(KILLS);
            List<JsonObject> completions = reader.told().completions("api");
            assertThat(completions).as("events of batches that were completed").isNotEmpty();
            assertThat(completions).allSatisfy(event -> assertThat(delivered.get(event.getLong("number")))
                    .as("records of batch %d", event.getLong("number"))
                    .isEqualTo(event.getLong("records")));
            assertThat(receiver.violations()).isEmpty();
        }
    }

    private static void await(SessionClient client, int goal, ServerProcess server) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (client.acknowledged() < goal && client.violation().isEmpty()) {
            assertThat(server.isAlive() && System.nanoTime() - deadline < 0)
                    .as("%d of %d acknowledged: %s", client.acknowledged(), goal, server.log())
                    .isTrue();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** The log of deliveries: each part once, however often it came. */
    private static Map<Long, Long> recordsByBatch(Receiver receiver) {
        TreeMap<Long, Long> records = new TreeMap<>();
        for (ReceivedRequest request : receiver.parts()) {
            ReceivedPart part = request.part();
            records.merge(part.batch(), part.records(), Long::sum);
        }
        return records;
    }

    private static List<byte[]> records(Random random) {
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < (KILLS + 1) * RECORDS_A_KILL; i++) {
            records.add(Integer.toString(random.nextInt(KEYS)).getBytes(ISO_8859_1));
        }
        return records;
    }
}
