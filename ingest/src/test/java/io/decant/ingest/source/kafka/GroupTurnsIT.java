package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.DataSize;
import io.decant.config.HostPort;
import io.decant.config.KafkaSourceSettings;
import io.decant.config.OnCorrupt;
import io.decant.config.OnLostOffset;
import io.decant.config.PartitionAssignment;
import io.decant.config.PropertyValue;
import io.decant.config.StartOffset;
import io.decant.ingest.endtoend.TestBroker;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.source.SourceCounters;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A member of a group with memory for one partition at a time, at a real broker. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class GroupTurnsIT {

    private static final int PARTITIONS = 3;
    private static final int RECORDS = 100;
    private static final int RECORD_BYTES = 50_000;
    private static final int RECORDS_POLLED_MAX = 6;
    /**
     * As many as an answer has, of a megabyte; they are batches of their own. No multiple of what a poll has at most.
     */
    private static final int RECORDS_ANSWERED = 20;

    private static final int ROUNDS = 6;
    /** More than a turn. */
    private static final long LONG_NANOS = TimeUnit.SECONDS.toNanos(3);

    private static TestBroker broker;

    private final AtomicLong ahead = new AtomicLong();
    private final SourceEnd end = new SourceEnd("s", this::nanoTime);
    private final Journal journal = new Journal();

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.shared();
    }

    /** What came of one partition at once. */
    private record Come(String partition, int records, long resumeOffset) {}

    /** Takes a second for each block, and has the source end when it has all. */
    private final class Journal implements Intake {

        private final List<Come> blocks = new ArrayList<>();
        private int records;

        @Override
        public boolean offer(Block block) {
            blocks.add(new Come(block.stream().name(), block.records(), block.resumeOffset()));
            records += block.records();
            block.release();
            block.owner().synced(block);
            ahead.addAndGet(TimeUnit.SECONDS.toNanos(1));
            if (records >= PARTITIONS * RECORDS) {
                end.drain();
            }
            return true;
        }

        @Override
        public void whenRoom(Runnable wake) {
            throw new AssertionError("there is always room");
        }

        @Override
        public int keptStreamsMax() {
            return PARTITIONS;
        }
    }

    private long nanoTime() {
        return System.nanoTime() + ahead.get();
    }

    private static String newTopic() throws Exception {
        String topic = broker.newTopic(PARTITIONS);
        broker.send(IntStream.range(0, PARTITIONS * RECORDS)
                .mapToObj(i -> new ProducerRecord<byte[], byte[]>(topic, i % PARTITIONS, null, new byte[RECORD_BYTES]))
                .toList());
        return topic;
    }

    private static KafkaSourceSettings settings(String topic, Map<String, PropertyValue> properties) {
        String[] address = broker.address().split(":", 2);
        return new KafkaSourceSettings(
                List.of(new HostPort(address[0], Integer.parseInt(address[1]))),
                List.of(topic),
                List.of(),
                "turns-of-" + topic,
                PartitionAssignment.GROUP,
                StartOffset.EARLIEST,
                OnLostOffset.FAIL,
                OnCorrupt.FAIL,
                DataSize.ofMebibytes(1),
                properties);
    }

    @Test
    void shouldLetEveryPartitionProgressWhileNoneHasCaughtUpAndReadEachRecordOnce() throws Exception {
        KafkaSourceSettings settings = settings(newTopic(), Map.of());
        long now = nanoTime();
        try (KafkaCluster cluster = new KafkaCluster("s", settings)) {
            Topics topics = new Topics("s", settings, cluster, this::nanoTime);
            SourceParts parts = new SourceParts(
                    "s",
                    settings,
                    journal,
                    InstantSource.system(),
                    this::nanoTime,
                    cluster,
                    topics,
                    new Feeds("s", journal, new SourceCounters(), Map.of()),
                    new BrokerReach(cluster, topics, now),
                    new SourceHealth("s", this::nanoTime),
                    new OffsetCommits("s", settings, cluster, now),
                    new Backpressure(),
                    new FetchWindow(1, 1, now),
                    end);
            try (Consumer<ByteBuffer, ByteBuffer> consumer = cluster.newConsumer(topics::metadataCame)) {
                new Reader(parts, new PartitionTable(cluster, now), consumer).read();
            }
        }
        Set<String> begun = new HashSet<>();
        int blocks = 0;
        while (journal.blocks.get(blocks).resumeOffset() < RECORDS) {
            begun.add(journal.blocks.get(blocks).partition());
            blocks++;
        }
        assertThat(begun).as("begun before any was read to its end").hasSize(PARTITIONS);
        for (String partition : begun) {
            long next = 0;
            for (Come come : journal.blocks) {
                if (come.partition().equals(partition)) {
                    next += come.records();
                    assertThat(come.resumeOffset()).isEqualTo(next);
                }
            }
            assertThat(next).isEqualTo(RECORDS);
        }
    }

    /** A partition's turn is over in the midst of an answer, or when the next one is under way. */
    @Test
    void shouldHaveTheConsumerKeepNothingOfAPartitionWhoseTurnIsOver() throws Exception {
        String topic = newTopic();
        KafkaSourceSettings settings = settings(
                topic, Map.of("max.poll.records", new PropertyValue(Integer.toString(RECORDS_POLLED_MAX), false)));
        try (KafkaCluster cluster = new KafkaCluster("s", settings);
                Consumer<ByteBuffer, ByteBuffer> consumer = cluster.newConsumer(() -> {})) {
            Feeds feeds = new Feeds("s", journal, new SourceCounters(), Map.of());
            consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
                    consumer.pause(partitions);
                    partitions.forEach(partition -> consumer.seek(partition, 0));
                }

                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
                    // The test ends.
                }
            });
            while (consumer.assignment().size() < PARTITIONS) {
                consumer.poll(Duration.ofMillis(100));
            }
            for (TopicPartition partition : consumer.assignment()) {
                PartitionFeed feed = feeds.of(partition, new Cluster.Topic(topicId(), PARTITIONS));
                feed.goOnAt(0);
                feed.become(PartitionState.READING, "assigned");
            }
            LargeAnswerSearch search =
                    new LargeAnswerSearch("s", new Topics("s", settings, cluster, this::nanoTime), feeds);
            GroupTurns turns = new GroupTurns(feeds, new FetchWindow(1, 1, 0), search, consumer);
            long now = 0;
            for (int turn = 0; turn < ROUNDS * PARTITIONS; turn++) {
                TopicPartition expected = new TopicPartition(topic, turn % PARTITIONS);
                apply(turns.update(now), consumer);
                assertThat(turns.isDropping()).isFalse();
                assertThat(poll(consumer, feeds, Duration.ZERO).isEmpty())
                        .as("nothing of %s was kept when it had no turn", expected)
                        .isTrue();
                // In every second round an answer is read to its end, so that the next one is under way.
                int records = (turn / PARTITIONS) % 2 == 0 ? RECORDS_POLLED_MAX : RECORDS_ANSWERED;
                long until = feeds.get(expected).fetchedOffset() + records;
                while (feeds.get(expected).fetchedOffset() < until) {
                    poll(consumer, feeds, Duration.ofMillis(100));
                }
                now += LONG_NANOS;
                apply(turns.update(now), consumer);
                assertThat(turns.isDropping()).isTrue();
                assertThat(poll(consumer, feeds, Duration.ZERO).isEmpty()).isTrue();
            }
        }
    }

    private static UUID topicId() {
        return new UUID(1, 1);
    }

    private static void apply(Set<TopicPartition> chosen, Consumer<ByteBuffer, ByteBuffer> consumer) {
        Set<TopicPartition> others = new HashSet<>(consumer.assignment());
        others.removeAll(chosen);
        consumer.pause(others);
        consumer.resume(chosen);
    }

    /** Polls, and has each feed go on behind what came, which must be what comes next. */
    private static ConsumerRecords<ByteBuffer, ByteBuffer> poll(
            Consumer<ByteBuffer, ByteBuffer> consumer, Feeds feeds, Duration timeout) {
        ConsumerRecords<ByteBuffer, ByteBuffer> records = consumer.poll(timeout);
        for (TopicPartition partition : records.partitions()) {
            PartitionFeed feed = feeds.get(partition);
            for (ConsumerRecord<ByteBuffer, ByteBuffer> record : records.records(partition)) {
                assertThat(record.offset()).isEqualTo(feed.fetchedOffset());
                feed.skipTo(record.offset() + 1);
            }
        }
        return records;
    }
}
