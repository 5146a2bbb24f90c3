package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.admin.ServerStatus;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with one partition or topic stops that one alone; the others, and TCP, are read. Two real brokers. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // What arrives tells what was sent.
class KafkaPartitionsIT {

    private static final String TCP = "sources.lines={type: tcp, address: '127.0.0.1:0'}";

    @TempDir
    private static Path clusterFolder;

    private static TwoBrokers brokers;

    @TempDir
    Path folder;

    @BeforeAll
    static void startBrokers() throws Exception {
        brokers = new TwoBrokers(clusterFolder);
    }

    @AfterAll
    static void stopBrokers() throws Exception {
        brokers.close();
    }

    @Test
    void shouldStopOnlyThePartitionWithACorruptRecordAndGoOnBehindItIfAsked() throws Exception {
        String topic = brokers.newTopic(1, 1);
        brokers.send(numbered(topic, 0, 0, 10));
        flipAByte(topic, "value 6");
        try (KafkaWorld world = new KafkaWorld(folder, brokers.address(), topic)) {
            world.start(TCP);
            ServerStatus.Partition stopped = world.awaitPartition(
                    topic, 0, partition -> partition.state().equals("stopped"));
            assertThat(stopped.error())
                    .startsWith("the record at offset 6 cannot be read: ")
                    .contains("sources.clicks.on-corrupt: skip");
            brokers.send(numbered(topic, 1, 10, 5));
            world.awaitRecords(6 + 5);
            sendLines(world);
            world.awaitRecords(6 + 5 + 100);
            world.stop();

            world.start(TCP, "sources.clicks.on-corrupt=skip");
            world.awaitRecords(9 + 5 + 100);
            ServerStatus.Partition goneOn = world.awaitPartition(
                    topic, 0, partition -> partition.position().equals(OptionalLong.of(10)));
            assertThat(goneOn.skipped()).isEqualTo(1);
            assertThat(goneOn.state()).isEqualTo("reading");
            world.stop();
            assertThat(world.values())
                    .contains("value 5", "value 7", "value 9", "value 14")
                    .doesNotContain("value 6");
        }
    }

    private static void flipAByte(String topic, String of) throws Exception {
        Path segment = brokers.segment(topic, 0);
        byte[] bytes = Files.readAllBytes(segment);
        int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf(of);
        assertThat(at).isPositive();
        try (RandomAccessFile file = new RandomAccessFile(segment.toFile(), "rw")) {
            file.seek(at);
            file.write(bytes[at] ^ 1);
        }
    }

    @Test
    void shouldReadTheRestWhereAPartitionHasNoLeader() throws Exception {
        String topic = brokers.newTopic(1, 2);
        brokers.send(numbered(topic, 0, 0, 5));
        brokers.send(numbered(topic, 1, 5, 5));
        try (KafkaWorld running = new KafkaWorld(folder.resolve("running"), brokers.address(), topic);
                KafkaWorld late = new KafkaWorld(folder.resolve("late"), brokers.address(), topic)) {
            running.start(TCP);
            running.awaitRecords(10);
            brokers.second().kill();
            try {
                // It is listed as the leader for some seconds more.
                ServerStatus.Partition away = running.awaitPartition(
                        topic, 1, partition -> partition.state().equals("away"));
                assertThat(away.error())
                        .startsWith("no answer from " + brokers.secondAddress()
                                + ", the broker that serves it: it cannot be reached (");
                running.await(reading -> reading.lastError()
                        .contains("no answer from " + brokers.secondAddress() + ", which cannot be reached ("));
                assertThat(running.partition(topic, 0).state()).isEqualTo("reading");
                running.awaitPartition(topic, 1, partition -> partition
                        .error()
                        .equals("it has no leader: the broker that has it is down; retrying"));
                running.await(reading -> reading.state().equals("reading")
                        && reading.lastError().contains("waiting for a leader: " + topic + "-1"));
                // A journal that is new has no offsets, and reads what can be read all the same.
                late.start("sources.clicks.group-id=late");
                late.awaitPartition(topic, 1, partition -> partition.state().equals("away"));
                brokers.send(numbered(topic, 0, 10, 5));
                late.awaitRecords(10);
                running.awaitRecords(15);
                sendLines(running);
                running.awaitRecords(115);
            } finally {
                brokers.second().start();
            }
            late.awaitRecords(15);
            brokers.send(numbered(topic, 1, 15, 5));
            late.awaitRecords(20);
            running.awaitRecords(120);
            running.await(reading -> reading.lastError().isEmpty());
            running.awaitPartition(
                    topic,
                    1,
                    partition -> partition.state().equals("reading")
                            && partition.error().isEmpty());
            assertThat(late.values()).containsExactlyInAnyOrderElementsOf(values(20));
        }
    }

