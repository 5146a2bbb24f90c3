package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code kill -9} of the real server at any instant while it reads from a real broker, with a receiver that fails now
 * and then.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What arrives tells what was sent.
class KafkaKillIT {

    private static final int KILLS = 20;
    private static final int RECORDS = 200_000;
    private static final int PARTITIONS = 6;
    private static final int KEYS = 20_000;
    private static final int FAULT_PERCENT = 5;

    @TempDir
    Path folder;

    @Test
    @Timeout(value = 280, unit = TimeUnit.SECONDS)
    void shouldDeliverEachOffsetOnceThoughItIsKilledAgainAndAgain() throws Exception {
        Random random = new Random(Long.getLong("decant.seed", 20261121L));
        TestBroker broker = TestBroker.shared();
        String topic = broker.newTopic(PARTITIONS);
        List<Map.Entry<String, String>> records = records(random);
        try (Receiver receiver = new Receiver(random, FAULT_PERCENT)) {
            Path settings = settings(broker, topic, receiver);
            Semaphore allowed = new Semaphore(0);
            Thread sending = new Thread(() -> send(broker, topic, records, allowed), "sender");
            sending.start();
            int portion = RECORDS / (KILLS + 1);
            for (int kill = 1; kill <= KILLS; kill++) {
                ServerProcess server = ServerProcess.start(folder, settings);
                allowed.release(portion);
                // While it starts or looks for its positions, or somewhere in the portion: while it syncs, cuts,
                // delivers.
                if (random.nextInt(4) > 0) {
                    awaitDelivered(receiver, (kill - 1) * portion + random.nextInt(portion), server);
                }
                LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(700_000)));
                server.kill();
            }
            allowed.release(RECORDS);
            receiver.becomeHealthy();
            ServerProcess server = ServerProcess.start(folder, settings);
            sending.join();
            receiver.awaitRecords(RECORDS, 90_000);
            assertThat(server.stop()).as(server.log()).isZero();
            assertThat(receiver.violations()).isEmpty();
            assertThat(receiver.repeats())
                    .as("requests under a key seen before")
                    .isPositive();
            verify(receiver, records, broker, topic);
        }
    }

    private static void verify(Receiver receiver, List<Map.Entry<String, String>> sent, TestBroker broker, String topic)
            throws Exception {
        Delivery delivery = new Delivery(receiver.parts());
        assertThat(delivery.faults()).isEmpty();
        Map<String, Integer> offsets = new HashMap<>();
        Map<String, List<String>> byKey = new TreeMap<>();
        for (String line : delivery.records()) {
            JsonObject envelope = new JsonObject(new String(line.getBytes(ISO_8859_1), UTF_8));
            offsets.merge(envelope.getString("stream") + "@" + envelope.getLong("position"), 1, Integer::sum);
            byKey.computeIfAbsent(envelope.getString("key"), key -> new ArrayList<>())
                    .add(envelope.getString("value"));
        }
        assertThat(offsets).hasSize(RECORDS);
        assertThat(offsets.values()).as("times that an offset was delivered").containsOnly(1);
        for (int i = 0; i < PARTITIONS; i++) {
            long end = broker.end(topic, i);
            assertThat(offsets).containsKey(topic + "-" + i + "@0").containsKey(topic + "-" + i + "@" + (end - 1));
        }
        Map<String, List<String>> expected = new TreeMap<>();
        sent.forEach(record -> expected.computeIfAbsent(record.getKey(), key -> new ArrayList<>())
                .add(record.getValue()));
        assertThat(byKey.equals(expected)).as("each key's values, in order").isTrue();
    }

    private static void awaitDelivered(Receiver receiver, long goal, ServerProcess server) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (receiver.records() < goal) {
            if (System.nanoTime() - deadline > 0 || !server.isAlive()) {
                throw new AssertionError(
                        "only " + receiver.records() + " of " + goal + " delivered; server: " + server.log());
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private static void send(
            TestBroker broker, String topic, List<Map.Entry<String, String>> records, Semaphore allowed) {
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of("compression.type", "lz4"))) {
            for (Map.Entry<String, String> record : records) {
                allowed.acquireUninterruptibly();
                producer.send(new ProducerRecord<>(
                        topic,
                        record.getKey().getBytes(UTF_8),
                        record.getValue().getBytes(UTF_8)));
            }
        }
    }

    /** One in ten has one of five keys, and a value that it had before. */
    private static List<Map.Entry<String, String>> records(Random random) {
        List<Map.Entry<String, String>> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            boolean isHot = random.nextInt(10) == 0;
            String key = "user-" + (isHot ? random.nextInt(5) : random.nextInt(KEYS));
            records.add(Map.entry(key, "did something of kind " + random.nextInt(3)));
        }
        return records;
    }

    private Path settings(TestBroker broker, String topic, Receiver receiver) throws IOException {
        return Files.writeString(
                folder.resolve("decant.yaml"), """
                data-dir: ./data
                sources:
                  clicks:
                    type: kafka
                    bootstrap-servers: %s
                    topics: [%s]
                    group-id: %s
                    max-record: 1MiB
                journal:
                  segment-size: 8MiB
                  min-free: 1MiB
                batch:
                  interval: 100ms
                bucket:
                  key: kafka-key
                sinks:
                  api:
                    type: http
                    url: %s
                    format: envelope
                    max-records: 2000
                    retry-max-delay: 200ms
                admin:
                  address: 127.0.0.1:0
                """.formatted(broker.address(), topic, topic, receiver.url()));
    }
}
