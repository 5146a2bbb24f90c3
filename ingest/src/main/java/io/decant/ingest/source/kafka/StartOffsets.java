package io.decant.ingest.source.kafka;

import io.decant.config.Assignment;
import io.decant.config.KafkaSourceSettings;
import io.decant.config.StartOffset;
import io.decant.ingest.journal.ResumePoint;
import io.decant.ingest.source.PartitionStatus;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Where partitions are begun: at what the journal says; else at what was committed to the broker; else at {@code start}. In a group
 * the broker's offset holds where it is beyond the journal's: another member went on from there. Belongs to the thread that polls.
 */
final class StartOffsets {

    /** What is committed with an offset, so that it is not taken for one of another topic of that name. */
    private static final String TOPIC_ID = "topic-id=";

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
     * Has each of these know where it goes on. Waits for the broker.
     *
     * @throws org.apache.kafka.common.KafkaException where it does not say
     */
    void find(Collection<PartitionFeed> seeking, Consumer<ByteBuffer, ByteBuffer> consumer) {
        boolean isShared = settings.assignment() == Assignment.GROUP;
        Set<TopicPartition> asked = seeking.stream()
                .filter(feed -> isShared || !isKnown(feed.handedInOffset()))
                .map(PartitionFeed::partition)
                .collect(Collectors.toSet());
        Map<TopicPartition, OffsetAndMetadata> committed = asked.isEmpty() ? Map.of() : consumer.committed(asked);
        Set<TopicPartition> atBeginning = new HashSet<>();
        Set<TopicPartition> atEnd = new HashSet<>();
        for (PartitionFeed feed : seeking) {
            long known = Math.max(feed.handedInOffset(), offset(committed.get(feed.partition()), feed));
            if (isKnown(known)) {
                feed.goOnAt(known);
            } else {
                (beginsAtItsEnd(feed.partition()) ? atEnd : atBeginning).add(feed.partition());
            }
        }
        if (!atBeginning.isEmpty()) {
            consumer.beginningOffsets(atBeginning)
                    .forEach((partition, offset) -> feeds.get(partition).goOnAt(offset));
        }
        if (!atEnd.isEmpty()) {
            consumer.endOffsets(atEnd)
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