    @Test
    void shouldReadTheRestWhereATopicMayNotBeRead() throws Exception {
        String open = brokers.newTopic(1);
        String closed = brokers.newTopic(1);
        brokers.send(numbered(open, 0, 0, 5));
        brokers.send(numbered(closed, 0, 5, 5));
        try (KafkaWorld world = new KafkaWorld(folder, brokers.address(), open + ", " + closed)) {
            brokers.permit(closed, false);
            try {
                world.start(TCP);
                world.awaitRecords(5);
                assertThat(world.await(reading -> !reading.lastError().isEmpty())
                                .lastError())
                        .startsWith("not permitted to read " + closed);
                assertThat(problems(world))
                        .singleElement()
                        .asString()
                        .startsWith("source clicks: not permitted to read topic " + closed);
            } finally {
                brokers.permit(closed, true);
            }
            world.awaitRecords(10);
            world.await(reading -> reading.lastError().isEmpty());
            brokers.permit(closed, false);
            try {
                world.awaitPartition(closed, 0, partition -> partition.state().equals("refused"));
                brokers.send(numbered(open, 0, 10, 5));
                world.awaitRecords(15);
                sendLines(world);
                world.awaitRecords(115);
            } finally {
                brokers.permit(closed, true);
            }
            brokers.send(numbered(closed, 0, 15, 5));
            world.awaitRecords(120);
        }
    }

    @Test
    void shouldSayWhichAdvertisedAddressCannotBeUsed() throws Exception {
        String topic = brokers.newTopic(1);
        try (KafkaWorld nameless = new KafkaWorld(folder.resolve("a"), brokers.namelessAddress(), topic);
                KafkaWorld closed = new KafkaWorld(folder.resolve("b"), brokers.closedAddress(), topic)) {
            assertThat(problems(closed))
                    .singleElement()
                    .asString()
                    .startsWith("source clicks: " + brokers.closedAddress() + " answers and names "
                            + brokers.closedTarget() + ", which cannot be reached (");
            nameless.start(TCP);
            nameless.await(reading -> reading.lastError()
                    .startsWith(brokers.namelessAddress() + " answers and names " + TwoBrokers.UNKNOWN_HOST
                            + ", which cannot be resolved"));
            sendLines(nameless);
            nameless.awaitRecords(100);
        }
    }

    @Test
    void shouldSayThatAnOpenTransactionHoldsRecordsUp() throws Exception {
        String topic = brokers.newTopic(1);
        try (KafkaProducer<byte[], byte[]> open = brokers.producer(Map.of("transactional.id", topic));
                KafkaWorld world = new KafkaWorld(folder, brokers.address(), topic)) {
            open.initTransactions();
            open.beginTransaction();
            open.send(new ProducerRecord<>(topic, 0, null, "value 0".getBytes(UTF_8)));
            open.flush();
            brokers.send(numbered(topic, 0, 1, 9));
            world.start(TCP);
            ServerStatus.Partition heldUp = world.awaitPartition(
                    topic, 0, partition -> partition.error().equals("held up by an open transaction at offset 0"));
            assertThat(heldUp.lag()).isEqualTo(OptionalLong.of(10));
            assertThat(heldUp.state()).isEqualTo("reading");
            sendLines(world);
            world.awaitRecords(100);
            open.commitTransaction();
            world.awaitRecords(110);
            world.awaitPartition(
                    topic,
                    0,
                    partition -> partition.error().isEmpty() && partition.lag().equals(OptionalLong.of(0)));
        }
    }

    @Test
    void shouldShowWhatTheBrokerHasCommittedAndCommitAgainWhatExpired() throws Exception {
        String topic = brokers.newTopic(1);
        String group = "group-of-" + topic;
        brokers.send(numbered(topic, 0, 0, 5));
        try (KafkaWorld world = new KafkaWorld(folder, brokers.address(), topic)) {
            world.start(TCP);
            world.awaitPartition(topic, 0, partition -> partition.committed().equals(OptionalLong.of(5)));
            brokers.expireOffset(group, topic, 0);
            assertThat(brokers.committed(group, topic, 0)).isEmpty();
            // Nothing comes, and it is committed all the same.
            world.await(reading -> isCommitted(group, topic));
            sendLines(world);
            world.awaitRecords(105);
        }
    }

    private static boolean isCommitted(String group, String topic) {
        try {
            return brokers.committed(group, topic, 0).isPresent();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void shouldCarryAHeaderWithALongName() throws Exception {
        String topic = brokers.newTopic(1);
        String name = "n".repeat(70_000);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, 0, null, "value 0".getBytes(UTF_8));
        record.headers().add("short", "1".getBytes(UTF_8)).add(name, "2".getBytes(UTF_8));
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(List.of(record));
        records.addAll(numbered(topic, 0, 1, 1));
        brokers.send(records);
        try (KafkaWorld world = new KafkaWorld(folder, brokers.address(), topic)) {
            world.start();
            world.awaitRecords(2);
            world.stop();
            assertThat(world.delivered().get(0).getJsonArray("headers").encode())
                    .isEqualTo("[{\"name\":\"short\",\"value\":\"1\"},{\"name\":\"" + name + "\",\"value\":\"2\"}]");
        }
    }

    private static List<String> problems(KafkaWorld world) {
        return world.connectionProblems();
    }

    private static void sendLines(KafkaWorld world) throws Exception {
        assertThat(world.sendLines("lines", "from tcp\n".repeat(100))).endsWith("OK 100\n");
    }

    private static List<ProducerRecord<byte[], byte[]>> numbered(String topic, int partition, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(
                        i -> new ProducerRecord<byte[], byte[]>(topic, partition, null, ("value " + i).getBytes(UTF_8)))
                .toList();
    }

    private static List<String> values(int count) {
        return IntStream.range(0, count).mapToObj(i -> "value " + i).toList();
    }
}
