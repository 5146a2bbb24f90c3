package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.OnLostOffset;
import io.decant.config.PartitionAssignment;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LostOffsetsTest {

    private static final TopicPartition PARTITION = KnownTopic.partition(0);

    private final KnownTopic topic = new KnownTopic(PartitionAssignment.GROUP, "a:1").journaled(0, 70);
    private final PartitionFeed feed = topic.feed(0);
    private final MockConsumer<ByteBuffer, ByteBuffer> consumer = new MockConsumer<>("none");

    @BeforeEach
    void assign() {
        consumer.assign(Set.of(PARTITION));
        consumer.updateBeginningOffsets(Map.of(PARTITION, 50L));
        consumer.updateEndOffsets(Map.of(PARTITION, 90L));
    }

    private void lose(OnLostOffset policy, long offset) {
        new LostOffsets("s", policy, topic.feeds()).settle(Map.of(PARTITION, offset), consumer);
    }

    /** A group's partition stands at offset 0 until it is known where to begin. */
    @ParameterizedTest
    @EnumSource
    void shouldTakeAnOffsetThatNobodyAskedForAsNoLoss(OnLostOffset policy) {
        lose(policy, 0);
        assertThat(feed.state()).isEqualTo(PartitionState.SEEKING);
        assertThat(feed.handedInOffset()).isEqualTo(70);
        feed.become(PartitionState.READING, "");
        lose(policy, 0);
        assertThat(feed.state()).isEqualTo(PartitionState.READING);
        assertThat(feed.handedInOffset()).isEqualTo(70);
        assertThat(consumer.position(PARTITION)).as("where it goes on").isEqualTo(70);
    }

    @Test
    void shouldGoOnAtTheOldestOffsetThatThereIs() {
        feed.become(PartitionState.READING, "");
        feed.goOnAt(20);
        lose(OnLostOffset.EARLIEST, 20);
        assertThat(feed.handedInOffset()).isEqualTo(50);
        assertThat(consumer.position(PARTITION)).isEqualTo(50);
    }
}
