package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.PartitionAssignment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

/** Partition 0 is served by broker a, 1 by b and so on; those that are down take as long as they may. */
class StartOffsetsTest {

    private static final long TEN_SECONDS = TimeUnit.SECONDS.toNanos(10);

    private final Set<Integer> down = new HashSet<>();
    private final List<String> asked = new ArrayList<>();
    private boolean isCoordinatorDown;
    private KnownTopic topic = new KnownTopic(PartitionAssignment.OWN, "a:1", "b:1", "c:1", "d:1");
    private final Brokers consumer = new Brokers();

    private final class Brokers extends MockConsumer<ByteBuffer, ByteBuffer> {

        Brokers() {
            super("none");
        }

        @Override
        public synchronized Map<TopicPartition, OffsetAndMetadata> committed(
                Set<TopicPartition> partitions, Duration timeout) {
            asked.add("coordinator");
            if (isCoordinatorDown) {
                timedOut(timeout);
            }
            return Map.of();
        }

        @Override
        public synchronized Map<TopicPartition, Long> beginningOffsets(
                Collection<TopicPartition> partitions, Duration timeout) {
            asked.add(partitions.stream()
                    .map(partition -> String.valueOf(partition.partition()))
                    .sorted()
                    .collect(Collectors.joining("+")));
            if (partitions.stream().anyMatch(partition -> down.contains(partition.partition()))) {
                timedOut(timeout);
            }
            return partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> 5L));
        }

        private void timedOut(Duration timeout) {
            topic.nowNanos += timeout.toNanos();
            throw new TimeoutException("nobody answers");
        }
    }

    private List<Integer> find(int... partitions) {
        asked.clear();
        List<PartitionFeed> seeking =
                IntStream.of(partitions).mapToObj(topic::feed).toList();
        List<PartitionFeed> found = new StartOffsets(
                        topic.settings(), topic.topics(), topic.feeds(), () -> topic.nowNanos)
                .find(seeking, consumer);
        found.forEach(feed -> feed.become(PartitionState.READING, ""));
        return found.stream().map(feed -> feed.partition().partition()).toList();
    }

    @Test
    void shouldWaitForOneBrokerAtMostWhileSomethingIsRead() {
        down.addAll(Set.of(1, 2));
        assertThat(find(0, 1, 2, 3)).containsExactly(0);
        assertThat(asked).containsExactly("coordinator", "0", "1");
        assertThat(topic.feed(1).state()).isEqualTo(PartitionState.AWAY);
        assertThat(find(2, 3)).isEmpty();
        assertThat(find(3)).containsExactly(3);
    }

    @Test
    void shouldNotAskAgainForTenSecondsAfterABrokerDidNotAnswer() {
        topic.feed(0).become(PartitionState.READING, "");
        down.add(1);
        assertThat(find(1)).isEmpty();
        assertThat(asked).as("once").containsExactly("coordinator", "1");
        assertThat(topic.nowNanos).as("it takes a while").isPositive();
        assertThat(topic.feed(1).mayBeAsked(topic.nowNanos + TEN_SECONDS - 1)).isFalse();
        assertThat(topic.feed(1).mayBeAsked(topic.nowNanos + TEN_SECONDS)).isTrue();
    }

    @Test
    void shouldAskNobodyElseWhereTheCoordinatorDoesNotAnswer() {
        topic.journaled(0, 70);
        isCoordinatorDown = true;
        assertThat(find(0, 1, 2, 3)).as("what the journal knows").containsExactly(0);
        assertThat(asked).containsExactly("coordinator");
        assertThat(topic.nowNanos).isEqualTo(TimeUnit.SECONDS.toNanos(3));
        assertThat(IntStream.range(1, 4).mapToObj(i -> topic.feed(i).state())).containsOnly(PartitionState.AWAY);
    }

    @Test
    void shouldAskAllBeforeItIsTheClustersTrouble() {
        down.addAll(Set.of(0, 1, 2));
        assertThat(find(0, 1, 2, 3)).as("the last one").containsExactly(3);
        topic = new KnownTopic(PartitionAssignment.OWN, "a:1", "b:1");
        assertThatThrownBy(() -> find(0, 1)).isInstanceOf(TimeoutException.class);
        assertThat(asked).containsExactly("coordinator", "0", "1");
    }

    @Test
    void shouldAskForAllOfABrokerAtOnce() {
        topic = new KnownTopic(PartitionAssignment.GROUP, "a:1", "b:1", "a:1").journaled(1, 70);
        assertThat(find(0, 1, 2)).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(asked).containsExactly("coordinator", "0+2");
        assertThat(topic.feed(0).handedInOffset()).isEqualTo(5);
        assertThat(topic.feed(1).handedInOffset()).isEqualTo(70);
    }
}
