package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.PartitionAssignment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class GroupTurnsTest {

    private static final int PARTITIONS = 20;

    private final KnownTopic topic = new KnownTopic(
            PartitionAssignment.GROUP, Collections.nCopies(PARTITIONS, "a:1").toArray(String[]::new));
    private final MockConsumer<ByteBuffer, ByteBuffer> consumer = new MockConsumer<>("none");
    private final Set<TopicPartition> all =
            IntStream.range(0, PARTITIONS).mapToObj(KnownTopic::partition).collect(Collectors.toSet());
    private final LargeAnswerSearch search = new LargeAnswerSearch("s", topic.topics(), topic.feeds());
    private final GroupTurns turns = new GroupTurns(topic.feeds(), new FetchWindow(1, 1, 0), search, consumer);

    GroupTurnsTest() {
        consumer.subscribe(List.of(KnownTopic.NAME));
        consumer.rebalance(all);
        consumer.updateBeginningOffsets(all.stream().collect(Collectors.toMap(each -> each, each -> 0L)));
        consumer.updateEndOffsets(all.stream().collect(Collectors.toMap(each -> each, each -> 100L)));
        for (int i = 0; i < PARTITIONS; i++) {
            topic.feed(i).goOnAt(70);
            topic.feed(i).become(PartitionState.READING, "assigned");
            consumer.seek(KnownTopic.partition(i), 70);
        }
    }

    /** A search for a batch that is too large fetches one partition at a time, and waits until it can be. */
    @Test
    void shouldGiveTheTurnToThePartitionThatASearchIsFor() {
        assertThat(turns.update(0)).containsExactly(KnownTopic.partition(0));
        search.update(Map.of("a:1", 100_000_000L), consumer, 0);
        for (int turn = 1; turn < PARTITIONS; turn++) {
            search.update(Map.of(), consumer, Duration.ofMinutes(turn).toNanos());
        }
        assertThat(turns.update(1)).as("dropped").containsExactly(KnownTopic.partition(0));
        assertThat(turns.isDropping()).isTrue();
        consumer.poll(Duration.ZERO);
        assertThat(turns.update(2)).containsExactly(KnownTopic.partition(19));
        assertThat(turns.isDropping()).isFalse();
        assertThat(consumer.position(KnownTopic.partition(0)))
                .as("not the next one")
                .isEqualTo(71);
        assertThat(consumer.position(KnownTopic.partition(19))).isEqualTo(70);
    }

    /** The poll that drops may also revoke. */
    @Test
    void shouldLeaveAloneWhatIsNoLongerAssigned() {
        turns.update(0);
        assertThat(turns.update(Duration.ofSeconds(3).toNanos())).containsExactly(KnownTopic.partition(0));
        consumer.rebalance(Set.of(KnownTopic.partition(1)));
        consumer.seek(KnownTopic.partition(1), 70);
        assertThat(turns.update(Duration.ofSeconds(3).toNanos() + 1)).containsExactly(KnownTopic.partition(1));
        assertThat(consumer.position(KnownTopic.partition(1))).isEqualTo(70);
    }
}
