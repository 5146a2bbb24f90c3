package io.decant.ingest.endtoend;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * Compares the latencies of a client before a server is pressed and while it is. They come in rounds, of one kind and
 * of the other in turns, so that what else the machine does meets both.
 *
 * <p>Of each round two quantiles count, and of all rounds of a kind the median of these. So a few slow answers, or a
 * neighbour that takes the processors during less than half of the rounds, change nothing; a server that is slow while
 * it is pressed is so in each. More rounds are asked for while the verdict is bad, up to {@value #ROUNDS_MAX} of each
 * kind. Nanoseconds throughout.
 */
final class Latencies {

    /** Of a latency under pressure to the one before, in the median and in the high quantile. */
    static final int FACTOR_MAX = 3;

    /**
     * High quantiles below this count as this. Client, server and those who press it share two cores: a thread that
     * wakes up may have to wait until another has used up its time slice, some milliseconds with Linux's defaults, and
     * a record passes four threads.
     */
    static final long NOISE_NANOS = 3_000_000;

    static final int ROUNDS_MIN = 3;
    static final int ROUNDS_MAX = 9;

    private record Round(long median, long high) {

        static Round of(long[] nanos) {
            long[] sorted = nanos.clone();
            Arrays.sort(sorted);
            return new Round(sorted[sorted.length / 2], sorted[sorted.length * 9 / 10]);
        }

        @Override
        public String toString() {
            return median / 1_000 + "/" + high / 1_000;
        }
    }

    private final List<Round> before = new ArrayList<>();
    private final List<Round> pressed = new ArrayList<>();

    /** A round in which nobody pressed the server; at least one latency. */
    void addBefore(long[] nanos) {
        before.add(Round.of(nanos));
    }

    /** A round in which the server was pressed all the time; at least one latency. */
    void addPressed(long[] nanos) {
        pressed.add(Round.of(nanos));
    }

    /** Whether another round of each kind would tell more. */
    boolean needMore() {
        int rounds = Math.min(before.size(), pressed.size());
        return rounds < ROUNDS_MIN || (rounds < ROUNDS_MAX && !areAsUsual());
    }

    /**
     * Whether those under pressure are within {@value #FACTOR_MAX} times of those before; at least one round of each.
     */
    boolean areAsUsual() {
        long high = Math.max(NOISE_NANOS, middle(before, Round::high));
        return middle(pressed, Round::median) <= FACTOR_MAX * middle(before, Round::median)
                && middle(pressed, Round::high) <= FACTOR_MAX * high;
    }

    private static long middle(List<Round> rounds, ToLongFunction<Round> quantile) {
        long[] sorted = rounds.stream().mapToLong(quantile).sorted().toArray();
        return sorted[sorted.length / 2];
    }

    @Override
    public String toString() {
        return "median/90th percentile of each round in us, before: " + before + ", under pressure: " + pressed;
    }
}
