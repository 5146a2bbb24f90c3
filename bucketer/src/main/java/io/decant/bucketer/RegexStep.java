package io.decant.bucketer;

import java.util.BitSet;

/**
 * A part of a simple regular expression: bytes of a class, so many times. Immutable.
 */
final class RegexStep {

    /** As often as there are some. */
    static final int UNBOUNDED = Integer.MAX_VALUE;

    static final int ASCII_END = 0x80;
    static final int BYTES_END = 0x100;

    private final boolean[] members = new boolean[BYTES_END];
    private final BitSet set;
    private final int min;
    private final int max;

    RegexStep(BitSet set, int min, int max) {
        this.set = (BitSet) set.clone();
        this.min = min;
        this.max = max;
        set.stream().forEach(member -> members[member] = true);
    }

    int min() {
        return min;
    }

    boolean isUnbounded() {
        return max == UNBOUNDED;
    }

    /** Whether it can take different numbers of bytes. */
    boolean isVariable() {
        return min != max;
    }

    boolean intersects(RegexStep other) {
        return set.intersects(other.set);
    }

    /** Whether it counts bytes where characters have more than one. */
    boolean countsCharacters() {
        return set.get(ASCII_END) && !(isUnbounded() && min <= 1);
    }

    /** The byte of a class of one; -1: there are more, or none. */
    int onlyByte() {
        return set.cardinality() == 1 ? set.nextSetBit(0) : -1;
    }

    /** Behind as many bytes as there are, and as it takes. */
    long take(long from, long end) {
        long limit = Math.min(end, from + max);
        long at = from;
        while (at < limit && members[Memory.getByte(at) & 0xFF]) {
            at++;
        }
        return at;
    }
}
