package io.decant.loadtest.report;

import java.util.Arrays;
import java.util.List;

/**
 * A figure over the rounds: the median, and how far the rounds lie apart.
 *
 * @param median the middle one; of an even number the mean of the two in the middle
 * @param min smallest
 * @param max largest
 * @param rounds all, in order
 */
public record Stats(double median, double min, double max, List<Double> rounds) {

    public Stats {
        rounds = List.copyOf(rounds);
    }

    /** @param rounds at least one */
    public static Stats of(List<Double> rounds) {
        if (rounds.isEmpty()) {
            throw new IllegalArgumentException("no figures of no rounds");
        }
        double[] sorted =
                rounds.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        double median = sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Stats(median, sorted[0], sorted[sorted.length - 1], rounds);
    }

    public static Stats of(double... rounds) {
        return of(Arrays.stream(rounds).boxed().toList());
    }

    /** Round by round: what this machine did a moment ago, it is compared with. */
    public Stats over(Stats other) {
        if (rounds.size() != other.rounds.size()) {
            throw new IllegalArgumentException(rounds.size() + " rounds against " + other.rounds.size());
        }
        double[] ratios = new double[rounds.size()];
        for (int i = 0; i < ratios.length; i++) {
            ratios[i] = rounds.get(i) / other.rounds.get(i);
        }
        return of(ratios);
    }
}
