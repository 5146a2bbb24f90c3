package io.decant.bucketer;

import java.util.Arrays;

/**
 * Whether each open array or object is an object: one bit a level. A record of n bytes has at most n levels, so this
 * takes n/8 bytes at most, rounded up to a power of two, and half as much again while it grows. If it took more than
 * {@value #KEPT_BYTES} bytes, they are given back before the next record. Owned by one thread.
 */
final class JsonLevels {

    private static final int KEPT_BYTES = 1024;
    private static final int KEPT_WORDS = KEPT_BYTES / Long.BYTES;

    private long[] bits = new long[1];

    void set(int level, boolean object) {
        int word = level / Long.SIZE;
        if (word == bits.length) {
            bits = Arrays.copyOf(bits, word * 2);
        }
        long bit = 1L << level;
        bits[word] = object ? (bits[word] | bit) : (bits[word] & ~bit);
    }

    boolean get(int level) {
        return (bits[level / Long.SIZE] & (1L << level)) != 0;
    }

    void trim() {
        if (bits.length > KEPT_WORDS) {
            bits = new long[1];
        }
    }
}
