package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class FetchWindowTest {

    private static final long TURN = TimeUnit.SECONDS.toNanos(2);

    private final FetchWindow window = new FetchWindow(32_000_000, 2_000_000, 0);
    private final Set<TopicPartition> twenty = partitions(20);

    private static Set<TopicPartition> partitions(int count) {
        Set<TopicPartition> partitions = new TreeSet<>(Feeds.ORDER);
        IntStream.range(0, count).forEach(i -> partitions.add(new TopicPartition("t", i)));
        return partitions;
    }

    @Test
    void shouldFetchAllWhileThereIsMemoryForAll() {
        assertThat(window.choose(partitions(16), partition -> true, 0)).hasSize(16);
        assertThat(window.choose(twenty, partition -> false, 0))
                .as("nothing to read")
                .hasSize(20);
    }

    @Test
    void shouldFetchFewerTheLargerTheAnswersAre() {
        window.seen(10_000_000, 0);
        assertThat(window.choose(twenty, partition -> true, 0)).hasSize(3);
        window.seen(100_000_000, 0);
        assertThat(window.choose(twenty, partition -> true, 0)).hasSize(1);
    }

    @Test
    void shouldForgetALargeAnswerAfterAWhile() {
        window.seen(10_000_000, 0);
        window.seen(0, TimeUnit.SECONDS.toNanos(61));
        assertThat(window.partitionsMax()).isEqualTo(3);
        window.seen(0, TimeUnit.SECONDS.toNanos(122));
        assertThat(window.partitionsMax()).isEqualTo(16);
    }

    @Test
    void shouldLetEachPartitionHaveItsTurn() {
        window.seen(10_000_000, 0);
        Set<TopicPartition> had = new TreeSet<>(Feeds.ORDER);
        for (int turn = 0; turn < 7; turn++) {
            Set<TopicPartition> chosen = window.choose(twenty, partition -> true, turn * TURN);
            assertThat(chosen).hasSize(3);
            assertThat(window.choose(twenty, partition -> true, turn * TURN + 1))
                    .as("as long as it has the turn")
                    .isEqualTo(chosen);
            had.addAll(chosen);
        }
        assertThat(had).isEqualTo(twenty);
    }

    @Test
    void shouldAlwaysFetchWhatHasNothingToReadAndGiveTheTurnOn() {
        window.seen(10_000_000, 0);
        Set<TopicPartition> first = window.choose(twenty, partition -> partition.partition() >= 10, 0);
        assertThat(first).hasSize(13).containsAll(partitions(10));
        Set<TopicPartition> next = window.choose(twenty, partition -> partition.partition() >= 12, 1);
        assertThat(next).hasSize(15).containsAll(partitions(13)).contains(new TopicPartition("t", 12));
    }

    /** A turn also ends when its partition has caught up, or all at once, when the journal is full for a while. */
    @Test
    void shouldGoOnBehindTheLastThatHadATurnWhereverPartitionsComeAndGo() {
        window.seen(10_000_000, 0);
        Set<TopicPartition> unsorted = new LinkedHashSet<>(List.copyOf(twenty));
        Set<TopicPartition> had = new TreeSet<>(Feeds.ORDER);
        for (int turn = 0; turn < 7; turn++) {
            had.addAll(window.choose(unsorted, partition -> true, turn));
            window.choose(unsorted, partition -> false, turn);
        }
        assertThat(had).as("turns that ended all at once").isEqualTo(twenty);

        had.clear();
        TopicPartition caughtUp = null;
        for (int turn = 0; turn < 20; turn++) {
            TopicPartition without = caughtUp;
            Set<TopicPartition> chosen = window.choose(twenty, partition -> !partition.equals(without), 100 + turn);
            had.addAll(chosen);
            caughtUp =
                    chosen.stream().filter(p -> !p.equals(without)).findFirst().orElseThrow();
        }
        assertThat(had).as("one caught up, and is behind again at once").isEqualTo(twenty);
    }
}
