package io.decant.loadtest.load;

import io.decant.bucketer.Memory;
import java.util.SplittableRandom;

/**
 * The records of a shape, one after another, the same for the same seed. A record is its key in
 * {@value #KEY_CHARACTERS} characters, the round in {@value #ROUND_CHARACTERS}, then text that follows from the key;
 * all printable ASCII. So two records are equal where key and round are, and the round can be changed in place.
 *
 * <p>Nothing is allocated per record. Owned by one thread.
 */
final class RecordSequence implements RecordMaker {

    static final int KEY_CHARACTERS = 6;
    static final int ROUND_CHARACTERS = 4;

    private static final int CHARACTER_BITS = 6;
    private static final int CHARACTERS = 1 << CHARACTER_BITS;
    /** Odd, so that different keys stay different in what their characters hold; sorted input would flatter a sort. */
    private static final long SCATTER = 0x9E3779B97F4A7C15L;

    private static final long LOW_BITS = 0x3F3F3F3F3F3F3F3FL;
    private static final long BLANKS = 0x2020202020202020L;

    private final RecordShape shape;
    private final long different;
    private final SplittableRandom random;
    private long made;
    private long fresh;

    /** @param records how many will be asked for, which says how far apart copies lie */
    RecordSequence(RecordShape shape, long records, long seed) {
        this.shape = shape;
        this.different = Math.max(1, records / shape.copies());
        this.random = new SplittableRandom(seed);
    }

    @Override
    public void next(long address) {
        long key = nextKey();
        text(key * SCATTER, KEY_CHARACTERS, address);
        stamp(address, 0);
        long state = key;
        long end = address + shape.bytes();
        long at = address + RecordShape.BYTES_MIN;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            state = mix(state);
            Memory.putLong(at, (state & LOW_BITS) + BLANKS);
        }
        for (; at < end; at++) {
            Memory.putByte(at, (byte) 'x');
        }
        Memory.putByte(end, (byte) '\n');
    }

    @Override
    public void stamp(long address, long round) {
        text(round, ROUND_CHARACTERS, address + KEY_CHARACTERS);
    }

    private long nextKey() {
        long ordinal = made++;
        if (shape.copies() > 1) {
            return ordinal % different;
        }
        boolean repeats = fresh > 0 && random.nextInt(100) < shape.repeatPercent();
        return repeats ? random.nextLong(fresh) : fresh++;
    }

    private static void text(long number, int characters, long address) {
        long left = number;
        for (int i = characters - 1; i >= 0; i--) {
            Memory.putByte(address + i, (byte) (' ' + (left & (CHARACTERS - 1))));
            left >>>= CHARACTER_BITS;
        }
    }

    /** The finalizer of SplitMix64, G. Steele et al., "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014. */
    private static long mix(long state) {
        long z = state + 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }
}
