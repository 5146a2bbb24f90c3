package io.decant.bucketer;

import java.util.BitSet;
import java.util.List;

/**
 * A part of a simple regular expression: bytes of a class, so many times; or {@link RegexAlternatives}.
 */
class RegexStep {

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

    /** What it can begin with. */
    BitSet set() {
        return (BitSet) set.clone();
    }

    /** Whether a row of them can begin with this byte, if it must take something. */
    boolean canBeginWith(int value) {
        return members[value];
    }

    int min() {
        return min;
    }

    /** Whether it is a character, no more and no less. */
    boolean isSingle() {
        return min == 1 && max == 1;
    }

    /** Bytes that it has looked at the last time, where it took none of them. */
    long looked() {
        return 0;
    }

    /**
     * Whether taking as much as there is, is always right for a row of steps.
     *
     * @param follow what may come behind them
     */
    static boolean areDecidedBefore(List<RegexStep> steps, BitSet follow) {
        BitSet behind = (BitSet) follow.clone();
        for (int i = steps.size() - 1; i >= 0; i--) {
            RegexStep step = steps.get(i);
            if (!step.isDecidedBefore(behind)) {
                return false;
            }
            if (step.min() > 0) {
                behind.clear();
            }
            behind.or(step.set);
        }
        return true;
    }

    /** Whether what may follow it begins with nothing that it takes, if it can take more or less. */
    boolean isDecidedBefore(BitSet follow) {
        return !isVariable() || !set.intersects(follow);
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
