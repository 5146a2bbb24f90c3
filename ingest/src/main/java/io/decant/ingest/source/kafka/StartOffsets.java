package io.decant.ingest.source.kafka;

import io.decant.config.Assignment;
import io.decant.config.KafkaSourceSettings;
import io.decant.config.StartOffset;
import io.decant.ingest.journal.ResumePoint;
import io.decant.ingest.source.PartitionStatus;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Where partitions are begun: at what the journal says; else at what was committed to the broker; else at {@code start}. In a group
 * the broker's offset holds where it is beyond the journal's: another member went on from there. Belongs to the thread that polls.
 */
final class StartOffsets {

    /** What is committed with an offset, so that it is not taken for one of another topic of that name. */
    private static final String TOPIC_ID = "topic-id=";
    /** So long a broker may take to say an offset. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(3);
    /** So long a partition whose broker took longer waits until it is asked again. */
    private static final long AWAY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final KafkaSourceSettings settings;
    private final Topics topics;
    private final Feeds feeds;

    StartOffsets(KafkaSourceSettings settings, Topics topics, Feeds feeds) {
        this.settings = settings;
        this.topics = topics;
        this.feeds = feeds;
    }

    /** What is committed of a partition. */
    static OffsetAndMetadata commit(long offset, UUID topicId) {
        return new OffsetAndMetadata(offset, TOPIC_ID + topicId);
    }

    /**
     * Has each of these know where it goes on. Waits for the brokers that serve them. Those whose broker does not answer are
     * {@code AWAY} for a while, and hold up no other.
     *
     * @return those that know
     * @throws org.apache.kafka.common.KafkaException where a broker does not let us ask
     */
    List<PartitionFeed> find(
            Collection<PartitionFeed> seeking, Consumer<ByteBuffer, ByteBuffer> consumer, long nowNanos) {
        try {
            findAll(seeking, consumer);
            return List.copyOf(seeking);
        } catch (TimeoutException e) {
            List<PartitionFeed> found = findByBroker(seeking, consumer, nowNanos);
            boolean isRead = feeds.all().stream().anyMatch(feed -> feed.state() == PartitionState.READING);
            if (found.isEmpty() && !isRead) {
                // Not a partition's trouble but the cluster's.
                throw e;
            }
            return found;
        }
    }

    private List<PartitionFeed> findByBroker(
            Collection<PartitionFeed> seeking, Consumer<ByteBuffer, ByteBuffer> consumer, long nowNanos) {
        List<PartitionFeed> found = new ArrayList<>();
        Map<String, List<PartitionFeed>> byBroker = seeking.stream()
                .collect(Collectors.groupingBy(
                        feed -> needsAnswer(feed) ? topics.leader(feed.partition()) : "",
                        TreeMap::new,
                        Collectors.toList()));
        byBroker.forEach((broker, served) -> {
            try {
                findAll(served, consumer);
                found.addAll(served);
            } catch (TimeoutException e) {
                String why =
                        "no answer from " + broker + ", the broker that serves it; tried again: " + Trouble.text(e);
                served.forEach(feed -> feed.awayUntil(nowNanos + AWAY_NANOS, why));
            }
        });
        return found;
    }

    private boolean needsAnswer(PartitionFeed feed) {
        return settings.assignment() == Assignment.GROUP || !isKnown(feed.handedInOffset());
    }

    private void findAll(Collection<PartitionFeed> seeking, Consumer<ByteBuffer, ByteBuffer> consumer) {
        Set<TopicPartition> asked = seeking.stream()
                .filter(this::needsAnswer)
                .map(PartitionFeed::partition)
                .collect(Collectors.toSet());
        Map<TopicPartition, OffsetAndMetadata> committed =
                asked.isEmpty() ? Map.of() : consumer.committed(asked, ANSWER_MAX);
        Set<TopicPartition> atBeginning = new HashSet<>();
        Set<TopicPartition> atEnd = new HashSet<>();
        for (PartitionFeed feed : seeking) {
            long known = Math.max(feed.handedInOffset(), offset(committed.get(feed.partition()), feed));
            if (isKnown(known)) {
                if (known != feed.handedInOffset()) {
                    feed.goOnAt(known);
                }
            } else {
                (beginsAtItsEnd(feed.partition()) ? atEnd : atBeginning).add(feed.partition());
            }
        }
        if (!atBeginning.isEmpty()) {
            consumer.beginningOffsets(atBeginning, ANSWER_MAX)
                    .forEach((partition, offset) -> feeds.get(partition).goOnAt(offset));
        }
        if (!atEnd.isEmpty()) {
            consumer.endOffsets(atEnd, ANSWER_MAX)
                    .forEach((partition, offset) -> feeds.get(partition).goOnAt(offset));
        }
    }

    private static boolean isKnown(long offset) {
        return offset != PartitionStatus.UNKNOWN;
    }

    private long offset(OffsetAndMetadata committed, PartitionFeed feed) {
        if (committed == null) {
            return PartitionStatus.UNKNOWN;
        }
        boolean says = committed.metadata().startsWith(TOPIC_ID);
        boolean isOfThisTopic = says
                ? committed.metadata().equals(TOPIC_ID + feed.topicId())
                        || committed.metadata().equals(TOPIC_ID + ResumePoint.NO_TOPIC)
                : !feeds.isRenewed(feed.partition());
        return isOfThisTopic ? committed.offset() : PartitionStatus.UNKNOWN;
    }

    /** What came after the source first looked is never left out. */
    private boolean beginsAtItsEnd(TopicPartition partition) {
        return settings.start() == StartOffset.LATEST
                && topics.wasThereAtFirst(partition.topic(), partition.partition())
                && !feeds.isRenewed(partition);
    }
}
