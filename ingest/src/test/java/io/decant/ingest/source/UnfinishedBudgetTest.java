package io.decant.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class UnfinishedBudgetTest {

    private static final int SHARE = UnfinishedBudget.SHARE_BYTES_MAX;

    private final List<String> ended = new ArrayList<>();

    private UnfinishedLine line(UnfinishedBudget budget, String name) {
        return new UnfinishedLine(budget, () -> ended.add(name));
    }

    @Test
    void shouldReserveUpToTheLastByteAndGiveAllBack() {
        UnfinishedBudget budget = new UnfinishedBudget(4 * SHARE, 4);
        UnfinishedLine line = line(budget, "a");
        assertThat(line.reserve(3 * SHARE)).isTrue();
        assertThat(line.reserve(SHARE)).isTrue();
        assertThat(budget.used()).isEqualTo(4 * SHARE);
        assertThat(line.reserve(1)).isFalse();
        line.release();
        line.release();
        assertThat(budget.used()).isZero();
        assertThat(ended).isEmpty();
    }

    /** Fewer bytes than connections: no line has a share, and the oldest ends for the sake of the others. */
    @Test
    void shouldServeMoreConnectionsThanBytes() {
        UnfinishedBudget budget = new UnfinishedBudget(1_000, 10_000);
        UnfinishedLine oldest = line(budget, "oldest");
        UnfinishedLine younger = line(budget, "younger");
        assertThat(oldest.reserve(600)).isTrue();
        assertThat(younger.reserve(400)).isTrue();
        assertThat(younger.reserve(100)).isTrue();
        assertThat(ended).containsExactly("oldest");
        assertThat(budget.used()).isEqualTo(500);
        younger.release();
        assertThat(budget.used()).isZero();
    }

    @Test
    void shouldEndTheOldestLineBeyondItsShareAndNoneWithin() {
        UnfinishedBudget budget = new UnfinishedBudget(8 * SHARE, 8);
        UnfinishedLine within = line(budget, "within");
        UnfinishedLine oldest = line(budget, "oldest");
        UnfinishedLine younger = line(budget, "younger");
        assertThat(within.reserve(SHARE)).isTrue();
        assertThat(oldest.reserve(1)).isTrue();
        assertThat(younger.reserve(3 * SHARE)).isTrue();
        assertThat(oldest.reserve(2 * SHARE)).isTrue();

        UnfinishedLine asking = line(budget, "asking");
        assertThat(asking.reserve(2 * SHARE)).isTrue();
        assertThat(ended).containsExactly("oldest");
        assertThat(oldest.isEnded()).isTrue();
        assertThat(oldest.reserve(1)).isFalse();
        assertThat(budget.used()).isEqualTo(6 * SHARE);

        assertThat(asking.reserve(3 * SHARE)).isTrue();
        assertThat(ended).containsExactly("oldest", "younger");
        List.of(within, oldest, younger, asking).forEach(UnfinishedLine::release);
        assertThat(budget.used()).isZero();
        assertThat(oldest.isEnded()).isFalse();
    }

    @Test
    void shouldEndTheOneThatAsksWhereItIsTheOldest() {
        UnfinishedBudget budget = new UnfinishedBudget(8 * SHARE, 8);
        UnfinishedLine oldest = line(budget, "oldest");
        UnfinishedLine younger = line(budget, "younger");
        oldest.reserve(1);
        younger.reserve(7 * SHARE);
        assertThat(oldest.reserve(2 * SHARE)).isFalse();
        assertThat(ended).isEmpty();
        oldest.release();
        assertThat(budget.used()).isEqualTo(7 * SHARE);

        UnfinishedLine next = line(budget, "next");
        assertThat(next.reserve(SHARE)).isTrue();
        assertThat(ended).isEmpty();
        assertThat(next.reserve(1)).isTrue();
        assertThat(ended).containsExactly("younger");
    }

    @Test
    void shouldNotEndTheNextLineOfAConnectionForTheOneBefore() {
        UnfinishedBudget budget = new UnfinishedBudget(4 * SHARE, 4);
        UnfinishedLine line = line(budget, "a");
        line.reserve(2 * SHARE);
        line.release();
        line.reserve(SHARE);
        UnfinishedLine other = line(budget, "b");
        assertThat(other.reserve(3 * SHARE)).isTrue();
        assertThat(other.reserve(1)).isFalse();
        assertThat(ended).isEmpty();
    }

    /** With more lines than there are whole shares. */
    @Test
    void shouldEndTheOldestBeyondTheLeastShareWhereNoneIsBeyondAWholeOne() {
        UnfinishedBudget budget = new UnfinishedBudget(4 * SHARE, 16);
        List<UnfinishedLine> lines = IntStream.range(0, 16)
                .mapToObj(i -> line(budget, Integer.toString(i)))
                .toList();
        for (int i = 0; i < 4; i++) {
            assertThat(lines.get(i).reserve(i == 1 ? SHARE / 4 : SHARE)).isTrue();
        }
        assertThat(lines.get(4).reserve(SHARE / 4)).isTrue();
        assertThat(lines.get(5).reserve(SHARE / 4)).isTrue();
        assertThat(lines.get(6).reserve(SHARE / 4)).isTrue();
        assertThat(ended).isEmpty();
        assertThat(lines.get(7).reserve(1)).isTrue();
        assertThat(ended).containsExactly("0");
        assertThat(lines.get(8).reserve(2 * SHARE))
                .as("the only one beyond a whole share")
                .isFalse();
        lines.get(8).release();
        assertThat(lines.get(9).reserve(SHARE)).isTrue();
        assertThat(ended).containsExactly("0", "2");
        lines.forEach(UnfinishedLine::release);
        assertThat(budget.used()).isZero();
    }

    @Test
    void shouldRefuseABudgetThatIsNone() {
        assertThatThrownBy(() -> new UnfinishedBudget(-1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new UnfinishedBudget(1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    /**
     * Whatever others do: a line within the least share has room, the bound holds, and what is ended is the oldest too
     * long.
     */
    @Property
    void shouldHoldItsWordForAnyLengths(
            @ForAll @Size(min = 1, max = 60) List<@IntRange(min = 1, max = 5 * SHARE) Integer> steps,
            @ForAll long seed) {
        int connections = 8;
        UnfinishedBudget budget = new UnfinishedBudget(6 * SHARE, connections);
        Random random = new Random(seed);
        List<UnfinishedLine> lines = new ArrayList<>();
        List<UnfinishedLine> endedLines = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            int at = i;
            lines.add(new UnfinishedLine(budget, () -> endedLines.add(lines.get(at))));
        }
        for (int step : steps) {
            UnfinishedLine line = lines.get(random.nextInt(connections));
            if (random.nextInt(4) == 0) {
                line.release();
            } else {
                long before = line.bytes();
                boolean room = line.reserve(step);
                assertThat(room || before + step > budget.leastShare()).isTrue();
                for (UnfinishedLine gone : endedLines) {
                    assertThat(gone.bytes()).isGreaterThan(budget.leastShare());
                    long number = gone.number();
                    boolean whole = gone.bytes() > SHARE;
                    assertThat(lines)
                            .filteredOn(
                                    other -> !other.isEnded() && other.bytes() > (whole ? SHARE : budget.leastShare()))
                            .allMatch(other -> other == line || other.number() > number);
                    gone.release();
                }
                endedLines.clear();
                if (!room) {
                    line.release();
                }
            }
            assertThat(budget.used())
                    .isEqualTo(lines.stream().mapToLong(UnfinishedLine::bytes).sum())
                    .isLessThanOrEqualTo(budget.bytesMax());
        }
    }

    @Test
    void shouldKeepSharesAndCountsWhenThreadsRace() {
        int threads = 4;
        UnfinishedBudget budget = new UnfinishedBudget(8 * SHARE, 2L * threads);
        AtomicInteger refusedWithin = new AtomicInteger();
        AtomicInteger endings = new AtomicInteger();
        CompletableFuture.allOf(IntStream.range(0, threads)
                        .mapToObj(thread -> CompletableFuture.runAsync(() -> {
                            Random random = new Random(thread);
                            UnfinishedLine small = new UnfinishedLine(budget, refusedWithin::incrementAndGet);
                            UnfinishedLine large = new UnfinishedLine(budget, endings::incrementAndGet);
                            for (int n = 0; n < 20_000; n++) {
                                if (!small.reserve(random.nextInt(SHARE / 2)) || !small.reserve(SHARE / 2)) {
                                    refusedWithin.incrementAndGet();
                                }
                                for (int i = 0; i < 4 && large.reserve(1 + random.nextInt(2 * SHARE)); i++) {
                                    Thread.onSpinWait();
                                }
                                small.release();
                                large.release();
                            }
                        }))
                        .toArray(CompletableFuture[]::new))
                .join();
        assertThat(refusedWithin).hasValue(0);
        assertThat(endings).hasPositiveValue();
        assertThat(budget.used()).isZero();
    }
}
