package io.decant.ingest.demo;

import io.decant.harness.Fingerprint;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Produces the stream into a topic as fast as it is delivered at the far end. The broker answers for what it has; what
 * is durable in the journal, the server says.
 */
final class KafkaSender implements Generator {

    static final String TOPIC = "stream";
    static final int PARTITIONS = 4;
    /** What may wait for its delivery, in the topic and in the journal. */
    static final int UNDELIVERED_RECORDS_MAX = 500_000;

    private static final int BLOCK_BYTES = 64 << 10;
    private static final long LOOK_NANOS = 1_000_000;

    private final String address;
    private final LogRecords records;
    private final LongSupplier acknowledged;
    private final LongSupplier delivered;
    private final Thread thread;
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private volatile Fingerprint sent = Fingerprint.EMPTY;
    private volatile boolean stopped;
    private volatile boolean closed;

    /**
     * @param address of the broker
     * @param acknowledged how many records the server has durably
     * @param delivered how many have arrived at the far end
     */
    KafkaSender(String address, LogRecords records, LongSupplier acknowledged, LongSupplier delivered) {
        this.address = address;
        this.records = records;
        this.acknowledged = acknowledged;
        this.delivered = delivered;
        this.thread = new DefaultThreadFactory("demo-sender", true).newThread(this::run);
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public CompletableFuture<Void> ended() {
        return ended.copy();
    }

    @Override
    public Fingerprint sent() {
        return sent;
    }

    @Override
    public long acknowledged() {
        return acknowledged.getAsLong();
    }

    @SuppressWarnings("FutureReturnValueIgnored") // What is lost is missed in what was acknowledged.
    private void run() {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(Map.of(
                "bootstrap.servers",
                address,
                "acks",
                "all",
                "linger.ms",
                5,
                "batch.size",
                BLOCK_BYTES,
                "key.serializer",
                ByteArraySerializer.class,
                "value.serializer",
                ByteArraySerializer.class))) {
            ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
            do {
                Fingerprint more = records.fill(block);
                while (block.hasRemaining()) {
                    byte[] value = new byte[LogRecords.RECORD_BYTES];
                    block.get(value).position(block.position() + 1);
                    producer.send(new ProducerRecord<>(TOPIC, value));
                }
                sent = sent.plus(more);
                awaitDelivery();
            } while (!stopped);
            producer.flush();
            while (!closed && acknowledged.getAsLong() < sent.records()) {
                LockSupport.parkNanos(this, LOOK_NANOS);
            }
            ended.complete(null);
        } catch (KafkaException e) {
            ended.completeExceptionally(new DemoException("the broker accepts no records: " + e.getMessage(), e));
        }
    }

    private void awaitDelivery() {
        while (!stopped && sent.records() - delivered.getAsLong() > UNDELIVERED_RECORDS_MAX) {
            LockSupport.parkNanos(this, LOOK_NANOS);
        }
    }

    @Override
    public void close() {
        stopped = true;
        closed = true;
    }
}
