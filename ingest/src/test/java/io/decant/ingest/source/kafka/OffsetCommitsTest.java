package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.PartitionAssignment;
import io.decant.ingest.LogLines;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OffsetCommitsTest {

    private static final TopicPartition PARTITION = KnownTopic.partition(0);

    private final KnownTopic topic = new KnownTopic(PartitionAssignment.GROUP, "a:1").journaled(0, 70);
    private final PartitionFeed feed = topic.feed(0);
    private final MockConsumer<ByteBuffer, ByteBuffer> consumer = new MockConsumer<>("none");
    private final OffsetCommits commits = new OffsetCommits("s", topic.settings(), topic, 0);

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

    /** Whatever its feed says: the broker takes a member's commit for any partition. */
    @Test
    void shouldCommitInAGroupNothingThatItsConsumerIsNotAssigned() {
        feed.become(PartitionState.READING, "");
        consumer.assign(Set.of(KnownTopic.partition(1)));
        assertThat(committedLast()).isEqualTo(-1);
    }

    @Test
    void shouldTellOfEachCauseOnceAndWhenOffsetsAreCommittedAgain() {
        KafkaException[] failure = new KafkaException[1];
        MockConsumer<ByteBuffer, ByteBuffer> failing = new MockConsumer<>("none") {
            @Override
            public synchronized void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
                if (failure[0] != null) {
                    throw failure[0];
                }
                super.commitSync(offsets, timeout);
            }
        };
        failing.assign(Set.of(PARTITION));
        feed.become(PartitionState.READING, "");
        try (LogLines lines = new LogLines(KafkaSource.class)) {
            for (int i = 0; i < 5; i++) {
                failure[0] = new KafkaException("no coordinator within " + i + " ms");
                commits.sendLast(topic.feeds().all(), failing);
            }
            for (int i = 0; i < 5; i++) {
                failure[0] = new KafkaException("not permitted to read group g");
                commits.sendLast(topic.feeds().all(), failing);
            }
            failure[0] = null;
            commits.sendLast(topic.feeds().all(), failing);
            String cannot =
                    "WARN source s: offsets could not be committed; retrying: " + KafkaException.class.getName() + ": ";
            assertThat(lines.told())
                    .containsExactly(
                            cannot + "no coordinator within 0 ms",
                            cannot + "not permitted to read group g",
                            "INFO source s: offsets are committed again");
        }
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
