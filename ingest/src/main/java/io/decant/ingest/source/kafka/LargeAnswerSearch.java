package io.decant.ingest.source.kafka;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the partition whose batch is larger than any answer may be, or unpacks to too much in one step, and stops it.
 * Of an answer that is refused only the broker is known, so the partitions that this broker serves are fetched one at a
 * time, those with nothing to read too.
 *
 * <p>The first refusal in a turn may be that of a request that was made before the turn. It ends the connection, and a
 * consumer has one request for records under way to a broker; so the second is of a request for this partition alone.
 * Belongs to the thread that polls.
 */
final class LargeAnswerSearch {

    /**
     * So long a partition is fetched alone before it counts as another's trouble; several times what a broker waits for
     * records.
     */
    private static final long TURN_NANOS = TimeUnit.SECONDS.toNanos(3);
    /** So long a turn may wait until its partition can be fetched: the journal may be full. */
    private static final long TURN_NANOS_MAX = TimeUnit.SECONDS.toNanos(30);
    /** So many refusals in a turn are its partition's. */
    private static final int REFUSALS = 2;

    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    private final String source;
    private final Topics topics;
    private final Feeds feeds;

    /** Whose partitions are searched; null while nothing is. */
    private String broker;

    /** The one whose turn it is. */
    private TopicPartition alone;

    private int turnsLeft;
    private int refusals;
    private long turnNanos;
    private long fetchedNanos;

    LargeAnswerSearch(String source, Topics topics, Feeds feeds) {
        this.source = source;
        this.topics = topics;
        this.feeds = feeds;
    }

    /** Whether the partition may be fetched now. */
    boolean isFetched(TopicPartition partition) {
        return broker == null || partition.equals(alone) || !isServed(partition);
    }

    /** Without a leader of that name it may be any: a proxy's name is not the one that brokers give. */
    private boolean isServed(TopicPartition partition) {
        return topics.leader(partition).equals(broker)
                || feeds.all().stream()
                        .noneMatch(feed -> topics.leader(feed.partition()).equals(broker));
    }

    private List<TopicPartition> suspects() {
        return feeds.all().stream()
                .filter(feed -> feed.state() == PartitionState.READING && isServed(feed.partition()))
                .map(PartitionFeed::partition)
                .toList();
    }

    /** Answers of these brokers, of so many bytes each, were refused since this was last called; gives the turn on. */
    void update(Map<String, Long> refused, Consumer<ByteBuffer, ByteBuffer> consumer, long nowNanos) {
        if (broker == null) {
            refused.entrySet().stream()
                    .findFirst()
                    .ifPresent(answer -> begin(answer.getKey(), answer.getValue(), nowNanos));
            return;
        }
        PartitionFeed feed = feeds.get(alone);
        if (feed == null || feed.state() != PartitionState.READING) {
            next(nowNanos);
            return;
        }
        Long bytes = refused.get(broker);
        if (bytes != null) {
            fetchedNanos = nowNanos;
            refusals++;
            if (refusals >= REFUSALS) {
                stop(feed, bytes);
            }
            return;
        }
        if (!consumer.assignment().contains(alone) || consumer.paused().contains(alone)) {
            fetchedNanos = nowNanos;
        }
        if (nowNanos - fetchedNanos >= TURN_NANOS || nowNanos - turnNanos >= TURN_NANOS_MAX) {
            next(nowNanos);
        }
    }

    private void begin(String of, long bytes, long nowNanos) {
        broker = of;
        List<TopicPartition> suspects = suspects();
        if (suspects.isEmpty()) {
            broker = null;
            return;
        }
        log.warn(
                "source {}: {} answers with what takes {} bytes, too much for this server's memory; its partitions are"
                        + " fetched one at a time until it is known whose batch it is",
                source,
                of,
                bytes);
        turnsLeft = suspects.size();
        turn(suspects.get(0), nowNanos);
    }

    private void turn(TopicPartition partition, long nowNanos) {
        alone = partition;
        refusals = 0;
        turnNanos = nowNanos;
        fetchedNanos = nowNanos;
    }

    private void next(long nowNanos) {
        turnsLeft--;
        List<TopicPartition> suspects = suspects();
        if (turnsLeft <= 0 || suspects.isEmpty()) {
            // It was not any partition's: it is refused again, if it is still there.
            end();
            return;
        }
        TopicPartition before = alone;
        turn(
                suspects.stream()
                        .filter(partition -> Feeds.ORDER.compare(partition, before) > 0)
                        .findFirst()
                        .orElse(suspects.get(0)),
                nowNanos);
    }

    private void stop(PartitionFeed feed, long bytes) {
        feed.become(
                PartitionState.STOPPED,
                "the batch at offset " + feed.fetchedOffset() + " takes " + bytes
                        + " bytes, as the broker has it or all of it unpacked, beyond the memory of this server;"
                        + " restart with a larger heap (-Xmx) to continue with it");
        end();
    }

    private void end() {
        broker = null;
        alone = null;
    }
}
