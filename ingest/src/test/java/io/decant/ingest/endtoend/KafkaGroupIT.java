package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.admin.ServerStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two servers that share a topic as members of one group. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // What arrives tells what was sent.
class KafkaGroupIT {

    private static final String[] SHARED = {
        "sources.clicks.assignment=group",
        "sources.clicks.properties.session.timeout.ms=2000",
        "sources.clicks.properties.heartbeat.interval.ms=300"
    };
    private static final int PARTITIONS = 4;
    private static final int PATIENCE_SECONDS = 60;

    private static TestBroker broker;

    @TempDir
    Path folder;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.shared();
    }

    /** Whoever leaves in an orderly way leaves nothing behind that is read again. */
    @Test
    void shouldDeliverEachRecordOnceWhileMembersComeAndGo() throws Exception {
        String topic = broker.newTopic(PARTITIONS);
        int records = 4_000;
        Thread sending = new Thread(() -> sendSlowly(topic, records), "sender");
        try (KafkaWorld first = new KafkaWorld(folder.resolve("first"), broker, topic);
                KafkaWorld second = new KafkaWorld(folder.resolve("second"), broker, topic)) {
            first.start(SHARED);
            sending.start();
            first.awaitRecords(200);
            second.start(SHARED);
            second.awaitRecords(200);
            assertThat(reads(first) + reads(second)).isLessThanOrEqualTo(PARTITIONS);
            first.stop();
            second.await(reading -> readingPartitions(reading) == PARTITIONS);
            first.start(SHARED);
            first.await(reading -> readingPartitions(reading) > 0);
            sending.join();
            awaitAll(records, first, second);
            first.stop();
            second.stop();
            Map<String, Integer> times = times(first, second);
            assertThat(times.keySet()).containsExactlyInAnyOrderElementsOf(numbers(records));
            assertThat(times.values()).as("times that a record was delivered").containsOnly(1);
        }
    }

    /**
     * What the dead one had in its journal and had not committed is read again: nothing is missing, and something may
     * come twice.
     */
    @Test
    void shouldLoseNothingWhenAMemberIsKilled() throws Exception {
        String topic = broker.newTopic(PARTITIONS);
        int records = 4_000;
        Thread sending = new Thread(() -> sendSlowly(topic, records), "sender");
        try (KafkaWorld first = new KafkaWorld(folder.resolve("first"), broker, topic);
                KafkaWorld second = new KafkaWorld(folder.resolve("second"), broker, topic)) {
            Path killedFolder = folder.resolve("first");
            ServerProcess killed = ServerProcess.start(killedFolder, first.settingsFile(), SHARED);
            second.start(SHARED);
            // Not sooner: one that has all partitions for a while might have all records before the other has any.
            second.await(reading -> readingPartitions(reading) == PARTITIONS / 2);
            sending.start();
            first.awaitRecords(300);
            second.awaitRecords(300);
            killed.kill();
            second.await(reading -> readingPartitions(reading) == PARTITIONS);
            sending.join();
            // Its journal still has what it had not delivered.
            first.start(SHARED);
            awaitAll(records, first, second);
            first.stop();
            second.stop();
            Map<String, Integer> times = times(first, second);
            assertThat(times.keySet()).containsExactlyInAnyOrderElementsOf(numbers(records));
            assertThat(times.values()).as("times that a record was delivered").allMatch(count -> count <= 2);
        }
    }

    /** Another with its name throws it out, as one does that is started before the old one is noticed to have ended. */
    @Test
    void shouldSayThatItWaitsForItsPartitionsWhileItsConsumerIsReplacedAndReadOnOnceItHasThem() throws Exception {
        String topic = broker.newTopic(PARTITIONS);
        String[] named = Stream.concat(
                        Stream.of(SHARED), Stream.of("sources.clicks.properties.group.instance.id=the-one"))
                .toArray(String[]::new);
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            world.start(named);
            sendSlowly(topic, 100);
            world.awaitRecords(100);
            world.await(reading -> readingPartitions(reading) == PARTITIONS);
            try (KafkaConsumer<byte[], byte[]> other = new KafkaConsumer<>(
                    Map.of(
                            "bootstrap.servers",
                            broker.address(),
                            "group.id",
                            "group-of-" + topic,
                            "group.instance.id",
                            "the-one",
                            "enable.auto.commit",
                            false),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())) {
                other.subscribe(List.of(topic));
                while (other.assignment().isEmpty()) {
                    other.poll(Duration.ofMillis(100));
                }
                ServerStatus.Reading waiting = world.await(reading -> reading.partitions().values().stream()
                        .allMatch(partition -> partition.state().equals("unassigned")));
                assertThat(waiting.partitions().values())
                        .allMatch(partition -> partition.error().startsWith("waits until the group has assigned"));
            }
            world.await(reading -> readingPartitions(reading) == PARTITIONS);
            sendSlowly(topic, 100);
            world.awaitRecords(200);
            world.stop();
            assertThat(times(world).values())
                    .as("times that each was delivered")
                    .containsOnly(2);
        }
    }

    private static int reads(KafkaWorld world) {
        return readingPartitions(world.reading());
    }

    private static int readingPartitions(ServerStatus.Reading reading) {
        return (int) reading.partitions().values().stream()
                .filter(partition -> partition.state().equals("reading"))
                .count();
    }

    private static void awaitAll(int records, KafkaWorld... worlds) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        int distinct = times(worlds).size();
        while (distinct < records) {
            assertThat(System.nanoTime() - deadline)
                    .as("%s of %s records", distinct, records)
                    .isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
            distinct = times(worlds).size();
        }
    }

    private static Map<String, Integer> times(KafkaWorld... worlds) {
        Map<String, Integer> times = new HashMap<>();
        Stream.of(worlds).forEach(world -> world.arrived().forEach(value -> times.merge(value, 1, Integer::sum)));
        return times;
    }

    private static void sendSlowly(String topic, int records) {
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(
                        topic, i % PARTITIONS, null, Integer.toString(i).getBytes(UTF_8)));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }
}
