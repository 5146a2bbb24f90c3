package io.decant.loadtest.load;

import io.decant.bucketer.KeyHasher;
import io.decant.harness.BrokerProcess;
import io.decant.harness.Fingerprint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Fills topics from a pool of records. Owned by one thread. */
public final class TopicLoad {

    /** Of each topic. */
    public static final int PARTITIONS = 6;

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
}
