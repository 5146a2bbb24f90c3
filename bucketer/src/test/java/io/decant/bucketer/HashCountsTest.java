package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class HashCountsTest {

    /** Linear probing, three quarters full, passes 1.5 slots a hash on average if slots are random. */
    private static final double SLOTS_PASSED_MAX = 2.5;

    private static final int HASHES = 60_000;

    /**
     * As sums of segments are made on Spark: each segment's counts in their table's order, into a table that is smaller
     * at first.
     */
    @Test
    void shouldStayFastWhenFilledInTheOrderOfOtherTables() {
        Random random = new Random(5);
        for (int room : new int[] {1, HASHES / 10, HASHES / 2, HASHES}) {
            try (HashCounts sums = new HashCounts(room)) {
                for (int segment = 0; segment < 2; segment++) {
                    try (HashCounts counts = counts(random)) {
                        counts.forEach((hash, count) -> {
                            sums.add(hash, count);
                            if (sums.size() % 1021 == 0) {
                                assertFast(sums);
                            }
                        });
                    }
                }
            }
        }
    }

    @Test
    void shouldStayFastWhenHashesDifferInTheirTopBitsOnly() {
        try (HashCounts counts = new HashCounts(1)) {
            for (long i = 0; i < 4096; i++) {
                counts.add(i << 50, 1);
            }
            assertFast(counts);
        }
    }

    @Test
    void shouldTellEveryCountInWhateverOrder() {
        Map<Long, Long> expected = new HashMap<>();
        Random random = new Random(6);
        try (HashCounts counts = new HashCounts(1);
                HashCounts copy = new HashCounts(1)) {
            for (int i = 0; i < 10_000; i++) {
                long hash = random.nextInt(3000);
                expected.merge(hash, 1L, Long::sum);
                counts.add(hash, 1);
            }
            counts.forEach(copy::add);
            Map<Long, Long> told = new HashMap<>();
            copy.forEach(told::put);
            assertThat(told).isEqualTo(expected);
        }
    }

    private static HashCounts counts(Random random) {
        HashCounts counts = new HashCounts(HASHES);
        for (int i = 0; i < HASHES; i++) {
            counts.add(random.nextLong(), 1);
        }
        return counts;
    }

    private static void assertFast(HashCounts counts) {
        assertThat(counts.slotsPassed() / (double) counts.size()).isLessThan(SLOTS_PASSED_MAX);
    }
}
