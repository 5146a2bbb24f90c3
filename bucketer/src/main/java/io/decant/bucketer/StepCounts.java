package io.decant.bucketer;

import java.util.Arrays;

/**
 * What the steps of one transform did with records: how many came in, went out, were dropped (nothing came of them) and
 * failed, for each step, and how many records failed as a whole. Not thread-safe.
 */
public final class StepCounts {

    private static final int PER_STEP = 4;

    private final long[] counts;
    private long failed;

    public StepCounts(int steps) {
        counts = new long[steps * PER_STEP];
    }

    /** Adds to a step. */
    public void add(int step, long in, long out, long dropped, long failures) {
        counts[step * PER_STEP] += in;
        counts[step * PER_STEP + 1] += out;
        counts[step * PER_STEP + 2] += dropped;
        counts[step * PER_STEP + 3] += failures;
        failed += failures;
    }

    /** Adds what another one, of the same transform, holds. */
    public void add(StepCounts other) {
        Arrays.setAll(counts, i -> counts[i] + other.counts[i]);
        failed += other.failed;
    }

    public int steps() {
        return counts.length / PER_STEP;
    }

    /** Records that came to a step. */
    public long in(int step) {
        return counts[step * PER_STEP];
    }

    /** Records that a step made. */
    public long out(int step) {
        return counts[step * PER_STEP + 1];
    }

    /** Records of which a step left nothing. */
    public long dropped(int step) {
        return counts[step * PER_STEP + 2];
    }

    /** Records that could not be transformed because of a step. */
    public long failed(int step) {
        return counts[step * PER_STEP + 3];
    }

    /** Records that could not be transformed. */
    public long failed() {
        return failed;
    }
}
