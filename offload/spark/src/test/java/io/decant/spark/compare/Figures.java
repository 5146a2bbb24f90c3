package io.decant.spark.compare;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Seconds of something, round by round. Owned by one thread. */
final class Figures {

    private static final double NANOS = 1e9;

    private final List<Double> rounds = new ArrayList<>();

    /** What is timed. */
    interface Work<T> {
        T run() throws Exception;
    }

    /** Does something, and notes how long it took. */
    <T> T time(Work<T> work) throws Exception {
        long begin = System.nanoTime();
        T made = work.run();
        rounds.add((System.nanoTime() - begin) / NANOS);
        return made;
    }

    /** Forgets the rounds before. */
    void clear() {
        rounds.clear();
    }

    /** The last round. */
    double last() {
        return rounds.get(rounds.size() - 1);
    }

    /** The median, and in parentheses the least and the most. */
    @Override
    public String toString() {
        return text(rounds.stream().mapToDouble(Double::doubleValue).toArray());
    }

    /** Round by round ours by theirs: what this machine did a moment ago, it is compared with. */
    String over(Figures other) {
        double[] ratios = new double[rounds.size()];
        for (int round = 0; round < ratios.length; round++) {
            ratios[round] = rounds.get(round) / other.rounds.get(round);
        }
        return text(ratios);
    }

    private static String text(double[] figures) {
        Arrays.sort(figures);
        int middle = figures.length / 2;
        double median = figures.length % 2 == 1 ? figures[middle] : (figures[middle - 1] + figures[middle]) / 2;
        return String.format(Locale.ROOT, "%.2f (%.2f..%.2f)", median, figures[0], figures[figures.length - 1]);
    }
}
