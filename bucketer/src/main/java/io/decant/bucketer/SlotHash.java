package io.decant.bucketer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Where in a table of open addressing a hash belongs: the top bits of its product with an odd number that every table
 * has another of (multiplicative hashing, D. E. Knuth, TAOCP vol. 3, 6.4).
 *
 * <p>If tables shared their slots' order, filling a small one in the order of a larger one would be quadratic: the
 * small one is filled from one end, far beyond what fits there, before it has enough hashes to grow.
 */
final class SlotHash {

    /** Numbers the tables. */
    private static final AtomicLong TABLES = new AtomicLong();

    private SlotHash() {}

    /** A number for another table: SplitMix64 of the table's number, made odd. */
    static long newMultiplier() {
        long mixed = TABLES.incrementAndGet() * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return (mixed ^ (mixed >>> 31)) | 1;
    }

    /**
     * The slot.
     *
     * @param mask the table's number of slots, a power of two and at least 2, less one
     */
    static long slot(long hash, long multiplier, long mask) {
        return (hash * multiplier) >>> Long.numberOfLeadingZeros(mask);
    }
}
