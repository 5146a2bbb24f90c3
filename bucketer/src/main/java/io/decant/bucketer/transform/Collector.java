package io.decant.bucketer.transform;

import java.util.Arrays;

/** The end of a chain: notes where the outputs of a record lie. Grows to what one record became, and no further. */
final class Collector extends StepStage {

    private static final int KEPT = 1024;

    private long[] addresses = new long[16];
    private int[] lengths = new int[16];
    private int count;

    Collector(Workspace workspace) {
        super(workspace);
    }

    /** Nobody asks for its counts. */
    @Override
    void take(long address, int length) {
        if (count == lengths.length) {
            addresses = Arrays.copyOf(addresses, 2 * count);
            lengths = Arrays.copyOf(lengths, 2 * count);
        }
        addresses[count] = address;
        lengths[count] = length;
        count++;
    }

    void reset() {
        count = 0;
        if (lengths.length > KEPT) {
            addresses = new long[KEPT];
            lengths = new int[KEPT];
        }
    }

    int count() {
        return count;
    }

    long address(int output) {
        return addresses[output];
    }

    int length(int output) {
        return lengths[output];
    }
}
