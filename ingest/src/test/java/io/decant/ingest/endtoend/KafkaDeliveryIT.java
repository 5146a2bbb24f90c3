package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterReader;
import io.decant.ingest.deadletter.FileDeadLetterStore;
import io.decant.ingest.deadletter.LetterLine;
import io.vertx.core.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Records of a real broker, as they arrive at a receiver. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@SuppressWarnings("FutureReturnValueIgnored") // What arrives tells what was sent.
class KafkaDeliveryIT {

    private static TestBroker broker;

    @TempDir
    Path folder;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.shared();
    }

    /** What kind of batch the broker has of them is none of the receiver's business. */
    @Test
    void shouldDeliverEachRecordOnceAndThoseOfAKeyInOrder() throws Exception {
        int records = 10_000;
        int partitions = 6;
        String topic = broker.newTopic(partitions);
        Random random = new Random(1);
        Map<String, List<String>> sent = new TreeMap<>();
        List<String> codecs = List.of("none", "gzip", "snappy", "lz4", "zstd");
        for (int i = 0; i < codecs.size(); i++) {
            try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of("compression.type", codecs.get(i)))) {
                for (int j = 0; j < records / codecs.size(); j++) {
                    String key = "user-" + random.nextInt(300);
                    String value = "value " + random.nextInt(20);
                    sent.computeIfAbsent(key, k -> new ArrayList<>()).add(value);
                    producer.send(new ProducerRecord<>(topic, key.getBytes(UTF_8), value.getBytes(UTF_8)));
                }
            }
        }
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            world.start("bucket.key=kafka-key");
            world.awaitRecords(records);
            world.stop();

            Map<String, List<String>> delivered = new TreeMap<>();
            world.delivered().forEach(envelope -> delivered
                    .computeIfAbsent(envelope.getString("key"), key -> new ArrayList<>())
                    .add(envelope.getString("value")));
            assertThat(delivered).isEqualTo(sent);
            assertThat(world.receiver().records()).isEqualTo(records);
            assertThat(noBucketHoldsAKeyTwice(world)).isTrue();
            for (int i = 0; i < partitions; i++) {
                assertThat(broker.committed("group-of-" + topic, topic, i).map(OffsetAndMetadata::offset))
                        .as("a drain commits")
                        .contains(broker.end(topic, i));
            }
        }
    }

    private static boolean noBucketHoldsAKeyTwice(KafkaWorld world) {
        Map<String, Long> counts = new TreeMap<>();
        world.receiver().parts().forEach(part -> part.lines()
                .forEach(line -> counts.merge(
                        part.part().batch() + "/" + part.part().bucket() + "/"
                                + new JsonObject(new String(line, UTF_8)).getString("key"),
                        1L,
                        Long::sum)));
        return counts.values().stream().allMatch(count -> count == 1);
    }

    @Test
    void shouldCarryWhateverARecordMayHold() throws Exception {
        String topic = broker.newTopic(1);
        byte[] notUtf8 = {(byte) 0xff, 0, '\n', (byte) 0xc3};
        ProducerRecord<byte[], byte[]> rich =
                new ProducerRecord<>(topic, 0, 1_700_000_000_123L, notUtf8, "a\nb".getBytes(UTF_8));
        rich.headers().add("trace", "1".getBytes(UTF_8)).add("trace", notUtf8).add("none", null);
        broker.send(List.of(
                rich,
                new ProducerRecord<>(topic, 0, "k".getBytes(UTF_8), null),
                new ProducerRecord<>(topic, 0, "".getBytes(UTF_8), "".getBytes(UTF_8)),
                new ProducerRecord<>(topic, 0, null, notUtf8)));
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            world.start("bucket.key=kafka-key");
            world.awaitRecords(4);
            world.stop();

            Map<Long, JsonObject> byOffset = new TreeMap<>();
            world.delivered().forEach(envelope -> byOffset.put(envelope.getLong("position"), envelope));
            String base64 = Base64.getEncoder().encodeToString(notUtf8);
            JsonObject first = byOffset.get(0L);
            assertThat(first.getString("key-base64")).isEqualTo(base64);
            assertThat(first.getString("value")).isEqualTo("a\nb");
            assertThat(first.getString("time")).isEqualTo("2023-11-14T22:13:20.123Z");
            assertThat(first.getString("stream")).isEqualTo(topic + "-0");
            assertThat(first.getString("source")).isEqualTo(KafkaWorld.SOURCE);
            assertThat(first.getJsonArray("headers").encode())
                    .isEqualTo("[{\"name\":\"trace\",\"value\":\"1\"},{\"name\":\"trace\",\"value-base64\":\"" + base64
                            + "\"},{\"name\":\"none\",\"value\":null}]");
            assertThat(byOffset.get(1L).containsKey("value")).isTrue();
            assertThat(byOffset.get(1L).getValue("value")).as("a tombstone").isNull();
            assertThat(byOffset.get(1L).containsKey("headers")).isFalse();
            assertThat(byOffset.get(2L).getString("value")).isEmpty();
            assertThat(byOffset.get(3L).getString("value-base64")).isEqualTo(base64);
        }
    }

    @Test
    void shouldGiveRecordsWithoutAKeyToTheDeadLettersIfAsked() throws Exception {
        String topic = broker.newTopic(2);
        broker.send(List.of(
                new ProducerRecord<>(topic, 1, null, "keyless".getBytes(UTF_8)),
                new ProducerRecord<>(topic, 0, "k".getBytes(UTF_8), "kept".getBytes(UTF_8)),
                new ProducerRecord<>(topic, 0, "l".getBytes(UTF_8), "two\nlines".getBytes(UTF_8))));
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            world.start("bucket.key=kafka-key", "bucket.missing-key=dlq", "sinks.api.format=lines");
            world.awaitRecords(1);
            world.stop();

            assertThat(world.receiver().parts()).singleElement().satisfies(part -> assertThat(part.lines())
                    .containsExactly("kept".getBytes(UTF_8)));
            assertThat(letters(topic))
                    .as("say where they came from")
                    .containsExactlyInAnyOrder(
                            "missing-key of partition 1 at 0", "newline-in-record of partition 0 at 1");
        }
    }

    private List<String> letters(String topic) throws Exception {
        List<String> letters = new ArrayList<>();
        try (DeadLetterReader reader = DeadLetterReader.ofDays(new FileDeadLetterStore(folder.resolve("data")))) {
            for (LetterLine line = reader.next(); line != null; line = reader.next()) {
                DeadLetter letter = line.filed().letter();
                assertThat(letter.frame().topic()).isEqualTo(topic);
                letters.add(letter.reason().word() + " of partition "
                        + letter.frame().partition() + " at " + letter.frame().offset());
            }
        }
        return letters;
    }

    @Test
    void shouldNeverShowWhatATransactionAborted() throws Exception {
        String topic = broker.newTopic(1);
        try (KafkaProducer<byte[], byte[]> producer = broker.producer(Map.of("transactional.id", topic))) {
            producer.initTransactions();
            for (int i = 0; i < 40; i++) {
                boolean aborts = i % 3 == 1;
                producer.beginTransaction();
                for (int j = 0; j < 5; j++) {
                    String value = (aborts ? "aborted " : "committed ") + i + "." + j;
                    producer.send(new ProducerRecord<>(topic, value.getBytes(UTF_8)));
                }
                producer.flush();
                if (aborts) {
                    producer.abortTransaction();
                } else {
                    producer.commitTransaction();
                }
            }
        }
        int committed = 27 * 5;
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            world.start();
            world.awaitRecords(committed);
            long end = broker.end(topic, 0);
            world.awaitPartition(topic, 0, partition -> partition.committed().equals(OptionalLong.of(end)));
            assertThat(world.partition(topic, 0).lag().getAsLong())
                    .as("markers of transactions are no lag")
                    .isZero();
            world.stop();

            assertThat(world.values()).hasSize(committed).allMatch(value -> value.startsWith("committed"));
            assertThat(world.delivered().stream().map(envelope -> envelope.getLong("position")))
                    .doesNotHaveDuplicates();
        }
    }

    /** Nothing is read twice, and nothing left out, whichever way the server before it ended. */
    @Test
    void shouldGoOnWhereTheJournalIs() throws Exception {
        String topic = broker.newTopic(2);
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            int sent = 0;
            for (int round = 0; round < 4; round++) {
                broker.send(numbered(topic, sent, 500));
                sent += 500;
                world.start();
                world.awaitRecords(sent);
                if (round % 2 == 0) {
                    world.stop();
                } else {
                    world.end();
                }
            }
            world.start();
            broker.send(numbered(topic, sent, 1));
            world.awaitRecords(sent + 1);
            assertThat(world.values())
                    .containsExactlyInAnyOrderElementsOf(IntStream.rangeClosed(0, sent)
                            .mapToObj(Integer::toString)
                            .toList());
        }
    }

    private static List<ProducerRecord<byte[], byte[]>> numbered(String topic, int from, int count) {
        return IntStream.range(from, from + count)
                .mapToObj(i -> new ProducerRecord<byte[], byte[]>(
                        topic, i % 2, null, Integer.toString(i).getBytes(UTF_8)))
                .toList();
    }

    /** A journal that is new asks the broker where the last one was. */
    @Test
    void shouldBeginAtTheCommittedOffsetWhereTheJournalKnowsNone() throws Exception {
        String topic = broker.newTopic(2);
        broker.send(numbered(topic, 0, 100));
        try (KafkaWorld world = new KafkaWorld(folder.resolve("first"), broker, topic)) {
            world.start();
            world.awaitRecords(100);
            world.stop();
        }
        broker.send(numbered(topic, 100, 10));
        try (KafkaWorld world = new KafkaWorld(folder.resolve("second"), broker, topic)) {
            world.start();
            world.awaitRecords(10);
            world.stop();
            assertThat(world.values()).hasSize(10).allMatch(value -> Integer.parseInt(value) >= 100);
        }
        Optional<OffsetAndMetadata> committed = broker.committed("group-of-" + topic, topic, 0);
        assertThat(committed.orElseThrow().metadata())
                .as("says of which topic it is")
                .startsWith("topic-id=");
    }

    @Test
    void shouldBeginBehindTheNewestRecordIfAsked() throws Exception {
        String topic = broker.newTopic(2);
        broker.send(numbered(topic, 0, 100));
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            world.start("sources.clicks.start=latest");
            world.awaitPartition(topic, 0, partition -> partition.position().isPresent());
            world.awaitPartition(topic, 1, partition -> partition.position().isPresent());
            broker.send(numbered(topic, 100, 10));
            world.awaitRecords(10);
            assertThat(world.values()).hasSize(10).allMatch(value -> Integer.parseInt(value) >= 100);
        }
    }

    @Test
    void shouldReadThePartitionsThatAreListedAndNoOthers() throws Exception {
        String topic = broker.newTopic(2);
        broker.send(numbered(topic, 0, 100));
        try (KafkaWorld world = new KafkaWorld(folder, broker, topic)) {
            world.start("sources.clicks.partitions=[1]");
            world.awaitRecords(50);
            world.stop();
            assertThat(world.values()).hasSize(50).allMatch(value -> Integer.parseInt(value) % 2 == 1);
        }
    }

    /**
     * Which address of a name is tried is Kafka's decision ({@code client.dns.lookup}): the next one, where one does
     * not answer.
     */
    @Test
    void shouldTryTheNextAddressOfANameWhereTheFirstIsDead() throws Exception {
        String topic = broker.newTopic(1);
        broker.send(numbered(topic, 0, 10).stream()
                .map(record -> new ProducerRecord<byte[], byte[]>(topic, 0, null, record.value()))
                .toList());
        Path hosts = Files.writeString(
                folder.resolve("hosts"), "127.0.0.1 localhost\n127.0.0.2 two-addresses\n127.0.0.1 two-addresses\n");
        String port = broker.address().substring(broker.address().lastIndexOf(':') + 1);
        try (KafkaWorld world = new KafkaWorld(folder, "two-addresses:" + port, topic)) {
            ServerProcess server = ServerProcess.start(
                    folder, world.settingsFile(), Map.of("JAVA_OPTS", "-Djdk.net.hosts.file=" + hosts), List.of());
            try {
                world.awaitRecords(10);
            } finally {
                server.kill();
            }
        }
    }
}
