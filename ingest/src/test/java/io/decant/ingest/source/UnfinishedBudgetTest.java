package io.decant.ingest.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class UnfinishedBudgetTest {

    @Test
    void shouldReserveUpToTheLastByteAndNoMore() {
        UnfinishedBudget budget = new UnfinishedBudget(10);
        assertThat(budget.tryReserve(4)).isTrue();
        assertThat(budget.tryReserve(7)).isFalse();
        assertThat(budget.tryReserve(6)).isTrue();
        assertThat(budget.tryReserve(1)).isFalse();
        budget.release(10);
        assertThat(budget.used()).isZero();
    }

    @Test
    void shouldRefuseANegativeBudget() {
        assertThatThrownBy(() -> new UnfinishedBudget(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldNeverExceedTheBudgetWhenThreadsRace() throws InterruptedException {
        UnfinishedBudget budget = new UnfinishedBudget(3);
        AtomicBoolean exceeded = new AtomicBoolean();
        List<Thread> threads = IntStream.range(0, 4)
                .mapToObj(i -> new Thread(() -> {
                    for (int n = 0; n < 50_000; n++) {
                        if (budget.tryReserve(2)) {
                            if (budget.used() > 3) {
                                exceeded.set(true);
                            }
                            budget.release(2);
                        }
                    }
                }))
                .toList();
        threads.forEach(Thread::start);
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(exceeded).isFalse();
        assertThat(budget.used()).isZero();
    }
}
