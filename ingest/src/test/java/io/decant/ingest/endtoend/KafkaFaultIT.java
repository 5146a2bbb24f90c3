package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.admin.ServerStatus;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A real broker on its bad days. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // What arrives tells what was sent.
class KafkaFaultIT {

    private static TestBroker broker;

    @TempDir
    Path folder;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.shared();
    }

    @AfterEach
    void haveABrokerAgain() throws IOException {
        if (!broker.process().isRunning()) {
            broker.process().start();
        }
    }

    @Test
    void shouldGoOnWhenTheBrokerIsStoppedAndStartedWhileRecordsFlow() throws Exception {
        String topic = broker.newTopic(3);
        int records = 3_000;
        Thread sending = new Thread(() -> sendSlowly(topic, records), "sender");
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            world.start();
            sending.start();
            world.awaitRecords(300);
            broker.process().stop();
            world.await(reading -> reading.state().equals("away"));
            assertThat(world.reading().lastError()).contains("no answer from " + broker.address());
            assertThat(world.server().status().notReady())
                    .as("an outage of others")
                    .isEmpty();
            broker.process().start();
            world.awaitRecords(800);
            world.await(reading ->
                    reading.state().equals("reading") && reading.lastError().isEmpty());
            broker.process().kill();
            broker.process().start();
            sending.join();
            world.awaitRecords(records);
            world.stop();
            assertThat(world.values()).containsExactlyInAnyOrderElementsOf(numbers(records));
        }
    }

    /** A millisecond and more between two records; waits while there is no broker, and sends each once. */
    private static void sendSlowly(String topic, int records) {
        try (KafkaProducer<byte[], byte[]> producer =
                broker.producer(Map.of("max.block.ms", 100_000, "reconnect.backoff.max.ms", 500))) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(topic, bytes(i)));
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    /** TCP is served as if there were no Kafka. */
    @Test
    void shouldStartWithoutABrokerAndServeOtherSourcesMeanwhile() throws Exception {
        String topic = broker.newTopic(1);
        broker.send(numbered(topic, 0, 100));
        broker.process().stop();
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            long before = System.nanoTime();
            world.start("sources.lines={type: tcp, address: '127.0.0.1:0'}");
            assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - before))
                    .as("seconds that the start waits")
                    .isLessThan(10);
            String answer = sendLines(world, "from tcp\n".repeat(1_000));
            assertThat(answer).endsWith("OK 1000\n");
            world.awaitRecords(1_000);
            world.await(reading -> reading.state().equals("away"));
            assertThat(world.server().status().notReady()).isEmpty();

            broker.process().start();
            world.awaitRecords(1_100);
            sendLines(world, "with kafka\n");
            world.awaitRecords(1_101);
            world.stop();
            assertThat(world.values().stream().filter(value -> !value.contains(" ")))
                    .containsExactlyElementsOf(numbers(100));
        }
    }

    private static String sendLines(KafkaWorld world, String lines) throws IOException {
        String address = world.server().status().sources().get("lines").address();
        String[] parts = address.split(":", 2);
        try (Socket socket = new Socket(parts[0], Integer.parseInt(parts[1]))) {
            socket.getOutputStream().write(lines.getBytes(UTF_8));
            socket.shutdownOutput();
            return new String(socket.getInputStream().readAllBytes(), UTF_8);
        }
    }

    /** What {@code validate --connect} says. */
    @Test
    void shouldSayBeforehandWhatWouldNotBeRead() throws Exception {
        String topic = broker.newTopic(2);
        assertThat(problems(topic)).isEmpty();
        assertThat(problems(topic, "sources.clicks.partitions=[1, 2]"))
                .containsExactly("source clicks: topic " + topic
                        + " has 2 partitions, from 0, and not 2; the server would start and keep trying");
        assertThat(problems(topic, "sources.clicks.topics=[none, " + topic + "]"))
                .containsExactly("source clicks: topic none does not exist at " + broker.address()
                        + "; the server would start and keep trying");
        int nobody = Ports.next();
        assertThat(problems(topic, "sources.clicks.bootstrap-servers=127.0.0.1:" + nobody))
                .singleElement()
                .asString()
                .startsWith("source clicks: no answer from 127.0.0.1:" + nobody + ": ");
        assertThat(problems(topic, "sources.clicks.bootstrap-servers=nowhere.invalid:9092"))
                .singleElement()
                .asString()
                .startsWith("source clicks: no answer from nowhere.invalid:9092: ");
    }

    private List<String> problems(String topic, String... sets) throws IOException {
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            return world.connectionProblems(sets);
        }
    }

    @Test
    void shouldWaitForATopicThatIsNotThereYet() throws Exception {
        String topic = broker.newName();
        String other = broker.newTopic(1);
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic + ", " + other)) {
            // Also where it is to begin at the end: what comes after the start is never left out.
            world.start("sources.clicks.start=latest");
            world.await(reading ->
                    reading.lastError().equals("waiting for topics or partitions that do not exist yet: " + topic));
            world.awaitPartition(other, 0, partition -> partition.position().isPresent());
            broker.send(numbered(other, 0, 10));
            world.awaitRecords(10);
            broker.create(topic, 2);
            broker.send(numbered(topic, 10, 10));
            world.awaitRecords(20);
            world.await(reading -> reading.lastError().isEmpty());
            assertThat(world.values()).containsExactlyInAnyOrderElementsOf(numbers(20));
        }
    }

    @Test
    void shouldReadPartitionsThatAreAdded() throws Exception {
        String topic = broker.newTopic(1);
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            world.start("sources.clicks.start=latest");
            world.awaitPartition(topic, 0, partition -> partition.position().isPresent());
            broker.addPartitions(topic, 3);
            broker.send(IntStream.range(0, 30)
                    .mapToObj(i -> new ProducerRecord<byte[], byte[]>(topic, i % 3, null, bytes(i)))
                    .toList());
            world.awaitRecords(30);
            assertThat(world.values()).containsExactlyInAnyOrderElementsOf(numbers(30));
        }
    }

    @ParameterizedTest
    @CsvSource({"earliest, 60, 40", "latest, 100, 80"})
    void shouldGoOnBehindWhatRetentionHasDeletedIfAsked(String policy, long next, int lost) throws Exception {
        String topic = broker.newTopic(1);
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            deletedBehindTheJournal(world, topic);
            world.start("sources.clicks.on-lost-offset=" + policy);
            ServerStatus.Partition partition = world.awaitPartition(
                    topic, 0, now -> now.lost() > 0 && now.position().orElse(0) >= next);
            assertThat(partition.lost()).isEqualTo(lost);
            broker.send(numbered(topic, 100, 5));
            world.awaitRecords(20 + 5 + (100 - (int) next));
            assertThat(world.values()).doesNotHaveDuplicates().endsWith("104");
        }
    }

    @Test
    void shouldReadNoFurtherWhereRecordsWereDeletedBeforeTheyWereRead() throws Exception {
        String topic = broker.newTopic(2);
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            deletedBehindTheJournal(world, topic);
            world.start();
            ServerStatus.Partition partition =
                    world.awaitPartition(topic, 0, now -> now.state().equals("stopped"));
            assertThat(partition.error())
                    .startsWith("offset 20 comes next, and the oldest that the broker has is 60")
                    .contains("sources.clicks.on-lost-offset: earliest or latest");
            broker.send(List.of(new ProducerRecord<>(topic, 1, null, bytes(7777))));
            world.awaitRecords(21);
            assertThat(world.values()).as("the other partition goes on").contains("7777");
            assertThat(world.server().status().notReady()).isEmpty();
            assertThat(world.partition(topic, 0).position()).isEqualTo(OptionalLong.of(20));
        }
    }

    /** Of partition 0 the journal has 20 records, the broker those from 60 to 100. */
    private static void deletedBehindTheJournal(KafkaWorld world, String topic) throws Exception {
        broker.send(numbered(topic, 0, 20));
        world.start();
        world.awaitRecords(20);
        world.stop();
        broker.send(numbered(topic, 20, 80));
        broker.deleteRecords(topic, 0, 60);
    }

    @Test
    void shouldTakeATopicThatIsMadeAnewForAnotherStream() throws Exception {
        String topic = broker.newTopic(1);
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            broker.send(numbered(topic, 0, 50));
            world.start();
            world.awaitRecords(50);
            // While it runs: the new one has more records than the old one had.
            recreate(topic, 50, 120);
            world.awaitRecords(170);
            world.awaitPartition(topic, 0, partition -> partition.position().equals(OptionalLong.of(120)));
            world.stop();
            // While nothing runs, and fewer: its offsets look like some that were read long ago.
            recreate(topic, 170, 30);
            world.start("sources.clicks.start=latest");
            world.awaitRecords(200);
            world.stop();
            assertThat(world.values()).containsExactlyInAnyOrderElementsOf(numbers(200));
        }
    }

    private static void recreate(String topic, int from, int count) throws Exception {
        broker.delete(topic);
        broker.create(topic, 1);
        broker.send(numbered(topic, from, count));
    }

    @Test
    void shouldStopAtARecordThatIsTooLongAndGoOnWithALargerBound() throws Exception {
        String topic = broker.newTopic(1);
        byte[] large = new byte[200_000];
        broker.send(List.of(
                new ProducerRecord<>(topic, bytes(0)),
                new ProducerRecord<>(topic, large),
                new ProducerRecord<>(topic, bytes(1))));
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            world.start("sources.clicks.max-record=100KiB");
            ServerStatus.Partition partition =
                    world.awaitPartition(topic, 0, now -> now.state().equals("stopped"));
            assertThat(partition.error())
                    .isEqualTo("the record at offset 1 is 200000 bytes long, and max-record is 100KiB;"
                            + " restart with a larger one to continue with it");
            world.awaitRecords(1);
            world.stop();
            world.start();
            world.awaitRecords(3);
            assertThat(world.values()).hasSize(3).startsWith("0").endsWith("1");
        }
    }

    /** What was fetched already waits, and the rest stays with the broker. */
    @Test
    void shouldBePausedWhileTheJournalHasNoRoom() throws Exception {
        String topic = broker.newTopic(4);
        int records = 500;
        byte[] padding = "x".repeat(100_000).getBytes(UTF_8);
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic);
                KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of())) {
            for (int i = 0; i < records; i++) {
                producer.send(new ProducerRecord<>(topic, i % 4, bytes(i), padding));
            }
            producer.flush();
            world.receiver().beAway();
            world.start("journal.max-backlog=16MiB");
            assertThat(awaitPaused(world)).isTrue();
            assertThat(world.reading().state()).isEqualTo("reading");
            long durable =
                    world.server().status().sources().get(KafkaWorld.SOURCE).records();
            assertThat(durable).isLessThan(records);
            world.receiver().becomeHealthy();
            world.awaitRecords(records);
            world.await(reading -> reading.partitions().values().stream()
                    .allMatch(partition -> partition.lag().equals(OptionalLong.of(0))));
            world.stop();
            assertThat(world.delivered().stream().map(envelope -> envelope.getString("key")))
                    .containsExactlyInAnyOrderElementsOf(numbers(records));
        }
    }

    private static boolean awaitPaused(KafkaWorld world) {
        world.await(reading ->
                world.server().status().sources().get(KafkaWorld.SOURCE).paused());
        return true;
    }

    private static List<ProducerRecord<byte[], byte[]>> numbered(String topic, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> new ProducerRecord<byte[], byte[]>(topic, 0, null, bytes(i)))
                .toList();
    }

    private static byte[] bytes(int number) {
        return Integer.toString(number).getBytes(UTF_8);
    }

    private static List<String> numbers(int count) {
        return IntStream.range(0, count).mapToObj(Integer::toString).toList();
    }
}
