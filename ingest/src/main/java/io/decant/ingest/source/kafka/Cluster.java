package io.decant.ingest.source.kafka;

import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;

/** The way to a Kafka cluster. A test has one of its own. */
interface Cluster extends AutoCloseable {

    /**
     * A topic as it is there now.
     *
     * @param id what tells it from an earlier one of its name; {@link io.decant.ingest.journal.ResumePoint#NO_TOPIC} where brokers
     *     are too old to give topics ids
     */
    record Topic(UUID id, int partitions) {}

    /**
     * A new consumer; connects to nobody before it is used.
     *
     * @param metadataCame run whenever the consumer was told anew which topics there are, before it fetches from what it was told;
     *     on any thread
     * @throws org.apache.kafka.common.KafkaException where its properties do not do, or no host is known
     */
    Consumer<ByteBuffer, ByteBuffer> newConsumer(Runnable metadataCame);

    /**
     * Asks what these topics are now; waits for nothing.
     *
     * @return completes with those that there are, exceptionally where nobody answers or one may not be looked at
     */
    CompletableFuture<Map<String, Topic>> look(Collection<String> topics);

    @Override
    void close();
}
