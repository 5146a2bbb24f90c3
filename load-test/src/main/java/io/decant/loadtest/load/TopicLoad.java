package io.decant.loadtest.load;

import io.decant.bucketer.KeyHasher;
import io.decant.ingest.demo.BrokerProcess;
import io.decant.ingest.demo.Fingerprint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/** Fills topics from a pool of records, and reads them with nothing but Kafka's own consumer. Owned by one thread. */
public final class TopicLoad {

    /** Of each topic. */
    public static final int PARTITIONS = 6;

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int BATCH_BYTES = 256 << 10;

    private final BrokerProcess broker;
    private final RecordPool pool;
    private long chunks;

    public TopicLoad(BrokerProcess broker, RecordPool pool) {
        this.broker = broker;
        this.pool = pool;
    }

    /**
     * Makes a topic and produces into it, from the pool's first record on; when this returns the broker has all of it.
     *
     * @param records at least so many, in whole chunks
     * @return how many it really has
     * @throws IOException where the broker makes no topic
     */
    @SuppressWarnings("FutureReturnValueIgnored") // What is lost is missed where the buckets are counted.
    public long fill(String topic, long records) throws IOException {
        broker.createTopic(topic, PARTITIONS);
        pool.rewind();
        chunks = (records + pool.chunkRecords() - 1) / pool.chunkRecords();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of(
                "bootstrap.servers",
                broker.address(),
                "acks",
                "all",
                "linger.ms",
                20,
                "batch.size",
                BATCH_BYTES,
                "key.serializer",
                ByteArraySerializer.class,
                "value.serializer",
                ByteArraySerializer.class))) {
            for (long i = 0; i < chunks; i++) {
                ByteBuffer chunk = pool.take();
                while (chunk.hasRemaining()) {
                    byte[] value = new byte[pool.shape().bytes()];
                    chunk.get(value).position(chunk.position() + 1);
                    // One that fails is missing in the verdict.
                    var unused = producer.send(new ProducerRecord<>(topic, value));
                }
            }
            producer.flush();
        }
        return chunks * pool.chunkRecords();
    }

    /** The fingerprint of what the last topic was filled with. */
    public Fingerprint fingerprint(KeyHasher hasher) {
        return pool.fingerprint(chunks, hasher);
    }

    /**
     * Reads a topic and does nothing with its records.
     *
     * @param records how many there are
     * @return records a second, from the first poll that brought some to the last
     */
    public double consume(String topic, long records) {
        try (KafkaConsumer<ByteBuffer, ByteBuffer> consumer = new KafkaConsumer<>(Map.of(
                "bootstrap.servers",
                broker.address(),
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                false,
                "group.id",
                "nobody",
                "max.poll.records",
                2_048,
                "key.deserializer",
                ByteBufferDeserializer.class,
                "value.deserializer",
                ByteBufferDeserializer.class))) {
            consumer.assign(IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .toList());
            long first = consumer.poll(POLL).count();
            while (first == 0) {
                first = consumer.poll(POLL).count();
            }
            long start = System.nanoTime();
            long count = first;
            while (count < records) {
                count += consumer.poll(POLL).count();
            }
            return (count - first) / ((System.nanoTime() - start) / 1e9);
        }
    }
}
