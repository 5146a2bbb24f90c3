package io.decant.ingest.source.kafka;

import io.decant.config.OnCorrupt;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done when a record cannot be read: its partition stops, or continues after it, and the others continue. A
 * consumer says of which partition it is in a text only, and says it again at each poll until that partition is polled
 * no more; so the partitions are polled one at a time until one says it. Belongs to the thread that polls.
 */
final class CorruptRecords {

    /** Longer than a broker takes to repeat an answer. */
    private static final Duration PROBE = Duration.ofMillis(200);

    /** Stands in what the consumer says where it names the batch. */
    private static final String BATCH_AT = "batch for partition";
    /** Before and behind the first offset of a batch, where it names that. */
    private static final String AT = " at offset ";

    private static final String IS_INVALID = " is invalid";

    private static final Logger log = LoggerFactory.getLogger(KafkaSource.class);

    private final String source;
    private final OnCorrupt policy;
    private final Feeds feeds;
    private final Consumer<Duration> poll;
    private final Consumer<Duration> probe;
    private final Function<PartitionFeed, List<OversizedBatch>> oversized;
    /** The one that was found last: corruption is seldom one offset long. */
    private TopicPartition lastFound;
    /** What the consumer said of it. */
    private String lastWhy = "";

    /**
     * @param poll polls for that long, and keeps what comes
     * @param probe the same, and drops it
     * @param oversized the batches of a partition that are none to the consumer because they do not fit into memory
     */
    CorruptRecords(
            String source,
            OnCorrupt policy,
            Feeds feeds,
            Consumer<Duration> poll,
            Consumer<Duration> probe,
            Function<PartitionFeed, List<OversizedBatch>> oversized) {
        this.oversized = oversized;
        this.probe = probe;
        this.source = source;
        this.policy = policy;
        this.feeds = feeds;
        this.poll = poll;
    }

    /**
     * Finds the partition, and has it stop or continue.
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
                if (!suspect.equals(lastFound)) {
                    lastFound = suspect;
                    lastWhy = "";
                }
                settle(feeds.get(suspect), e, consumer);
            }
            consumer.pause(List.of(suspect));
        }
        return found;
    }

    /**
     * Whether the failure is one of a partition's records. Kafka's client throws for it the class that its other
     * exceptions extend, and names the partition in the text. Nothing else is taken out of there.
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
        String why = KafkaErrors.text(failure);
        OversizedBatch batch = oversized.apply(feed).stream()
                .filter(refused -> refused.last() >= offset && why.contains(AT + refused.first() + IS_INVALID))
                .findFirst()
                .orElse(null);
        if (batch != null) {
            settle(feed, offset, batch, consumer);
            return;
        }
        if (policy == OnCorrupt.FAIL) {
            feed.become(
                    PartitionState.STOPPED,
                    "the record at offset " + offset + " cannot be read: " + why + "; restart with sources." + source
                            + ".on-corrupt: skip to continue after it, without it");
            return;
        }
        boolean isSameBatch = why.equals(lastWhy) && why.contains(BATCH_AT);
        lastWhy = why;
        long next = isSameBatch ? behindBatch(feed.partition(), offset, why, consumer) : offset + 1;
        if (feed.skips(offset, next - offset)) {
            log.warn(
                    "source {}: {}: the record at offset {} cannot be read and is skipped, by on-corrupt: skip: {}",
                    source,
                    feed.partition(),
                    offset,
                    why);
        }
        feed.goOnAt(next);
        consumer.seek(feed.partition(), next);
    }

    /** Of a batch that is whole, and was kept from the consumer, it is known where it ends. */
    private void settle(
            PartitionFeed feed,
            long offset,
            OversizedBatch batch,
            org.apache.kafka.clients.consumer.Consumer<ByteBuffer, ByteBuffer> consumer) {
        String why = batch.describe(source);
        if (policy == OnCorrupt.FAIL) {
            feed.become(
                    PartitionState.STOPPED,
                    "at offset " + offset + ": " + why + ", or with sources." + source
                            + ".on-corrupt: skip to continue after the batch, without it");
            return;
        }
        long next = batch.last() + 1;
        if (feed.skips(offset, next - offset)) {
            log.warn(
                    "source {}: {}: offsets {} to {} are skipped, by on-corrupt: skip: {}",
                    source,
                    feed.partition(),
                    offset,
                    batch.last(),
                    why);
        }
        feed.goOnAt(next);
        consumer.seek(feed.partition(), next);
    }

    /**
     * The offset behind the last one that is known to be in the same batch. Of a batch that is corrupt the consumer
     * says the same at each of its offsets, and of another batch something else; so offsets that lie between two of it
     * are of it, and nothing else is passed over. Steps are doubled, then halved.
     */
    private long behindBatch(
            TopicPartition partition,
            long offset,
            String why,
            org.apache.kafka.clients.consumer.Consumer<ByteBuffer, ByteBuffer> consumer) {
        long last = offset;
        long step = 1;
        while (isOfBatch(partition, last + step, why, consumer)) {
            last += step;
            step *= 2;
        }
        while (step > 1) {
            step /= 2;
            if (isOfBatch(partition, last + step, why, consumer)) {
                last += step;
            }
        }
        return last + 1;
    }

    private boolean isOfBatch(
            TopicPartition partition,
            long offset,
            String why,
            org.apache.kafka.clients.consumer.Consumer<ByteBuffer, ByteBuffer> consumer) {
        consumer.seek(partition, offset);
        try {
            probe.accept(PROBE);
            return false;
        } catch (OffsetOutOfRangeException e) {
            // There is no such offset yet.
            return false;
        } catch (KafkaException e) {
            if (!isOf(partition, e)) {
                throw e;
            }
            return KafkaErrors.text(e).equals(why);
        }
    }
}
