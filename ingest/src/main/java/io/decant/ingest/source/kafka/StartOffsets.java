package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import io.decant.config.PartitionAssignment;
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
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * Where partitions are begun: at what the journal says; else at what was committed to the broker; else at
 * {@code start}. In a group the broker's offset holds where it is beyond the journal's: another member continued from
 * there. Belongs to the thread that polls.
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
    private final LongSupplier nanoTime;

    StartOffsets(KafkaSourceSettings settings, Topics topics, Feeds feeds, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.settings = settings;
        this.topics = topics;
        this.feeds = feeds;
    }

    /** What is committed of a partition. */
    static OffsetAndMetadata commit(long offset, UUID topicId) {
        return new OffsetAndMetadata(offset, TOPIC_ID + topicId);
    }

    /**
     * Has each of these know where it continues. Waits for the group's coordinator, and for the brokers that serve
     * them, one after the other. Those whose broker does not answer are {@code AWAY} for a while. As long as something
     * can be read meanwhile, the others are not kept waiting for more than one such broker: what was not asked for is
     * left for the next call.
     *
     * @return those that know
     * @throws org.apache.kafka.common.KafkaException where a broker does not let us ask, or none answers and nothing is
     *     read
     */
    List<PartitionFeed> find(Collection<PartitionFeed> seeking, Consumer<ByteBuffer, ByteBuffer> consumer) {
        List<PartitionFeed> found = new ArrayList<>();
        List<PartitionFeed> asking = new ArrayList<>();
        seeking.forEach(feed -> (needsAnswer(feed) ? asking : found).add(feed));
        Map<TopicPartition, OffsetAndMetadata> committed;
        try {
            committed = committed(asking, consumer);
        } catch (TimeoutException e) {
            away(asking, "no answer from the group's coordinator; retrying: ", e);
            return orCluster(found, e);
        }
        TimeoutException failure = null;
        for (Map.Entry<String, List<PartitionFeed>> served :
                byLeader(asking, committed, found).entrySet()) {
            if (failure != null && isSomethingRead(found)) {
                break;
            }
            try {
                goOnAtAnEnd(served.getValue(), consumer);
                found.addAll(served.getValue());
            } catch (TimeoutException e) {
                failure = e;
                away(
                        served.getValue(),
                        "no answer from " + served.getKey() + ", the broker that serves it; retrying: ",
                        e);
            }
        }
        return failure == null ? found : orCluster(found, failure);
    }

    private boolean needsAnswer(PartitionFeed feed) {
        return settings.assignment() == PartitionAssignment.GROUP || !isKnown(feed.handedInOffset());
    }

    private static Map<TopicPartition, OffsetAndMetadata> committed(
            List<PartitionFeed> asking, Consumer<ByteBuffer, ByteBuffer> consumer) {
        Set<TopicPartition> asked =
                asking.stream().map(PartitionFeed::partition).collect(Collectors.toSet());
        return asked.isEmpty() ? Map.of() : consumer.committed(asked, ANSWER_MAX);
    }

    /** It is counted from now, not from before the wait. */
    private void away(List<PartitionFeed> feeds, String what, TimeoutException failure) {
        long until = nanoTime.getAsLong() + AWAY_NANOS;
        feeds.forEach(feed -> feed.awayUntil(until, what + KafkaErrors.text(failure)));
    }

    private boolean isSomethingRead(List<PartitionFeed> found) {
        return !found.isEmpty() || feeds.all().stream().anyMatch(feed -> feed.state() == PartitionState.READING);
    }

    /** What was found; where nothing is, and nothing is read, it is not a partition's trouble but the cluster's. */
    private List<PartitionFeed> orCluster(List<PartitionFeed> found, TimeoutException failure) {
        if (!isSomethingRead(found)) {
            throw failure;
        }
        return found;
    }

    /**
     * Has those continue of which something is committed or journaled, and gives the others by the broker that has to
     * be asked.
     */
    private Map<String, List<PartitionFeed>> byLeader(
            List<PartitionFeed> asking, Map<TopicPartition, OffsetAndMetadata> committed, List<PartitionFeed> found) {
        Map<String, List<PartitionFeed>> unknown = new TreeMap<>();
        for (PartitionFeed feed : asking) {
            feed.goOnBehind(offset(committed.get(feed.partition()), feed));
            if (!isKnown(feed.handedInOffset())) {
                unknown.computeIfAbsent(topics.leader(feed.partition()), leader -> new ArrayList<>())
                        .add(feed);
                continue;
            }
            found.add(feed);
        }
        return unknown;
    }

    private void goOnAtAnEnd(List<PartitionFeed> served, Consumer<ByteBuffer, ByteBuffer> consumer) {
        Set<TopicPartition> atBeginning = new HashSet<>();
        Set<TopicPartition> atEnd = new HashSet<>();
        for (PartitionFeed feed : served) {
            (beginsAtItsEnd(feed.partition()) ? atEnd : atBeginning).add(feed.partition());
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
