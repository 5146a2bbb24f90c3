package io.decant.ingest.source.kafka;

import io.decant.ingest.source.PartitionStatus;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the broker how far partitions are durable, and never more. With an assignment of our own nobody depends on it but tools, so
 * a failure is said once, and the next try covers it. Belongs to the thread that polls.
 */
final class OffsetCommits {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final Duration LAST_MAX = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    private final String source;
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    private long lastNanos;
    private boolean saidFailure;

    OffsetCommits(String source, long nowNanos) {
        this.source = source;
        this.lastNanos = nowNanos;
    }

    /** The offset that the broker has of the partition. */
    long of(TopicPartition partition) {
        return committed.getOrDefault(partition, PartitionStatus.UNKNOWN);
    }

    /** Of the partition nothing is known any more: it is another member's, or another topic's. */
    void forget(TopicPartition partition) {
        committed.remove(partition);
    }

    /** Sends what is new, once in a while; waits for nothing. */
    void send(Collection<PartitionFeed> feeds, Consumer<ByteBuffer, ByteBuffer> consumer, long nowNanos) {
        if (nowNanos - lastNanos < INTERVAL_NANOS) {
            return;
        }
        lastNanos = nowNanos;
        Map<TopicPartition, OffsetAndMetadata> due = due(feeds);
        if (!due.isEmpty()) {
            consumer.commitAsync(due, (offsets, failure) -> {
                if (failure == null) {
                    accept(offsets);
                } else {
                    failed(failure);
                }
            });
        }
    }

    /** Sends what is new and waits for the answer, not for long. */
    void sendLast(Collection<PartitionFeed> feeds, Consumer<ByteBuffer, ByteBuffer> consumer) {
        Map<TopicPartition, OffsetAndMetadata> due = due(feeds);
        if (due.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(due, LAST_MAX);
            accept(due);
        } catch (KafkaException e) {
            failed(e);
        }
    }

    private Map<TopicPartition, OffsetAndMetadata> due(Collection<PartitionFeed> feeds) {
        Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
        for (PartitionFeed feed : feeds) {
            boolean isOurs = feed.state() == PartitionState.READING || feed.state() == PartitionState.STOPPED;
            long durable = feed.durableOffset();
            if (isOurs && durable != PartitionStatus.UNKNOWN && durable != of(feed.partition())) {
                due.put(feed.partition(), StartOffsets.commit(durable, feed.topicId()));
            }
        }
        return due;
    }

    private void accept(Map<TopicPartition, OffsetAndMetadata> offsets) {
        offsets.forEach((partition, offset) -> committed.merge(partition, offset.offset(), Math::max));
        saidFailure = false;
    }

    private void failed(Exception failure) {
        if (!saidFailure) {
            saidFailure = true;
            log.warn("source {}: offsets could not be committed, which is tried again: {}", source, failure.toString());
        }
    }
}
