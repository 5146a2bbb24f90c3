package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.PartitionAssignment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class GroupMemberTest {

    private static final TopicPartition PARTITION = KnownTopic.partition(0);

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
        GroupMember member = new GroupMember(
                topics,
                topic.feeds(),
                new BrokerReach(topic, topics, 0),
                new OffsetCommits("s", "g", topic, 0),
                new StartOffsets(topic.settings(), topics, topic.feeds(), () -> 0),
                new SourceEnd("s", () -> 0),
                () -> 0,
                consumer);
        consumer.subscribe(Set.of(KnownTopic.NAME), member);
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.rebalance(Set.of(PARTITION));
        consumer.poll(Duration.ZERO);
        member.onPartitionsAssigned(Set.of(PARTITION));
        assertThat(pausedWhenAsked).hasValue(Set.of(PARTITION));
        assertThat(consumer.position(PARTITION)).isEqualTo(70);
        assertThat(topic.feed(0).state()).isEqualTo(PartitionState.READING);
    }
}
