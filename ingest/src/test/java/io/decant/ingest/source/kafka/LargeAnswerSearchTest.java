package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.PartitionAssignment;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Broker a serves partitions 0, 1 and 3; b serves 2. */
class LargeAnswerSearchTest {

    private static final Map<String, Long> TOO_LARGE = Map.of("a:1", 300_000_000L);

    private final KnownTopic topic = new KnownTopic(PartitionAssignment.GROUP, "a:1", "a:1", "b:1", "a:1");
    private final LargeAnswerSearch search = new LargeAnswerSearch("s", topic.topics(), topic.feeds());
    private final MockConsumer<ByteBuffer, ByteBuffer> consumer = new MockConsumer<>("none");

    @BeforeEach
    void read() {
        IntStream.range(0, 4).forEach(i -> topic.feed(i).become(PartitionState.READING, ""));
        consumer.assign(IntStream.range(0, 4).mapToObj(KnownTopic::partition).toList());
    }

    private List<Integer> fetched() {
        return IntStream.range(0, 4)
                .filter(i -> search.isFetched(KnownTopic.partition(i)))
                .boxed()
                .toList();
    }

    private void refused() {
        search.update(TOO_LARGE, consumer, topic.nowNanos);
    }

    private void pass(int seconds) {
        topic.nowNanos += TimeUnit.SECONDS.toNanos(seconds);
        search.update(Map.of(), consumer, topic.nowNanos);
    }

    private List<Integer> stopped() {
        return IntStream.range(0, 4)
                .filter(i -> topic.feed(i).state() == PartitionState.STOPPED)
                .boxed()
                .toList();
    }

    /** Whether they have anything to read makes no difference: one that had caught up is what got the batch. */
    @Test
    void shouldStopThePartitionThatIsRefusedAloneAndNoOther() {
        assertThat(fetched()).containsExactly(0, 1, 2, 3);
        refused();
        assertThat(fetched()).containsExactly(0, 2);
        refused();
        assertThat(stopped()).as("the request may have been under way").isEmpty();
        pass(3);
        assertThat(fetched()).containsExactly(1, 2);
        refused();
        assertThat(stopped()).as("the request may be one of the turn before").isEmpty();
        refused();
        assertThat(stopped()).containsExactly(1);
        assertThat(topic.feed(1).status(0, 0).error())
                .startsWith("the batch at offset -1 takes 300000000 bytes, as the broker has it");
        assertThat(fetched()).containsExactly(0, 1, 2, 3);
    }

    @Test
    void shouldEndWhereItIsNobodys() {
        refused();
        pass(3);
        pass(3);
        assertThat(fetched()).containsExactly(2, 3);
        pass(3);
        assertThat(fetched()).containsExactly(0, 1, 2, 3);
        assertThat(stopped()).isEmpty();
    }

    @Test
    void shouldCountATurnOnlyWhileItsPartitionCanBeFetched() {
        refused();
        consumer.pause(Set.of(KnownTopic.partition(0)));
        pass(3);
        consumer.resume(Set.of(KnownTopic.partition(0)));
        pass(2);
        assertThat(fetched()).containsExactly(0, 2);
        consumer.pause(Set.of(KnownTopic.partition(0)));
        pass(25);
        assertThat(fetched()).as("for half a minute at most").containsExactly(1, 2);
    }

    @Test
    void shouldLeaveTheSearchOfOneBrokerAloneWhateverAnotherAnswers() {
        refused();
        for (int i = 0; i < 3; i++) {
            search.update(Map.of("b:1", 400_000_000L), consumer, topic.nowNanos);
        }
        assertThat(stopped()).isEmpty();
        assertThat(fetched()).containsExactly(0, 2);
    }

    @Test
    void shouldSearchAllWhereTheBrokerHasNoNameThatIsKnown() {
        search.update(Map.of("proxy:1", 300_000_000L), consumer, topic.nowNanos);
        assertThat(fetched()).containsExactly(0);
    }
}
