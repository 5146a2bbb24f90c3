package io.decant.ingest.source.kafka;

import io.decant.config.OnCorrupt;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done when a record cannot be read: its partition stops, or goes on behind it, and the others are read on. A consumer says of
 * which partition it is in a text only, and says it again at each poll until that partition is polled no more; so the partitions are
 * polled one at a time until one says it. Belongs to the thread that polls.
 */
final class CorruptRecords {

    /** Longer than a broker takes to repeat an answer. */
    private static final Duration PROBE = Duration.ofMillis(200);

    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    private final String source;
    private final OnCorrupt policy;
    private final Feeds feeds;
    private final Consumer<Duration> poll;
    /** The one that was found last: corruption is seldom one offset long. */
    private TopicPartition lastFound;

    /** @param poll polls for that long, and keeps what comes */
    CorruptRecords(String source, OnCorrupt policy, Feeds feeds, Consumer<Duration> poll) {
        this.source = source;
        this.policy = policy;
        this.feeds = feeds;
        this.poll = poll;
    }

    /**
     * Finds the partition, and has it stop or go on.
     *
     * @return false where the failure is another one, or no partition has it
     */
    boolean settle(
            KafkaException failure, org.apache.kafka.clients.consumer.Consumer<ByteBuffer, ByteBuffer> consumer) {
        List<TopicPartition> suspects = new ArrayList<>(consumer.assignment());
        suspects.removeAll(consumer.paused());
        if (suspects.stream().noneMatch(suspect -> isOf(suspect, failure))) {
            return false;
        }
        suspects.sort(Comparator.comparing((TopicPartition suspect) -> !suspect.equals(lastFound))
                .thenComparing(Feeds.ORDER));
        consumer.pause(suspects);
        boolean found = false;
        for (int i = 0; i < suspects.size() && !found; i++) {
            TopicPartition suspect = suspects.get(i);
            consumer.resume(List.of(suspect));
            try {
                poll.accept(PROBE);
            } catch (KafkaException e) {
                if (!isOf(suspect, e)) {
                    throw e;
                }
                found = true;
                lastFound = suspect;
                settle(feeds.get(suspect), e, consumer);
            }
            consumer.pause(List.of(suspect));
        }
        return found;
    }

    /**
     * Whether the failure is one of a partition's records. Kafka's client throws for it the class that its other exceptions extend, and
     * names the partition in the text. Nothing else is taken out of there.
     */
    private static boolean isOf(TopicPartition partition, KafkaException failure) {
        boolean isPossible = failure.getClass() == KafkaException.class || failure instanceof SerializationException;
        return isPossible && String.valueOf(failure.getMessage()).contains(partition.toString());
    }

    private void settle(
            PartitionFeed feed,
            KafkaException failure,
            org.apache.kafka.clients.consumer.Consumer<ByteBuffer, ByteBuffer> consumer) {
        if (feed == null || feed.keepsSomething()) {
            // It is polled again when what came before has been handed in.
            return;
        }
        long offset = consumer.position(feed.partition());
        String why = Trouble.text(failure);
        if (policy == OnCorrupt.FAIL) {
            feed.become(
                    PartitionState.STOPPED,
                    "the record at offset " + offset + " cannot be read: " + why + "; restart with sources." + source
                            + ".on-corrupt: skip to go on behind it, without it");
            return;
        }
        if (feed.skips(offset)) {
            log.warn(
                    "source {}: {}: the record at offset {} cannot be read and is skipped, by on-corrupt: skip: {}",
                    source,
                    feed.partition(),
                    offset,
                    why);
        }
        feed.goOnAt(offset + 1);
        consumer.seek(feed.partition(), offset + 1);
    }
}
