package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.OnCorrupt;
import io.decant.config.PartitionAssignment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CorruptRecordsTest {

    private static final TopicPartition PARTITION = KnownTopic.partition(0);
    private static final String SAYS_BATCH = "Record batch for partition " + PARTITION
            + " at offset %d is invalid, cause: " + "Record is corrupt (stored crc = 1, computed crc = 2)";

    private final KnownTopic topic = new KnownTopic(PartitionAssignment.OWN, "a:1").journaled(0, 6);
    private final PartitionFeed feed = topic.feed(0);
    /** First offset and the one behind the last of batches that are corrupt. */
    private final Map<Long, Long> corrupt = new TreeMap<>();

    /** Those of them that only do not fit into memory. */
    private List<OversizedBatch> oversized = List.of();

    private final Brokers consumer = new Brokers();
    private final CorruptRecords records =
            new CorruptRecords("s", OnCorrupt.SKIP, topic.feeds(), consumer::poll, consumer::poll, feed -> oversized);
    private String says = SAYS_BATCH;
    private long end = Long.MAX_VALUE;
    private int polls;

    /** Says of a corrupt batch what Kafka's consumer does. */
    private final class Brokers extends MockConsumer<ByteBuffer, ByteBuffer> {

        Brokers() {
            super("none");
        }

        @Override
        public synchronized ConsumerRecords<ByteBuffer, ByteBuffer> poll(Duration timeout) {
            polls++;
            long at = position(PARTITION);
            if (at > end) {
                throw new OffsetOutOfRangeException(Map.of(PARTITION, at));
            }
            corrupt.forEach((first, next) -> {
                if (at >= first && at < next) {
                    throw new KafkaException(
                            "Received exception when fetching the next record from " + PARTITION,
                            new KafkaException(String.format(says, first)));
                }
            });
            return ConsumerRecords.empty();
        }
    }

    @BeforeEach
    void read() {
        consumer.assign(Set.of(PARTITION));
        consumer.seek(PARTITION, 6);
        feed.become(PartitionState.READING, "");
    }

    /** Polls as a reader does, until nothing is corrupt. */
    private void readOn() {
        for (boolean isRead = false; !isRead; ) {
            try {
                consumer.poll(Duration.ZERO);
                isRead = true;
            } catch (KafkaException e) {
                assertThat(records.settle(e, consumer)).isTrue();
                consumer.resume(Set.of(PARTITION));
            }
        }
    }

    private void assertSkippedTo(long offset, long count) {
        assertThat(consumer.position(PARTITION)).isEqualTo(offset);
        assertThat(feed.handedInOffset()).isEqualTo(offset);
        assertThat(feed.status(0, 0).skipped()).isEqualTo(count);
    }

    @Test
    void shouldSkipALargeBatchInFewPollsAndNothingBehindIt() {
        corrupt.put(6L, 10_006L);
        readOn();
        assertSkippedTo(10_006, 10_000);
        assertThat(polls).isLessThan(60);
    }

    @Test
    void shouldGoOnBehindABatchThatDoesNotFitAndNotBehindAnotherOne() {
        oversized =
                List.of(new OversizedBatch(50, 60, 55, 1_000, false), new OversizedBatch(6, 10_005, 42, 1_000, false));
        corrupt.put(6L, 10_006L);
        readOn();
        assertSkippedTo(10_006, 10_000);
        assertThat(polls).isEqualTo(3);
    }

    @Test
    void shouldStopAtABatchThatDoesNotFitAndSayWhereItIsAndWhatToDo() {
        CorruptRecords failing = new CorruptRecords(
                "s",
                OnCorrupt.FAIL,
                topic.feeds(),
                consumer::poll,
                consumer::poll,
                feed -> List.of(new OversizedBatch(6, 50, 42, 999_999_999, false)));
        corrupt.put(6L, 51L);
        assertThatThrownBy(() -> consumer.poll(Duration.ZERO))
                .isInstanceOfSatisfying(KafkaException.class, e -> assertThat(failing.settle(e, consumer))
                        .isTrue());
        assertThat(feed.state()).isEqualTo(PartitionState.STOPPED);
        assertThat(feed.status(0, 0).error())
                .startsWith("at offset 6: the batch of offsets 6 to 50 cannot be unpacked: the record at offset 42"
                        + " unpacks to 999999999 bytes, beyond the memory of this server")
                .contains("-Xmx", "sources.s.on-corrupt: skip");
    }

    @Test
    void shouldSkipTheLastBatchThatThereIs() {
        corrupt.put(6L, 1_000L);
        end = 1_000;
        readOn();
        assertSkippedTo(1_000, 994);
    }

    @Test
    void shouldNotPassOverWhatLiesBetweenTwoCorruptBatches() {
        corrupt.put(6L, 20L);
        corrupt.put(21L, 3_000L);
        readOn();
        assertSkippedTo(20, 14);
    }

    /** Nobody can tell whether it is the same batch. */
    @Test
    void shouldGoOneByOneWhereTheConsumerNamesNoBatch() {
        says = "a record makes no sense";
        corrupt.put(6L, 20L);
        corrupt.put(21L, 40L);
        readOn();
        assertSkippedTo(20, 14);
        assertThat(polls).isEqualTo(2 * 14 + 1);
    }
}
