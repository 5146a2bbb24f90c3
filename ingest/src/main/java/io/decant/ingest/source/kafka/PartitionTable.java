package io.decant.ingest.source.kafka;

import io.decant.ingest.source.PartitionStatus;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is shown of the partitions. Written now and then by the thread that polls, read by any. */
final class PartitionTable {

    private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** How often the ends of partitions are asked for that are paused: no answer to a fetch tells them. */
    private static final long ENDS_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    private final String source;
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private long shownNanos;
    private long endsNanos;
    private volatile Map<String, PartitionStatus> shown = Map.of();

    PartitionTable(String source, long nowNanos) {
        this.source = source;
        this.shownNanos = nowNanos - INTERVAL_NANOS;
        this.endsNanos = nowNanos;
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
        askForEnds(consumer, nowNanos);
        Map<String, PartitionStatus> table = new LinkedHashMap<>();
        for (PartitionFeed feed : feeds.all()) {
            TopicPartition partition = feed.partition();
            long lag = assigned.contains(partition) && feed.state() != PartitionState.SEEKING
                    ? lag(feed, consumer)
                    : PartitionStatus.UNKNOWN;
            table.put(partition.toString(), feed.status(commits.of(partition), lag));
        }
        shown = Collections.unmodifiableMap(table);
    }

    /** The same without a consumer, at the end. */
    void update(Feeds feeds, OffsetCommits commits) {
        Map<String, PartitionStatus> table = new LinkedHashMap<>();
        for (PartitionFeed feed : feeds.all()) {
            PartitionStatus before = shown.get(feed.partition().toString());
            long lag = before == null ? PartitionStatus.UNKNOWN : before.lag();
            table.put(feed.partition().toString(), feed.status(commits.of(feed.partition()), lag));
        }
        shown = Collections.unmodifiableMap(table);
    }

    private long lag(PartitionFeed feed, Consumer<ByteBuffer, ByteBuffer> consumer) {
        Long end = ends.get(feed.partition());
        if (end != null && consumer.paused().contains(feed.partition())) {
            return Math.max(0, end - feed.durableOffset());
        }
        OptionalLong behindFetched = consumer.currentLag(feed.partition());
        return behindFetched.isPresent()
                ? behindFetched.getAsLong() + feed.fetchedOffset() - feed.durableOffset()
                : PartitionStatus.UNKNOWN;
    }

    private void askForEnds(Consumer<ByteBuffer, ByteBuffer> consumer, long nowNanos) {
        Set<TopicPartition> paused = consumer.paused();
        if (paused.isEmpty()) {
            ends.clear();
            endsNanos = nowNanos;
        } else if (nowNanos - endsNanos >= ENDS_NANOS) {
            endsNanos = nowNanos;
            try {
                ends.putAll(consumer.endOffsets(paused));
            } catch (KafkaException e) {
                log.debug("source {}: the ends of paused partitions are not known", source, e);
            }
        }
    }
}
