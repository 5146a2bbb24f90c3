package io.decant.bucketer;

import java.util.Arrays;

/**
 * The keys of a batch, most frequent first; of equally frequent ones the one that arrived first. A window of them is
 * chosen at a time, so memory has a bound however many there are; each window costs a look at every count.
 *
 * <p>Owned by one thread.
 */
public final class FrequentKeys {

    /** There is no key left. */
    public static final long NONE = -1;

    /** Most keys that are chosen at a time; up to twice as many are held meanwhile. */
    static final int WINDOW_KEYS_MAX = 1 << 19;

    /** Below the count in what a key is sorted by, which is the larger the later it comes. */
    private static final int INDEX_BITS = Integer.SIZE;

    private final KeyCounts counts;
    private final int windowMax;
    private long[] window = new long[0];
    private int at;
    /** Whether no key is left behind the window. */
    private boolean over;
    /** What the last window ended with; keys behind it are left. */
    private long last = -1;

    /**
     * @param counts with all counted
     * @param wanted about as many are asked for
     */
    public FrequentKeys(KeyCounts counts, long wanted) {
        this.counts = counts;
        this.windowMax = (int) Math.max(1, Math.min(wanted, WINDOW_KEYS_MAX));
    }

    /** The number of the next key, see {@link KeyCounts#keyOf}; {@link #NONE}: there is none. */
    public long next() {
        if (at == window.length && !over) {
            choose();
        }
        return at == window.length ? NONE : index(window[at++]);
    }

    /** Less for a key that comes earlier. */
    private long order(long index) {
        return ((counts.most() - counts.countOf(index)) << INDEX_BITS) | index;
    }

    private static long index(long order) {
        return order & ((1L << INDEX_BITS) - 1);
    }

    /**
     * The next keys in order. Of those that are held, the later half is dropped whenever there are twice as many as are
     * wanted; what comes later than these need not be held.
     */
    private void choose() {
        long keys = counts.keys();
        long[] held = new long[(int) Math.min(2L * windowMax, keys)];
        int count = 0;
        long bound = Long.MAX_VALUE;
        over = true;
        for (long index = 0; index < keys; index++) {
            long order = order(index);
            if (order <= last) {
                continue;
            }
            if (count == held.length) {
                Arrays.sort(held);
                count = windowMax;
                bound = held[count - 1];
                over = false;
            }
            if (order < bound) {
                held[count++] = order;
            }
        }
        Arrays.sort(held, 0, count);
        over &= count <= windowMax;
        window = Arrays.copyOf(held, Math.min(count, windowMax));
        at = 0;
        last = window.length == 0 ? last : window[window.length - 1];
    }
}
