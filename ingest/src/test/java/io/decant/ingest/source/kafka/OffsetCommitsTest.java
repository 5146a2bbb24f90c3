package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.PartitionAssignment;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OffsetCommitsTest {

    private static final TopicPartition PARTITION = KnownTopic.partition(0);

    private final KnownTopic topic = new KnownTopic(PartitionAssignment.GROUP, "a:1").journaled(0, 70);
    private final PartitionFeed feed = topic.feed(0);
    private final MockConsumer<ByteBuffer, ByteBuffer> consumer = new MockConsumer<>("none");
    private final OffsetCommits commits = new OffsetCommits("s", "g", topic, 0);

    OffsetCommitsTest() {
        consumer.assign(Set.of(PARTITION));
    }

    private long committedLast() {
        commits.sendLast(topic.feeds().all(), consumer);
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.of(PARTITION));
        return committed.get(PARTITION) == null ? -1 : committed.get(PARTITION).offset();
    }

    @ParameterizedTest
    @EnumSource(names = {"READING", "STOPPED", "AWAY", "REFUSED", "MISSING"})
    void shouldCommitWhatIsDurableOfAPartitionThatWasReadWhateverHasComeSince(PartitionState state) {
        feed.become(PartitionState.READING, "");
        feed.become(state, "");
        assertThat(committedLast()).isEqualTo(70);
    }

    @ParameterizedTest
    @EnumSource(names = {"SEEKING", "AWAY", "REFUSED", "MISSING"})
    void shouldCommitNothingOfAPartitionOfWhichItIsNotKnownWhereToBegin(PartitionState state) {
        feed.become(state, "");
        assertThat(committedLast()).isEqualTo(-1);
    }

    @ParameterizedTest
    @EnumSource(names = {"READING", "STOPPED", "AWAY"})
    void shouldCommitNothingOfAPartitionThatAnotherMemberHasOrHad(PartitionState state) {
        feed.become(PartitionState.READING, "");
        feed.become(state, "");
        feed.become(PartitionState.RELEASED, "");
        assertThat(committedLast()).as("released").isEqualTo(-1);
        feed.become(PartitionState.SEEKING, "");
        feed.become(PartitionState.AWAY, "");
        assertThat(committedLast()).as("assigned again, and away").isEqualTo(-1);
    }

    @Test
    void shouldCommitAgainOfAPartitionWhoseLeaderIsAwayAfterAnHour() {
        feed.become(PartitionState.READING, "");
        assertThat(committedLast()).isEqualTo(70);
        feed.become(PartitionState.AWAY, "");
        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(1)));
        commits.send(topic.feeds().all(), consumer, TimeUnit.MINUTES.toNanos(61));
        assertThat(consumer.committed(Set.of(PARTITION)).get(PARTITION).offset())
                .isEqualTo(70);
    }
}
