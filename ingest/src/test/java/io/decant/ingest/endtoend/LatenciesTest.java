package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LatenciesTest {

    private static final int ROUND = 200;
    private static final long USUAL = 300_000;
    private static final long BAD = 100 * Latencies.NOISE_NANOS;

    private final Latencies latencies = new Latencies();

    @Test
    void shouldBeContentWithThreeRoundsWithinThreeTimes() {
        for (int i = 0; i < Latencies.ROUNDS_MIN; i++) {
            assertThat(latencies.needMore()).isTrue();
            latencies.addBefore(round(USUAL, USUAL, 0));
            latencies.addPressed(round(3 * USUAL, BAD, 5));
        }
        assertThat(latencies.needMore()).isFalse();
        assertThat(latencies.areAsUsual()).isTrue();
    }

    @Test
    void shouldFailWhereTheMedianIsMoreThanThreeTimesAsLong() {
        addRounds(Latencies.ROUNDS_MAX, round(USUAL, USUAL, 0), round(3 * USUAL + 1, BAD, 0));
        assertThat(latencies.areAsUsual()).isFalse();
        assertThat(latencies.needMore()).isFalse();
    }

    @Test
    void shouldFailWhereOneInTenIsMoreThanThreeTimesAsLongAsNoiseMayBe() {
        addRounds(
                Latencies.ROUNDS_MAX,
                round(USUAL, USUAL, 0),
                round(USUAL, Latencies.FACTOR_MAX * Latencies.NOISE_NANOS + 1, 10));
        assertThat(latencies.areAsUsual()).isFalse();
    }

    @Test
    void shouldTakeOneInTenForUsualWhereItWasSoBefore() {
        addRounds(Latencies.ROUNDS_MIN, round(USUAL, BAD, 10), round(USUAL, 3 * BAD, 10));
        assertThat(latencies.areAsUsual()).isTrue();
    }

    @Test
    void shouldNotMindANeighbourDuringLessThanHalfTheRounds() {
        addRounds(2, round(USUAL, USUAL, 0), round(BAD, BAD, 0));
        addRounds(2, round(USUAL, USUAL, 0), round(USUAL, USUAL, 0));
        assertThat(latencies.areAsUsual()).isFalse();
        assertThat(latencies.needMore()).isTrue();
        addRounds(1, round(USUAL, USUAL, 0), round(USUAL, USUAL, 0));
        assertThat(latencies.areAsUsual()).isTrue();
        assertThat(latencies.needMore()).isFalse();
    }

    private void addRounds(int count, long[] before, long[] pressed) {
        for (int i = 0; i < count; i++) {
            latencies.addBefore(before);
            latencies.addPressed(pressed);
        }
    }

    /** @param percent of {@code slow} ones among the usual ones */
    private static long[] round(long usual, long slow, int percent) {
        long[] nanos = new long[ROUND];
        Arrays.fill(nanos, usual);
        Arrays.fill(nanos, 0, ROUND * percent / 100, slow);
        return nanos;
    }
}
