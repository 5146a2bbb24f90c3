package io.decant.ingest.source.kafka;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/**
 * Gives the partitions that a group has assigned their turns, as {@link FetchWindow} says. They cannot be taken out of
 * the assignment, and a consumer keeps what it has fetched of one that is paused. So what it keeps of one whose turn is
 * over is dropped in another way: its position is reset, and the next poll, for which all others are paused, drops what
 * is not at a position. Then it is paused one offset behind the one that comes next, so that an answer that was under
 * way is dropped too; it is sent back when it has the turn again. Belongs to the thread that polls.
 */
final class GroupTurns {

    private final Feeds feeds;
    private final FetchWindow window;
    private final LargeAnswerSearch search;
    private final Consumer<ByteBuffer, ByteBuffer> consumer;

    /** Those that had a turn: something of them may be kept. */
    private final Set<TopicPartition> fetched = new HashSet<>();
    /** Those that wait for a turn, paused. */
    private final Set<TopicPartition> waiting = new HashSet<>();
    /** Those of which the next poll drops what is kept; seldom any. */
    private Set<TopicPartition> dropping = Set.of();

    GroupTurns(Feeds feeds, FetchWindow window, LargeAnswerSearch search, Consumer<ByteBuffer, ByteBuffer> consumer) {
        this.feeds = feeds;
        this.window = window;
        this.search = search;
        this.consumer = consumer;
    }

    /**
     * Gives the turn on where it is time to. Afterwards whatever is not to be fetched must be paused, and the rest must
     * not be.
     *
     * @return which partitions may be fetched. While something {@linkplain #isDropping is dropped} only those it is
     *     dropped of, and the next poll must not wait: they would be read from their beginnings
     */
    Set<TopicPartition> update(long nowNanos) {
        Set<TopicPartition> assigned = consumer.assignment();
        fetched.retainAll(assigned);
        waiting.retainAll(assigned);
        dropping.forEach(partition -> leave(partition, assigned));
        dropping = Set.of();
        // Those that a search leaves out must not have the turn of the one that it waits for.
        Set<TopicPartition> wanted = new HashSet<>(assigned);
        wanted.removeIf(partition -> !search.isFetched(partition));
        Set<TopicPartition> chosen = window.choose(wanted, this::isBehind, nowNanos);
        for (TopicPartition partition : List.copyOf(waiting)) {
            if (chosen.contains(partition)) {
                waiting.remove(partition);
                goTo(partition, 0);
            }
        }
        Set<TopicPartition> leaving = new HashSet<>(assigned);
        leaving.removeAll(chosen);
        leaving.removeAll(waiting);
        fetched.addAll(chosen);
        waiting.addAll(leaving);
        leaving.retainAll(fetched);
        if (leaving.isEmpty()) {
            return chosen;
        }
        dropping = leaving;
        consumer.seekToBeginning(leaving);
        return leaving;
    }

    /** Whether the next poll drops something, and brings nothing. */
    boolean isDropping() {
        return !dropping.isEmpty();
    }

    /** Whether whatever comes of the partition is not what comes next. */
    boolean isDropped(TopicPartition partition) {
        return dropping.contains(partition);
    }

    private void leave(TopicPartition partition, Set<TopicPartition> assigned) {
        if (assigned.contains(partition)) {
            fetched.remove(partition);
            goTo(partition, 1);
        }
    }

    /** One that is not read is told where it is when it begins. */
    private void goTo(TopicPartition partition, int behindTheNext) {
        PartitionFeed feed = feeds.get(partition);
        if (feed != null && feed.state() == PartitionState.READING) {
            consumer.seek(partition, feed.fetchedOffset() + behindTheNext);
        }
    }

    private boolean isBehind(TopicPartition partition) {
        PartitionFeed feed = feeds.get(partition);
        long known = waiting.contains(partition) ? -1 : 0;
        return feed != null
                && feed.state() == PartitionState.READING
                && consumer.currentLag(partition).orElse(1) > known;
    }
}
