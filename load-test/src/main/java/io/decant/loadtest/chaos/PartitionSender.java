package io.decant.loadtest.chaos;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** An idempotent producer into the partitions of a topic, each of which is a stream. */
final class PartitionSender extends ChaosSender {

    static final String TOPIC = "chaos";
    static final int PARTITIONS = 3;
    private static final int PORTION_RECORDS = 40;
    private static final int ANSWER_SECONDS_MAX = 60;

    private final String broker;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicLong[] sent = new AtomicLong[PARTITIONS];

    /** @param broker {@code host:port} */
    PartitionSender(String broker, int rate) {
        super("kafka", rate);
        this.broker = broker;
        for (int i = 0; i < PARTITIONS; i++) {
            sent[i] = new AtomicLong();
        }
    }

    private static String stream(int partition) {
        return "kafka-" + partition;
    }

    @Override
    public void run() {
        // It retries for as long as it takes; its buffer is the bound.
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                broker,
                "acks",
                "all",
                "enable.idempotence",
                true,
                "linger.ms",
                20,
                "delivery.timeout.ms",
                Integer.MAX_VALUE,
                "max.block.ms",
                Integer.MAX_VALUE,
                "buffer.memory",
                4L << 20,
                "reconnect.backoff.max.ms",
                500,
                "key.serializer",
                ByteArraySerializer.class,
                "value.serializer",
                ByteArraySerializer.class);
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(settings)) {
            for (int partition = 0; !isStopping(); partition = (partition + 1) % PARTITIONS) {
                pace(PORTION_RECORDS);
                for (int i = 0; i < PORTION_RECORDS; i++) {
                    send(producer, partition);
                }
            }
            producer.flush();
        }
    }

    private void send(KafkaProducer<byte[], byte[]> producer, int partition) {
        ChaosRecord record = new ChaosRecord(stream(partition), sent[partition].getAndIncrement());
        byte[] value = record.json().getBytes(US_ASCII);
        var unused = producer.send(
                new ProducerRecord<>(TOPIC, partition, record.key().getBytes(US_ASCII), value), (metadata, failure) -> {
                    if (failure == null) {
                        acknowledged.incrementAndGet();
                    } else {
                        violated("the broker did not take " + record + ": " + failure);
                    }
                });
    }

    /**
     * Asks the broker whether its topic has what was sent, once the sender has ended: if not, Decant is not to
     * blame.
     */
    void requireInTopic() {
        Map<TopicPartition, OffsetSpec> latest = new TreeMap<>((one, other) -> one.partition() - other.partition());
        for (int i = 0; i < PARTITIONS; i++) {
            latest.put(new TopicPartition(TOPIC, i), OffsetSpec.latest());
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
            Map<TopicPartition, ListOffsetsResultInfo> ends =
                    admin.listOffsets(latest).all().get(ANSWER_SECONDS_MAX, TimeUnit.SECONDS);
            ends.forEach((partition, end) -> {
                long count = sent[partition.partition()].get();
                if (end.offset() != count) {
                    violated("the topic's partition " + partition.partition() + " has " + end.offset() + " records, "
                            + count + " were sent: the broker's doing");
                }
            });
        } catch (ExecutionException | TimeoutException e) {
            violated("the broker does not say what its topic has: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            violated("interrupted");
        }
    }

    @Override
    Map<String, Long> sent() {
        Map<String, Long> all = new TreeMap<>();
        for (int i = 0; i < PARTITIONS; i++) {
            all.put(stream(i), sent[i].get());
        }
        return all;
    }

    @Override
    long acknowledged() {
        return acknowledged.get();
    }
}
