package io.decant.ingest.endtoend;

import io.decant.harness.BrokerProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * The one real broker of all tests, started by the first that asks, and what tests do with it. It ends with this JVM.
 */
public final class TestBroker {

    private static final Path JARS = Path.of(System.getProperty("decant.kafka-broker"));
    private static final int PATIENCE_SECONDS = 30;
    private static TestBroker shared;

    private final BrokerProcess process;
    private final Admin admin;
    private final AtomicInteger topics = new AtomicInteger();

    private TestBroker() throws IOException {
        this.process = BrokerProcess.start(
                JARS, Files.createTempDirectory("decant-broker-"), Map.of("group.min.session.timeout.ms", "1000"));
        this.admin = Admin.create(Map.of("bootstrap.servers", process.address()));
    }

    public static synchronized TestBroker shared() {
        if (shared == null) {
            try {
                shared = new TestBroker();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return shared;
    }

    /** Another one, with properties of its own. */
    static BrokerProcess another(Path folder, Map<String, String> properties) throws IOException {
        return BrokerProcess.start(JARS, folder, properties);
    }

    public String address() {
        return process.address();
    }

    /** To stop and start it; whoever does, starts it again. */
    BrokerProcess process() {
        return process;
    }

    /** A name that no other test uses. */
    String newName() {
        return "topic-" + topics.incrementAndGet();
    }

    public String newTopic(int partitions) throws Exception {
        String name = newName();
        create(name, partitions);
        return name;
    }

    void create(String topic, int partitions) throws Exception {
        process.createTopic(topic, partitions);
    }

    void delete(String topic) throws Exception {
        get(admin.deleteTopics(List.of(topic)).all());
        boolean there = true;
        while (there) {
            try {
                get(admin.describeTopics(List.of(topic)).allTopicNames());
            } catch (UnknownTopicOrPartitionException e) {
                there = false;
            }
        }
    }

    void addPartitions(String topic, int total) throws Exception {
        get(admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(total)))
                .all());
    }

    /** What retention does when it is its time. */
    void deleteRecords(String topic, int partition, long before) throws Exception {
        get(admin.deleteRecords(Map.of(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(before)))
                .all());
    }

    /** The offset that is committed; empty where none is. */
    Optional<OffsetAndMetadata> committed(String group, String topic, int partition) throws Exception {
        Map<TopicPartition, OffsetAndMetadata> offsets =
                get(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata());
        return Optional.ofNullable(offsets.get(new TopicPartition(topic, partition)));
    }

    long end(String topic, int partition) throws Exception {
        TopicPartition asked = new TopicPartition(topic, partition);
        return get(admin.listOffsets(Map.of(asked, OffsetSpec.latest())).partitionResult(asked))
                .offset();
    }

    /** @param more properties that go over the usual ones */
    KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
        return producer(address(), more);
    }

    static KafkaProducer<byte[], byte[]> producer(String address, Map<String, Object> more) {
        Map<String, Object> properties = new HashMap<>(Map.of(
                "bootstrap.servers",
                address,
                "acks",
                "all",
                "linger.ms",
                5,
                "key.serializer",
                ByteArraySerializer.class,
                "value.serializer",
                ByteArraySerializer.class));
        properties.putAll(more);
        return new KafkaProducer<>(properties);
    }

    /** Sends these, in order, and waits until the broker has them. */
    public void send(List<ProducerRecord<byte[], byte[]>> records) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
            List<Future<RecordMetadata>> sent = new ArrayList<>();
            records.forEach(record -> sent.add(producer.send(record)));
            for (Future<RecordMetadata> one : sent) {
                one.get();
            }
        }
    }

    private static <T> T get(KafkaFuture<T> answer) throws Exception {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof Exception cause ? cause : e;
        } catch (TimeoutException e) {
            throw new AssertionError("the broker does not answer", e);
        }
    }
}
