package io.decant.ingest.source.kafka;

import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.ResumePoint;
import io.decant.ingest.source.PartitionStatus;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.SourceCounters;
import io.decant.ingest.source.kafka.Cluster.Topic;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The partitions of a source, each with what the journal knew of it at the start. They stay when consumers come and go.
 * Belongs to the thread that polls.
 */
final class Feeds {

    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);
    /** By topic, then number. */
    static final Comparator<TopicPartition> ORDER =
            Comparator.comparing(TopicPartition::topic).thenComparing(TopicPartition::partition);

    /**
     * What is fetched and not handed in may take so many bytes, and those of one poll more: a sixteenth of the heap.
     */
    private static final long KEPT_BYTES_MAX = Runtime.getRuntime().maxMemory() / 16;

    private final String source;
    private final Intake intake;
    private final SourceCounters counters;
    private final Map<String, ResumableStream> journaled;
    private final Map<TopicPartition, PartitionFeed> feeds = new TreeMap<>(ORDER);
    /** Whose topic was recreated: the broker's offsets may be those of the topic before. */
    private final Set<TopicPartition> renewed = new HashSet<>();

    private boolean saidTooMany;

    Feeds(String source, Intake intake, SourceCounters counters, Map<String, ResumableStream> journaled) {
        this.source = source;
        this.intake = intake;
        this.counters = counters;
        this.journaled = new HashMap<>(journaled);
    }

    Collection<PartitionFeed> all() {
        return feeds.values();
    }

    /** That of the partition, if there is one. */
    PartitionFeed get(TopicPartition partition) {
        return feeds.get(partition);
    }

    /** Whether the partition is one of a topic that was recreated: it is begun at its beginning. */
    boolean isRenewed(TopicPartition partition) {
        return renewed.contains(partition);
    }

    /**
     * That of the partition, made where there is none.
     *
     * @return null where the journal has no room for the position of one more
     */
    PartitionFeed of(TopicPartition partition, Topic topic) {
        PartitionFeed feed = feeds.get(partition);
        if (feed != null) {
            return feed;
        }
        ResumableStream before = journaled.get(partition.toString());
        if (before == null && streams() >= intake.keptStreamsMax()) {
            if (!saidTooMany) {
                saidTooMany = true;
                log.error(
                        "source {}: {} and what comes after it is not read: the journal has room for the positions"
                                + " of {} partitions; a larger journal.segment-size has more",
                        source,
                        partition,
                        intake.keptStreamsMax());
            }
            return null;
        }
        feed = newFeed(partition, topic.id(), before);
        feeds.put(partition, feed);
        return feed;
    }

    private int streams() {
        Set<String> names = new HashSet<>(journaled.keySet());
        feeds.keySet().forEach(partition -> names.add(partition.toString()));
        return names.size();
    }

    private PartitionFeed newFeed(TopicPartition partition, UUID topicId, ResumableStream before) {
        boolean goesOn = before != null && before.resumeOffset() != ResumePoint.NO_OFFSET;
        if (goesOn && before.topicId().equals(topicId)) {
            return new PartitionFeed(source, partition, topicId, before.next(), before.resumeOffset(), counters);
        }
        if (goesOn && (before.topicId().equals(ResumePoint.NO_TOPIC) || topicId.equals(ResumePoint.NO_TOPIC))) {
            // The brokers have learnt to give ids, or have forgotten: it is unknown, and the same topic is what it
            // will be.
            return new PartitionFeed(source, partition, topicId, 0, before.resumeOffset(), counters);
        }
        if (goesOn) {
            sayRenewed(partition);
            renewed.add(partition);
        }
        return new PartitionFeed(source, partition, topicId, 0, PartitionStatus.UNKNOWN, counters);
    }

    /**
     * Looks for topics that were deleted or recreated.
     *
     * @return whether one was recreated: whatever a consumer still holds of it must not be read
     */
    boolean compare(Topics topics, BrokerReach reach) {
        boolean anew = false;
        for (PartitionFeed feed : feeds.values().toArray(PartitionFeed[]::new)) {
            Topic topic = topics.known().get(feed.partition().topic());
            boolean isAnew = topic != null && !topic.isRefused() && !topic.id().equals(feed.topicId());
            if (!isAnew && !feed.isAssigned()) {
                // Another member's, or soon assigned, whatever has come of its topic; nothing would move it back.
                continue;
            }
            if (isAnew) {
                sayRenewed(feed.partition());
                feed.rewind();
                feeds.remove(feed.partition());
                journaled.remove(feed.partition().toString());
                renewed.add(feed.partition());
                anew = true;
            } else if (topic == null) {
                feed.rewind();
                feed.become(PartitionState.MISSING, "the topic does not exist");
            } else if (topic.isRefused()) {
                // It is unknown now which topic it is, so what was fetched must not be handed in.
                feed.rewind();
                feed.become(PartitionState.REFUSED, "not permitted to read the topic; retrying");
            } else if (topics.isRefused(feed.partition().topic())) {
                feed.become(PartitionState.REFUSED, "not permitted to read the topic; retrying");
            } else if (!topics.hasLeader(feed.partition())) {
                feed.become(PartitionState.AWAY, "it has no leader: the broker that has it is down; retrying");
            } else if (!reach.fault(feed.partition()).isEmpty()) {
                feed.become(PartitionState.AWAY, reach.fault(feed.partition()));
            }
        }
        return anew;
    }

    private void sayRenewed(TopicPartition partition) {
        log.warn(
                "source {}: topic {} was deleted and recreated: {} is a new stream, read from its beginning",
                source,
                partition.topic(),
                partition);
    }

    /** Whether something waits to be handed in. */
    boolean keepSomething() {
        return feeds.values().stream().anyMatch(PartitionFeed::keepsSomething);
    }

    /**
     * Whether no more may be fetched, however many partitions have room for it: what waits takes a sixteenth of the
     * heap.
     */
    boolean keepTooMuch() {
        return feeds.values().stream().mapToLong(PartitionFeed::keptBytes).sum() >= KEPT_BYTES_MAX;
    }

    /**
     * Whether of each partition that which may have ended the server before is durable: all that was there, or what its
     * codec was not believed of. Not known of one that the journal has, that is read, and that was not found.
     *
     * @param isRead whether a partition is this source's to read, whatever is there now
     */
    boolean arePast(Cluster cluster, Predicate<TopicPartition> isRead) {
        boolean areFound =
                journaled.keySet().stream().map(Feeds::partition).filter(isRead).allMatch(feeds::containsKey);
        return areFound
                && !feeds.isEmpty()
                && feeds.values().stream()
                        .allMatch(feed -> feed.isPast(cluster.believedFrom(feed.partition(), feed.topicId())));
    }

    private static TopicPartition partition(String name) {
        int dash = name.lastIndexOf('-');
        return new TopicPartition(name.substring(0, dash), Integer.parseInt(name.substring(dash + 1)));
    }

    /** Lets go of all that is fetched and not handed in. */
    void rewind() {
        feeds.values().forEach(PartitionFeed::rewind);
    }

    /** There is no consumer any more that the group has assigned something; the next one is told what it has. */
    void unassign() {
        feeds.values()
                .forEach(feed -> feed.become(
                        PartitionState.UNASSIGNED,
                        "waits until the group has assigned its partitions to the source's new consumer"));
    }

    /** Whether all that was handed in is durable. */
    boolean areSettled() {
        return feeds.values().stream().allMatch(PartitionFeed::isSettled);
    }
}
