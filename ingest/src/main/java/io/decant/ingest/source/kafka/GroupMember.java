package io.decant.ingest.source.kafka;

import io.decant.ingest.source.kafka.Cluster.Topic;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What a member of a consumer group does when partitions come and go. Before one goes, all of it that was handed in is
 * durable and committed, so the next member begins exactly there; unless the journal takes too long, or the group has
 * thrown this member out already: then the next one begins sooner, and reads some records again. Called within polls.
 */
final class GroupMember implements ConsumerRebalanceListener {

    private final Topics topics;
    private final Feeds feeds;
    private final BrokerReach reach;
    private final OffsetCommits commits;
    private final StartOffsets starts;
    private final SourceEnd end;
    private final LongSupplier nanoTime;
    private final Consumer<ByteBuffer, ByteBuffer> consumer;

    GroupMember(
            Topics topics,
            Feeds feeds,
            BrokerReach reach,
            OffsetCommits commits,
            StartOffsets starts,
            SourceEnd end,
            LongSupplier nanoTime,
            Consumer<ByteBuffer, ByteBuffer> consumer) {
        this.topics = topics;
        this.feeds = feeds;
        this.reach = reach;
        this.commits = commits;
        this.starts = starts;
        this.end = end;
        this.nanoTime = nanoTime;
        this.consumer = consumer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        releaseWhatIsNotAssigned();
        if (partitions.isEmpty()) {
            return;
        }
        if (!partitions.stream().allMatch(partition -> topics.known().containsKey(partition.topic()))) {
            topics.lookNow();
        }
        // The very poll that assigns would fetch: until it is known where to begin nothing may be.
        consumer.pause(partitions);
        List<PartitionFeed> seeking = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            Topic topic = topics.known().get(partition.topic());
            if (topic == null) {
                throw new UnknownTopicOrPartitionException(
                        "the group assigns " + partition + ", of which the broker that was asked does not know yet");
            }
            // The id of a topic that we may not describe is unknown; the subscription soon ends.
            PartitionFeed feed = topic.isRefused() ? null : feeds.of(partition, topic);
            // It is paused, and a consumer wants to know a position all the same.
            consumer.seek(partition, 0);
            if (feed != null) {
                feed.become(PartitionState.SEEKING, "assigned by the group");
                seeking.add(feed);
            }
        }
        begin(seeking);
    }

    /** What the group has assigned to an earlier consumer of the source, and not to this one. */
    private void releaseWhatIsNotAssigned() {
        Set<TopicPartition> assigned = consumer.assignment();
        for (PartitionFeed feed : feeds.all()) {
            if (feed.state() == PartitionState.UNASSIGNED && !assigned.contains(feed.partition())) {
                feed.become(PartitionState.RELEASED, "not assigned by the group");
            }
        }
    }

    /** Begins those that could not be begun when they were assigned, or whose broker was unreachable since. */
    void beginWhatWaits() {
        List<PartitionFeed> waiting = new ArrayList<>();
        for (TopicPartition partition : consumer.assignment()) {
            PartitionFeed feed = feeds.get(partition);
            if (feed != null && waits(feed)) {
                waiting.add(feed);
            }
        }
        if (!waiting.isEmpty()) {
            begin(waiting);
        }
    }

    private static boolean waits(PartitionFeed feed) {
        return switch (feed.state()) {
            case SEEKING, AWAY, REFUSED, MISSING -> true;
            case READING, UNASSIGNED, RELEASED, STOPPED -> false;
        };
    }

    private void begin(List<PartitionFeed> seeking) {
        long now = nanoTime.getAsLong();
        List<PartitionFeed> served = seeking.stream()
                .filter(feed -> topics.known().containsKey(feed.partition().topic()))
                .filter(feed -> topics.hasLeader(feed.partition())
                        && reach.fault(feed.partition()).isEmpty()
                        && !topics.isRefused(feed.partition().topic()))
                .filter(feed -> feed.mayBeAsked(now))
                .toList();
        for (PartitionFeed feed : starts.find(served, consumer)) {
            consumer.seek(feed.partition(), feed.fetchedOffset());
            feed.become(PartitionState.READING, "assigned by the group");
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        List<PartitionFeed> leaving = letGo(partitions);
        end.awaitRevoked(leaving);
        if (!end.isAbort()) {
            commits.sendLast(leaving, consumer);
        }
        release(leaving, "revoked by the group");
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        release(letGo(partitions), "lost: the group continued without this member");
    }

    private List<PartitionFeed> letGo(Collection<TopicPartition> partitions) {
        List<PartitionFeed> leaving = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            PartitionFeed feed = feeds.get(partition);
            if (feed != null) {
                feed.rewind();
                leaving.add(feed);
            }
        }
        return leaving;
    }

    private void release(List<PartitionFeed> leaving, String why) {
        leaving.forEach(feed -> {
            feed.become(PartitionState.RELEASED, why);
            commits.forget(feed.partition());
        });
    }
}
