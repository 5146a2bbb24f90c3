package io.decant.ingest.source.kafka;

import io.decant.ingest.source.kafka.Cluster.Topic;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * What a member of a consumer group does when partitions come and go. Before one goes, all of it that was handed in is durable and
 * committed, so the next member begins exactly there; unless the journal takes too long, or the group has thrown this member out
 * already: then the next one begins sooner, and reads some records again. Called within polls.
 */
final class GroupMember implements ConsumerRebalanceListener {

    private final Topics topics;
    private final Feeds feeds;
    private final OffsetCommits commits;
    private final StartOffsets starts;
    private final SourceEnd end;
    private final Consumer<ByteBuffer, ByteBuffer> consumer;

    GroupMember(
            Topics topics,
            Feeds feeds,
            OffsetCommits commits,
            StartOffsets starts,
            SourceEnd end,
            Consumer<ByteBuffer, ByteBuffer> consumer) {
        this.topics = topics;
        this.feeds = feeds;
        this.commits = commits;
        this.starts = starts;
        this.end = end;
        this.consumer = consumer;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        if (partitions.isEmpty()) {
            return;
        }
        if (!partitions.stream().allMatch(partition -> topics.known().containsKey(partition.topic()))) {
            topics.lookNow();
        }
        List<PartitionFeed> seeking = new ArrayList<>();
        for (TopicPartition partition : partitions) {
            Topic topic = topics.known().get(partition.topic());
            if (topic == null) {
                throw new UnknownTopicOrPartitionException(
                        "the group assigns " + partition + ", of which the broker that was asked does not know yet");
            }
            PartitionFeed feed = feeds.of(partition, topic);
            if (feed != null) {
                seeking.add(feed);
            } else {
                // It stays paused, and a consumer wants to know a position all the same.
                consumer.seek(partition, 0);
            }
        }
        starts.find(seeking, consumer);
        for (PartitionFeed feed : seeking) {
            consumer.seek(feed.partition(), feed.handedInOffset());
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
        release(letGo(partitions), "lost: the group has gone on without this member");
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
