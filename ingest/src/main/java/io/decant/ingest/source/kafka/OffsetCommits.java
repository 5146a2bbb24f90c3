package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import io.decant.config.PartitionAssignment;
import io.decant.ingest.source.PartitionStatus;
import io.decant.offload.log.LoggedCauses;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the broker how far partitions are durable, and never more. With an assignment of our own nothing depends on it
 * but tools, so a failure is said once for each cause, and the next try covers it. A broker drops offsets that were not
 * committed for some days (7 by default), also while their consumer is there, so they are committed again every hour,
 * and the broker is asked what it has. Belongs to the thread that polls.
 */
final class OffsetCommits {

    private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** How often everything is committed again. */
    private static final long AGAIN_NANOS = TimeUnit.HOURS.toNanos(1);
    /** How often the broker is asked what it has. */
    private static final long ASK_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final Duration LAST_MAX = Duration.ofSeconds(5);
    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    private final String source;
    private final LoggedCauses causes = new LoggedCauses();
    private final Map<TopicPartition, Long> committed = new HashMap<>();
    private final String group;
    /** Whether other members may have partitions that were ours. */
    private final boolean isShared;

    private final Cluster cluster;
    private CompletableFuture<Map<TopicPartition, OffsetAndMetadata>> asked;
    private long lastNanos;
    private long againNanos;
    private long askedNanos;

    OffsetCommits(String source, KafkaSourceSettings settings, Cluster cluster, long nowNanos) {
        this.source = source;
        this.group = settings.groupId();
        this.isShared = settings.assignment() == PartitionAssignment.GROUP;
        this.cluster = cluster;
        this.lastNanos = nowNanos;
        this.againNanos = nowNanos;
        this.askedNanos = nowNanos;
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
        ask(feeds, nowNanos);
        boolean isAgain = nowNanos - againNanos >= AGAIN_NANOS;
        Map<TopicPartition, OffsetAndMetadata> due = due(feeds, isAgain, consumer);
        if (isAgain) {
            againNanos = nowNanos;
        }
        if (!due.isEmpty()) {
            consumer.commitAsync(due, (offsets, failure) -> {
                if (failure == null) {
                    accept(offsets, feeds);
                } else {
                    failed(failure);
                }
            });
        }
    }

    /** Sends what is new and waits for the answer, not for long. */
    void sendLast(Collection<PartitionFeed> feeds, Consumer<ByteBuffer, ByteBuffer> consumer) {
        Map<TopicPartition, OffsetAndMetadata> due = due(feeds, false, consumer);
        if (due.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(due, LAST_MAX);
            accept(due, feeds);
        } catch (KafkaException e) {
            failed(e);
        }
    }

    /** Takes what the broker said it has, and asks again after a while. */
    private void ask(Collection<PartitionFeed> feeds, long nowNanos) {
        if (asked != null && asked.isDone()) {
            if (!asked.isCompletedExceptionally()) {
                take(asked.join(), feeds);
            }
            asked = null;
        }
        if (asked == null && nowNanos - askedNanos >= ASK_NANOS) {
            askedNanos = nowNanos;
            asked = cluster.committed(group);
        }
    }

    private void take(Map<TopicPartition, OffsetAndMetadata> answer, Collection<PartitionFeed> feeds) {
        for (PartitionFeed feed : feeds) {
            OffsetAndMetadata has = answer.get(feed.partition());
            if (has == null) {
                committed.remove(feed.partition());
            } else if (feed.isBegun()) {
                committed.put(feed.partition(), has.offset());
            }
        }
    }

    /**
     * In a group nothing of a partition that this consumer is not assigned, whatever its feed says: the broker takes a
     * member's commit for any partition. A commit of an earlier assignment it refuses, by the generation that the
     * client sends with it.
     */
    private Map<TopicPartition, OffsetAndMetadata> due(
            Collection<PartitionFeed> feeds, boolean again, Consumer<ByteBuffer, ByteBuffer> consumer) {
        Set<TopicPartition> assigned = isShared ? consumer.assignment() : Set.of();
        Map<TopicPartition, OffsetAndMetadata> due = new HashMap<>();
        for (PartitionFeed feed : feeds) {
            long durable = feed.durableOffset();
            boolean isNew = again || durable != of(feed.partition());
            boolean isAssigned = !isShared || assigned.contains(feed.partition());
            if (isAssigned && feed.isBegun() && durable != PartitionStatus.UNKNOWN && isNew) {
                due.put(feed.partition(), StartOffsets.commit(durable, feed.topicId()));
            }
        }
        return due;
    }

    /** An answer may come when a partition is another member's. */
    private void accept(Map<TopicPartition, OffsetAndMetadata> offsets, Collection<PartitionFeed> feeds) {
        for (PartitionFeed feed : feeds) {
            OffsetAndMetadata offset = offsets.get(feed.partition());
            if (offset != null && feed.isBegun()) {
                committed.merge(feed.partition(), offset.offset(), Math::max);
            }
        }
        if (causes.works(lastNanos)) {
            log.info("source {}: offsets are committed again", source);
        }
    }

    private void failed(Exception failure) {
        if (causes.failed(LoggedCauses.kind(failure), lastNanos)) {
            log.warn("source {}: offsets could not be committed; retrying: {}", source, failure.toString());
        }
    }
}
