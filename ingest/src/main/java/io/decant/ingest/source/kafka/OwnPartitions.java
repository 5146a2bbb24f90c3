package io.decant.ingest.source.kafka;

import io.decant.config.KafkaSourceSettings;
import io.decant.ingest.source.kafka.Cluster.Topic;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Assigns a consumer the partitions that are read: those that are listed, are there, may be read and have a leader that
 * can be reached; of them, those whose turn it is. What it holds of one that is taken out is dropped, and fetched
 * again. With {@code assignment: own}; belongs to the thread that polls.
 */
final class OwnPartitions {

    private final KafkaSourceSettings settings;
    private final Topics topics;
    private final Feeds feeds;
    private final BrokerReach reach;
    private final StartOffsets starts;
    private final FetchWindow window;
    private final LargeAnswerSearch search;
    private final PartitionTable table;
    private final Consumer<ByteBuffer, ByteBuffer> consumer;

    OwnPartitions(
            KafkaSourceSettings settings,
            Topics topics,
            Feeds feeds,
            BrokerReach reach,
            StartOffsets starts,
            FetchWindow window,
            LargeAnswerSearch search,
            PartitionTable table,
            Consumer<ByteBuffer, ByteBuffer> consumer) {
        this.settings = settings;
        this.topics = topics;
        this.feeds = feeds;
        this.reach = reach;
        this.starts = starts;
        this.window = window;
        this.search = search;
        this.table = table;
        this.consumer = consumer;
    }

    /** Assigns what has changed. May wait for brokers, for a second each. */
    void update(long nowNanos) {
        Set<TopicPartition> assigned = consumer.assignment();
        Set<TopicPartition> chosen =
                window.choose(wanted(nowNanos), partition -> isBehind(partition, assigned), nowNanos);
        if (chosen.equals(assigned)) {
            return;
        }
        List<PartitionFeed> seeking = new ArrayList<>();
        for (TopicPartition partition : chosen) {
            if (!assigned.contains(partition)) {
                seeking.add(feeds.get(partition));
            }
        }
        List<PartitionFeed> found = starts.find(seeking, consumer);
        if (found.size() < seeking.size()) {
            chosen = new TreeSet<>(chosen);
            for (PartitionFeed feed : seeking) {
                if (!found.contains(feed)) {
                    chosen.remove(feed.partition());
                }
            }
        }
        if (chosen.equals(assigned)) {
            return;
        }
        consumer.assign(chosen);
        for (PartitionFeed feed : found) {
            consumer.seek(feed.partition(), feed.fetchedOffset());
            feed.become(PartitionState.READING, "assigned");
        }
    }

    private Set<TopicPartition> wanted(long nowNanos) {
        Set<TopicPartition> wanted = new TreeSet<>(Feeds.ORDER);
        for (String name : settings.topics()) {
            Topic topic = topics.known().get(name);
            for (int i = 0; topic != null && i < topic.partitions(); i++) {
                TopicPartition partition = new TopicPartition(name, i);
                PartitionFeed feed = topics.isListed(i) ? feeds.of(partition, topic) : null;
                boolean isServed = topic.hasLeader(i) && reach.fault(partition).isEmpty();
                if (feed != null && !topics.isRefused(name) && isServed && feed.mayBeAsked(nowNanos)) {
                    wanted.add(partition);
                }
            }
        }
        wanted.removeIf(partition -> !search.isFetched(partition));
        return wanted;
    }

    private boolean isBehind(TopicPartition partition, Set<TopicPartition> assigned) {
        PartitionFeed feed = feeds.get(partition);
        if (feed.state() == PartitionState.STOPPED) {
            return false;
        }
        if (assigned.contains(partition)) {
            OptionalLong lag = consumer.currentLag(partition);
            return lag.isEmpty() || lag.getAsLong() > 0;
        }
        return table.isBehind(feed);
    }
}
