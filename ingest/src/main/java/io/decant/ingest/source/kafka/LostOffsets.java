package io.decant.ingest.source.kafka;

import io.decant.config.OnLostOffset;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done when the broker does not have the offset that comes next: what it deleted is counted and said, never
 * passed over. Belongs to the thread that polls.
 */
final class LostOffsets {

    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    private final String source;
    private final OnLostOffset policy;
    private final Feeds feeds;

    LostOffsets(String source, OnLostOffset policy, Feeds feeds) {
        this.source = source;
        this.policy = policy;
        this.feeds = feeds;
    }

    /**
     * Has each partition stop or continue. Waits for the broker. An offset that is not the one that comes next is no
     * loss: the consumer asked for it before it was told where to begin.
     *
     * @param lost the offsets that are not there
     * @throws org.apache.kafka.common.KafkaException where the broker does not say what it has
     */
    void settle(Map<TopicPartition, Long> lost, Consumer<ByteBuffer, ByteBuffer> consumer) {
        Set<TopicPartition> partitions = new HashSet<>();
        lost.forEach((partition, offset) -> {
            PartitionFeed feed = feeds.get(partition);
            if (feed != null && feed.state() == PartitionState.READING) {
                if (feed.fetchedOffset() == offset) {
                    partitions.add(partition);
                } else {
                    consumer.seek(partition, feed.fetchedOffset());
                }
            }
        });
        if (partitions.isEmpty()) {
            return;
        }
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        for (TopicPartition partition : partitions) {
            settle(feeds.get(partition), lost.get(partition), beginnings.get(partition), ends.get(partition), consumer);
        }
    }

    private void settle(
            PartitionFeed feed, long offset, long beginning, long end, Consumer<ByteBuffer, ByteBuffer> consumer) {
        if (offset > end) {
            feed.become(
                    PartitionState.STOPPED,
                    "offset " + offset + " comes next, and the broker's last is " + (end - 1)
                            + ": it has lost records that are in the journal here; give the source another name to"
                            + " read what the topic has now as new streams");
        } else if (offset >= beginning) {
            // It was not there when it was asked for, and is now.
            goOn(feed, offset, consumer);
        } else if (policy == OnLostOffset.FAIL) {
            feed.become(
                    PartitionState.STOPPED,
                    "offset " + offset + " comes next, and the oldest that the broker has is " + beginning
                            + ": it has deleted up to " + (beginning - offset)
                            + " records before they were read; restart with sources."
                            + source + ".on-lost-offset: earliest or latest to continue without them");
        } else {
            long next = policy == OnLostOffset.EARLIEST ? beginning : end;
            log.warn(
                    "source {}: {} continues at offset {} instead of {}: up to {} records are lost, deleted by the"
                            + " broker before they were read or left out by on-lost-offset: latest",
                    source,
                    feed.partition(),
                    next,
                    offset,
                    next - offset);
            feed.lost(next - offset);
            goOn(feed, next, consumer);
        }
    }

    private static void goOn(PartitionFeed feed, long offset, Consumer<ByteBuffer, ByteBuffer> consumer) {
        feed.goOnAt(offset);
        consumer.seek(feed.partition(), offset);
    }
}
