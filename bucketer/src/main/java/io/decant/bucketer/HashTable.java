package io.decant.bucketer;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A table of hashes off the heap: open addressing with linear probing, 16 bytes a slot, of which at most three quarters
 * are in use. A slot holds a hash and a value that says whether the slot is filled. Grows and never shrinks.
 *
 * <p>A hash belongs where the top bits of its product with an odd number say that every table has another of
 * (multiplicative hashing, D. E. Knuth, TAOCP vol. 3, 6.4). If tables shared their slots' order, filling a small one in
 * the order of a larger one would be quadratic: the small one is filled from one end, far beyond what fits there,
 * before it has enough hashes to grow.
 *
 * <p>The loops that look hashes up are those of the tables. Owned by one thread.
 */
abstract class HashTable implements AutoCloseable {

    static final int SLOT_BYTES = 16;
    /** Where in a slot the value lies, behind the hash. */
    static final int VALUE_OFFSET = 8;

    private static final int SLOTS_MIN = 64;

    /** Numbers the tables. */
    private static final AtomicLong TABLES = new AtomicLong();

    private final long multiplier = newMultiplier();
    /** Where the slots begin; changes with {@link #filled()}. */
    long address;
    /** The number of slots, a power of two and at least 2, less one. */
    long mask;

    private long used;

    /** A table with room for about {@code hashes} different ones before it has to grow. */
    HashTable(long hashes) {
        allocate(Math.max(SLOTS_MIN, Long.highestOneBit(Math.max(1, hashes)) * 2));
    }

    /** SplitMix64 of the table's number, made odd. */
    private static long newMultiplier() {
        long mixed = TABLES.incrementAndGet() * 0x9E3779B97F4A7C15L;
        mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return (mixed ^ (mixed >>> 31)) | 1;
    }

    /** Whether a slot of this value holds a hash; never true for 0. */
    abstract boolean isFilled(long value);

    /** The slot that a search for a hash begins at. */
    final long slot(long hash) {
        return (hash * multiplier) >>> Long.numberOfLeadingZeros(mask);
    }

    /** How many different hashes. */
    public final long size() {
        return used;
    }

    /** To be called when an empty slot was filled; makes room for the next. */
    final void filled() {
        used++;
        if (used > mask - mask / 4) {
            grow();
        }
    }

    /** To be called when no slot counts as filled any more. */
    final void emptied() {
        used = 0;
    }

    private void grow() {
        long oldAddress = address;
        long oldBytes = bytes();
        allocate((mask + 1) * 2);
        for (long at = oldAddress; at < oldAddress + oldBytes; at += SLOT_BYTES) {
            long value = Memory.getLong(at + VALUE_OFFSET);
            if (isFilled(value)) {
                insert(Memory.getLong(at), value);
            }
        }
        Memory.free(oldAddress, oldBytes);
    }

    private void insert(long hash, long value) {
        long slot = slot(hash);
        while (isFilled(Memory.getLong(address + slot * SLOT_BYTES + VALUE_OFFSET))) {
            slot = (slot + 1) & mask;
        }
        fill(address + slot * SLOT_BYTES, hash, value);
    }

    static void fill(long at, long hash, long value) {
        Memory.putLong(at, hash);
        Memory.putLong(at + VALUE_OFFSET, value);
    }

    /** How many slots a look-up of every hash would go past: what keeps it fast, for tests. Walks the table. */
    final long slotsPassed() {
        long passed = 0;
        for (long slot = 0; slot <= mask; slot++) {
            long at = address + slot * SLOT_BYTES;
            if (isFilled(Memory.getLong(at + VALUE_OFFSET))) {
                passed += (slot - slot(Memory.getLong(at))) & mask;
            }
        }
        return passed;
    }

    private void allocate(long slots) {
        address = Memory.allocateZeroed(slots * SLOT_BYTES);
        mask = slots - 1;
    }

    final long bytes() {
        return (mask + 1) * SLOT_BYTES;
    }

    /** Frees the memory. Again: nothing. */
    @Override
    public void close() {
        if (address != 0) {
            Memory.free(address, bytes());
            address = 0;
        }
    }
}
