package io.decant.ingest.source.kafka;

import io.decant.ingest.source.PartitionStatus;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;

/** What is shown of the partitions. Written now and then by the thread that polls, read by any. */
final class PartitionTable {

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /**
     * How often the ends of partitions are asked for: answers to fetches do not tell those behind an open transaction.
     */
    private static final long ENDS_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** The same while a partition may be held up. */
    private static final long ENDS_NANOS_HELD_UP = TimeUnit.SECONDS.toNanos(1);

    private final Cluster cluster;
    /** Offsets behind the last record that there is, of open transactions too; as old as the last answer. */
    private final Map<PartitionFeed, Long> ends = new HashMap<>();
    /** Where a partition was at the answer before, if it had read all that is committed and there was more. */
    private final Map<PartitionFeed, Long> heldUp = new HashMap<>();

    private CompletableFuture<Map<TopicPartition, Long>> asked;
    private long shownNanos;
    private long endsNanos;
    private volatile Map<String, PartitionStatus> shown = Map.of();

    PartitionTable(Cluster cluster, long nowNanos) {
        this.cluster = cluster;
        this.shownNanos = nowNanos - INTERVAL_NANOS;
        this.endsNanos = nowNanos - ENDS_NANOS;
    }

    /** By {@code <topic>-<partition>}. Any thread. */
    Map<String, PartitionStatus> shown() {
        return shown;
    }

    void update(Feeds feeds, OffsetCommits commits, Consumer<ByteBuffer, ByteBuffer> consumer, long nowNanos) {
        if (nowNanos - shownNanos < INTERVAL_NANOS) {
            return;
        }
        shownNanos = nowNanos;
        Set<TopicPartition> assigned = consumer.assignment();
        askForEnds(feeds, consumer, nowNanos);
        Map<String, PartitionStatus> table = new LinkedHashMap<>();
        for (PartitionFeed feed : feeds.all()) {
            TopicPartition partition = feed.partition();
            long lag = feed.isOurs() ? lag(feed, assigned.contains(partition), consumer) : PartitionStatus.UNKNOWN;
            table.put(partition.toString(), feed.status(commits.of(partition), lag));
        }
        shown = Collections.unmodifiableMap(table);
    }

    /** The same immediately, while there is no consumer. */
    void update(Feeds feeds, OffsetCommits commits) {
        Map<String, PartitionStatus> table = new LinkedHashMap<>();
        for (PartitionFeed feed : feeds.all()) {
            PartitionStatus before = shown.get(feed.partition().toString());
            long lag = before == null || !feed.isOurs() ? PartitionStatus.UNKNOWN : before.lag();
            table.put(feed.partition().toString(), feed.status(commits.of(feed.partition()), lag));
        }
        shown = Collections.unmodifiableMap(table);
    }

    /** Whether there is, or may be, something to read of a partition that is not assigned. */
    boolean isBehind(PartitionFeed feed) {
        Long end = ends.get(feed);
        return end == null || feed.fetchedOffset() < end;
    }

    private long lag(PartitionFeed feed, boolean isAssigned, Consumer<ByteBuffer, ByteBuffer> consumer) {
        if (feed.durableOffset() == PartitionStatus.UNKNOWN) {
            return PartitionStatus.UNKNOWN;
        }
        Long end = ends.get(feed);
        long toTheEnd = end == null ? PartitionStatus.UNKNOWN : Math.max(0, end - feed.durableOffset());
        // What the consumer knows is newer, unless it is paused, and ends where the oldest open transaction begins.
        OptionalLong behindFetched = isAssigned ? consumer.currentLag(feed.partition()) : OptionalLong.empty();
        return behindFetched.isPresent()
                ? Math.max(toTheEnd, behindFetched.getAsLong() + feed.fetchedOffset() - feed.durableOffset())
                : toTheEnd;
    }

    private void askForEnds(Feeds feeds, Consumer<ByteBuffer, ByteBuffer> consumer, long nowNanos) {
        if (asked != null && asked.isDone()) {
            if (!asked.isCompletedExceptionally()) {
                take(asked.join(), feeds, consumer);
            }
            asked = null;
        }
        long interval = heldUp.isEmpty() ? ENDS_NANOS : ENDS_NANOS_HELD_UP;
        if (asked == null && nowNanos - endsNanos >= interval && !feeds.all().isEmpty()) {
            endsNanos = nowNanos;
            Set<TopicPartition> served = new HashSet<>();
            for (PartitionFeed feed : feeds.all()) {
                if (feed.state() != PartitionState.AWAY
                        && feed.state() != PartitionState.MISSING
                        && feed.state() != PartitionState.REFUSED) {
                    served.add(feed.partition());
                }
            }
            asked = cluster.ends(served);
        }
    }

    private void take(Map<TopicPartition, Long> answer, Feeds feeds, Consumer<ByteBuffer, ByteBuffer> consumer) {
        Map<PartitionFeed, Long> before = new HashMap<>(heldUp);
        ends.clear();
        heldUp.clear();
        Set<TopicPartition> paused = consumer.paused();
        Set<TopicPartition> assigned = consumer.assignment();
        for (PartitionFeed feed : feeds.all()) {
            Long end = answer.get(feed.partition());
            if (end == null) {
                continue;
            }
            ends.put(feed, end);
            feed.endsAt(end);
            long at = feed.fetchedOffset();
            boolean hasReadAll = assigned.contains(feed.partition())
                    && !paused.contains(feed.partition())
                    && consumer.currentLag(feed.partition()).orElse(1) == 0;
            if (hasReadAll && at < end) {
                heldUp.put(feed, at);
            }
            boolean stays = heldUp.containsKey(feed) && Long.valueOf(at).equals(before.get(feed));
            feed.note(stays ? "held up by an open transaction at offset " + at : "");
        }
    }
}
