package io.decant.loadtest.cases;

import io.decant.loadtest.report.Stats;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** What the rounds of one thing brought, in order. */
final class Series<T> {

    private final List<T> rounds = new ArrayList<>();

    void add(T round) {
        rounds.add(round);
    }

    boolean isEmpty() {
        return rounds.isEmpty();
    }

    /** What each round has of something else. */
    <U> Series<U> map(Function<T, U> part) {
        Series<U> series = new Series<>();
        rounds.forEach(round -> series.add(part.apply(round)));
        return series;
    }

    Stats stats(ToDoubleFunction<T> figure) {
        return Stats.of(rounds.stream().map(figure::applyAsDouble).toList());
    }
}
