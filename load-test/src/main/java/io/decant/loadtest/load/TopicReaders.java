package io.decant.loadtest.load;

import io.decant.loadtest.server.ProcessUsage;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.kafka.client.common.TopicPartition;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * Two ways to read a whole topic with the same settings: with Kafka's own consumer, and with Vert.x's, which wraps it.
 * Stateless.
 */
public final class TopicReaders {

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int POLL_RECORDS_MAX = 2_048;
    private static final int PATIENCE_SECONDS = 120;

    private TopicReaders() {}

    /**
     * Reads with Kafka's own consumer, a poll's records at once.
     *
     * @param records how many the topic holds
     */
    public static TopicReading read(String broker, String topic, long records) {
        try (KafkaConsumer<ByteBuffer, ByteBuffer> consumer = new KafkaConsumer<>(Map.copyOf(settings(broker)))) {
            consumer.assign(IntStream.range(0, TopicLoad.PARTITIONS)
                    .mapToObj(partition -> new org.apache.kafka.common.TopicPartition(topic, partition))
                    .toList());
            long first = consumer.poll(POLL).count();
            while (first == 0) {
                first = consumer.poll(POLL).count();
            }
            TopicReading.Watch watch = new TopicReading.Watch();
            long count = first;
            while (count < records) {
                count += consumer.poll(POLL).count();
            }
            return watch.stop(count - first);
        }
    }

    /**
     * Reads with Vert.x's consumer, which hands over records one by one, on an event loop.
     *
     * @param records how many the topic holds
     */
    public static TopicReading readThroughVertx(String broker, String topic, long records) {
        Vertx vertx = Vertx.vertx();
        try {
            var consumer = io.vertx.kafka.client.consumer.KafkaConsumer.<ByteBuffer, ByteBuffer>create(
                    vertx, settings(broker));
            HandledRecords handled = new HandledRecords(records);
            consumer.handler(handled::add);
            consumer.assign(IntStream.range(0, TopicLoad.PARTITIONS)
                            .mapToObj(partition -> new TopicPartition(topic, partition))
                            .collect(Collectors.toSet()))
                    .await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            TopicReading reading = handled.reading.future().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            consumer.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
            return reading;
        } catch (TimeoutException e) {
            throw new LoadException(
                    "Vert.x's consumer did not read " + topic + " within " + PATIENCE_SECONDS + " s", e);
        } finally {
            close(vertx);
        }
    }

    private static void close(Vertx vertx) {
        try {
            vertx.close().toCompletionStage().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            throw new LoadException("Vert.x did not close: " + e, e);
        }
    }

    private static Map<String, String> settings(String broker) {
        String buffers = ByteBufferDeserializer.class.getName();
        return Map.of(
                "bootstrap.servers",
                broker,
                "auto.offset.reset",
                "earliest",
                "enable.auto.commit",
                "false",
                "group.id",
                "nobody",
                "max.poll.records",
                Integer.toString(POLL_RECORDS_MAX),
                "key.deserializer",
                buffers,
                "value.deserializer",
                buffers);
    }

    /** What the handler has seen. Owned by the consumer's event loop. */
    private static final class HandledRecords {
        private final long records;
        private final Promise<TopicReading> reading = Promise.promise();
        private TopicReading.Watch watch;
        private long count;

        HandledRecords(long records) {
            this.records = records;
        }

        void add(Object record) {
            if (count == 0) {
                watch = new TopicReading.Watch();
            }
            if (++count == records) {
                reading.complete(watch.stop(count));
            }
        }
    }

    /**
     * What it took this process to read a topic to its end and do nothing with its records.
     *
     * @param recordsPerSecond from the first record on
     * @param cpuSecondsPerMillion of all threads, in user and kernel; NaN where the system does not tell
     */
    public record TopicReading(double recordsPerSecond, double cpuSecondsPerMillion) {

        private static final double MILLION = 1e6;
        private static final double NANOS_PER_SECOND = 1e9;

        /** A reading under way. For one thread at a time. */
        static final class Watch {
            private final long nanos = System.nanoTime();
            private final double cpuSeconds = cpuSeconds();

            /** @param records that came since this was made */
            TopicReading stop(long records) {
                double seconds = (System.nanoTime() - nanos) / NANOS_PER_SECOND;
                return new TopicReading(records / seconds, (cpuSeconds() - cpuSeconds) * MILLION / records);
            }

            private static double cpuSeconds() {
                return ProcessUsage.of(ProcessHandle.current().pid())
                        .map(ProcessUsage::cpuSeconds)
                        .orElse(Double.NaN);
            }
        }
    }
}
