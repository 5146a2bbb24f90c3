package io.decant.ingest.source.kafka;

import io.decant.ingest.journal.ResumePoint;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** The way to a Kafka cluster. A test has one of its own. */
interface Cluster extends AutoCloseable {

    /**
     * A topic as it is there now.
     *
     * @param id what tells it from an earlier one of its name; {@link ResumePoint#NO_TOPIC} where brokers are too old
     *     to give topics ids
     * @param leaders the broker that serves each partition; empty where there is none
     * @param isRefused we may not look at it; nothing else is known of it
     */
    record Topic(UUID id, List<String> leaders, boolean isRefused) {

        public Topic {
            leaders = List.copyOf(leaders);
        }

        /** One whose partitions are all served. */
        Topic(UUID id, int partitions) {
            this(id, Collections.nCopies(partitions, "a broker"), false);
        }

        static Topic refused() {
            return new Topic(ResumePoint.NO_TOPIC, List.of(), true);
        }

        int partitions() {
            return leaders.size();
        }

        boolean hasLeader(int partition) {
            return !leaders.get(partition).isEmpty();
        }
    }

    /**
     * A new consumer; does not connect before it is used.
     *
     * @param metadataCame run whenever the consumer received new metadata of topics, before it fetches from what
     *     it was told; on any thread
     * @throws org.apache.kafka.common.KafkaException where its properties do not do, or no host is known
     */
    Consumer<ByteBuffer, ByteBuffer> newConsumer(Runnable metadataCame);

    /** The newest consumer is about to be polled. On the thread that polls. */
    default void beforePoll() {}

    /**
     * Asks what these topics are now; waits for nothing.
     *
     * @return completes with those that there are, exceptionally if there is no answer
     */
    CompletableFuture<Map<String, Topic>> look(Collection<String> topics);

    /**
     * Asks for the offsets behind the last record that there is, of open transactions too; waits for nothing.
     *
     * @return completes with those that were answered
     */
    default CompletableFuture<Map<TopicPartition, Long>> ends(Collection<TopicPartition> partitions) {
        return CompletableFuture.completedFuture(Map.of());
    }

    /**
     * Asks which offsets are committed for a group; waits for nothing.
     *
     * @return completes with all that there are, exceptionally if there is no answer
     */
    default CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> committed(String group) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("not known"));
    }

    /** Bytes of the largest answer since this was last asked; 0 where there was none. */
    default long takeLargestAnswer() {
        return 0;
    }

    /**
     * Bytes of the largest answer that was too large to be taken in since this was last asked, by broker as
     * {@link Topic#leaders} name it.
     */
    default Map<String, Long> takeTooLargeAnswers() {
        return Map.of();
    }

    /**
     * The batches of a partition that were not given to the consumer, because they do not fit into memory: it takes
     * them for corrupt.
     */
    default List<OversizedBatch> oversized(TopicPartition partition, UUID topicId) {
        return List.of();
    }

    /**
     * The first offset of a partition whose batch was taken for what its codec says of it, after an end that was not as
     * it should be; {@link Long#MAX_VALUE} where none was.
     */
    default long believedFrom(TopicPartition partition, UUID topicId) {
        return Long.MAX_VALUE;
    }

    /** Nanoseconds since this broker last answered, as {@link Topic#leaders} name it; very many where it never did. */
    default long silentNanos(String broker) {
        return 0;
    }

    /**
     * Tries whether this broker can be connected to; waits for nothing.
     *
     * @return completes with what is wrong ("cannot be reached (...)"), empty where nothing is
     */
    default CompletableFuture<String> reach(String broker) {
        return CompletableFuture.completedFuture("");
    }

    /** Why nothing comes from a cluster that answers, in one line; empty if unknown. May take some seconds. */
    default String diagnosis() {
        return "";
    }

    @Override
    void close();
}
