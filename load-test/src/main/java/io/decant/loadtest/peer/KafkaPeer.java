package io.decant.loadtest.peer;

import io.decant.harness.BrokerProcess;
import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.load.RecordPool;
import io.decant.loadtest.server.ProcessUsage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Kafka: one producer, {@code acks=all}, batches of 1 MB, to a broker that syncs each of them before it answers
 * ({@code log.flush.interval.messages=1}). The broker has the heap and the collector that its start script gives it.
 */
public final class KafkaPeer implements MeasuredPeer {

    private static final String TOPIC = "records";
    private static final int BATCH_BYTES = 1 << 20;
    private static final int REQUEST_BYTES_MAX = 4 << 20;
    /** The heap has to hold what the producer keeps of each record, too. */
    private static final long BUFFER_BYTES = 16L << 20;

    private static final int LINGER_MILLIS = 20;

    private final BrokerProcess broker;
    private final KafkaProducer<byte[], byte[]> producer;
    private final RecordPool pool;
    private final Sender sender;
    private final AtomicLong acknowledged = new AtomicLong();
    private final AtomicReference<Exception> failure = new AtomicReference<>();

    /** @param jars of the broker */
    public KafkaPeer(Path jars, Path folder, RecordPool pool) throws IOException {
        this.pool = pool;
        pool.rewind();
        this.broker = BrokerProcess.start(
                jars,
                folder,
                Map.of(
                        "log.flush.interval.messages",
                        "1",
                        "message.max.bytes",
                        Integer.toString(REQUEST_BYTES_MAX),
                        "num.network.threads",
                        "3",
                        "num.io.threads",
                        "8"),
                List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC", "-XX:MaxGCPauseMillis=20"));
        broker.createTopic(TOPIC, 1);
        this.producer = new KafkaProducer<>(Map.of(
                "bootstrap.servers",
                broker.address(),
                "acks",
                "all",
                "linger.ms",
                LINGER_MILLIS,
                "batch.size",
                BATCH_BYTES,
                "max.request.size",
                REQUEST_BYTES_MAX,
                "buffer.memory",
                BUFFER_BYTES,
                "key.serializer",
                ByteArraySerializer.class,
                "value.serializer",
                ByteArraySerializer.class));
        this.sender = new Sender("kafka-load", this::turn);
    }

    @SuppressWarnings("FutureReturnValueIgnored") // The callback tells.
    private Object turn() {
        ByteBuffer chunk = pool.take();
        while (chunk.hasRemaining()) {
            byte[] value = new byte[pool.shape().bytes()];
            chunk.get(value).position(chunk.position() + 1);
            var unused = producer.send(new ProducerRecord<>(TOPIC, value), (metadata, e) -> {
                if (e == null) {
                    acknowledged.incrementAndGet();
                } else {
                    failure.compareAndSet(null, e);
                }
            });
        }
        return chunk;
    }

    @Override
    public long records() {
        return acknowledged.get();
    }

    @Override
    public void requireRunning() {
        sender.requireRunning();
        if (failure.get() != null) {
            throw new LoadException("Kafka refused a record: " + failure.get(), failure.get());
        }
    }

    @Override
    public Optional<ProcessUsage> usage() {
        return ProcessUsage.of(broker.pid());
    }

    @Override
    public void close() throws IOException {
        sender.close();
        broker.close();
        producer.close(Duration.ZERO);
    }
}
