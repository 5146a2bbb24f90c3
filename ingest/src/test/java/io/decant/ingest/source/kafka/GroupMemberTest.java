package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.bucketer.Frame;
import io.decant.config.PartitionAssignment;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class GroupMemberTest {

    private static final TopicPartition PARTITION = KnownTopic.partition(0);

    /** Whoever waits for the journal has waited for too long. */
    private final AtomicLong nowNanos = new AtomicLong();

    private final KnownTopic topic = new KnownTopic(PartitionAssignment.GROUP, "a:1").journaled(0, 70);

    /** The broker that was asked to assign is the one that takes long: until it has answered nothing may be fetched. */
    @Test
    void shouldHaveWhatIsAssignedPausedBeforeItIsKnownWhereToBegin() {
        AtomicReference<Set<TopicPartition>> pausedWhenAsked = new AtomicReference<>(Set.of());
        MockConsumer<ByteBuffer, ByteBuffer> consumer = new MockConsumer<>("none") {
            @Override
            public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
                    Set<TopicPartition> partitions, Duration timeout) {
                pausedWhenAsked.set(paused());
                return super.committed(partitions);
            }
        };
        Topics topics = topic.topics();
        GroupMember member = member(topics, new OffsetCommits("s", topic.settings(), topic, 0), consumer);
        consumer.subscribe(Set.of(KnownTopic.NAME), member);
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.rebalance(Set.of(PARTITION));
        consumer.poll(Duration.ZERO);
        member.onPartitionsAssigned(Set.of(PARTITION));
        assertThat(pausedWhenAsked).hasValue(Set.of(PARTITION));
        assertThat(consumer.position(PARTITION)).isEqualTo(70);
        assertThat(topic.feed(0).state()).isEqualTo(PartitionState.READING);
    }

    /** It was ours, and another member's, and is ours again; what the journal was slow with is synced late. */
    @Test
    void shouldCommitNoLessThanTheGroupHasWhileTheJournalStillSyncsWhatIsOfAnEarlierAssignment() {
        MockConsumer<ByteBuffer, ByteBuffer> consumer = new MockConsumer<>("none");
        Topics topics = topic.topics();
        OffsetCommits commits = new OffsetCommits("s", topic.settings(), topic, 0);
        GroupMember member = member(topics, commits, consumer);
        consumer.subscribe(Set.of(KnownTopic.NAME), member);
        consumer.rebalance(Set.of(PARTITION));
        PartitionFeed feed = topic.feed(0);
        SlowJournal journal = new SlowJournal();
        feed.fetched(Unpooled.wrappedBuffer(new byte[Frame.HEADER_BYTES]), 1, 75, 0, 0);
        feed.fetched(Unpooled.wrappedBuffer(new byte[Frame.HEADER_BYTES]), 1, 100, 0, 0);
        assertThat(feed.handIn(journal)).isTrue();

        consumer.rebalance(Set.of());
        assertThat(feed.state()).isEqualTo(PartitionState.RELEASED);
        consumer.commitSync(Map.of(PARTITION, StartOffsets.commit(80, topic.id)));
        consumer.rebalance(Set.of(PARTITION));
        assertThat(feed.state()).isEqualTo(PartitionState.READING);
        assertThat(consumer.position(PARTITION)).isEqualTo(100);

        journal.syncOne();
        commits.sendLast(topic.feeds().all(), consumer);
        assertThat(consumer.committed(Set.of(PARTITION)).get(PARTITION).offset())
                .as("a block of the earlier assignment is synced")
                .isEqualTo(80);
        journal.sync();
        commits.sendLast(topic.feeds().all(), consumer);
        assertThat(consumer.committed(Set.of(PARTITION)).get(PARTITION).offset())
                .isEqualTo(100);
    }

    private GroupMember member(Topics topics, OffsetCommits commits, MockConsumer<ByteBuffer, ByteBuffer> consumer) {
        return new GroupMember(
                topics,
                topic.feeds(),
                new BrokerReach(topic, topics, 0),
                commits,
                new StartOffsets(topic.settings(), topics, topic.feeds(), () -> 0),
                new SourceEnd("s", () -> nowNanos.addAndGet(TimeUnit.MINUTES.toNanos(1))),
                () -> 0,
                consumer);
    }
}
