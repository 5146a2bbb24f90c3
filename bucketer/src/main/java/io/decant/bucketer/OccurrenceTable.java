package io.decant.bucketer;

/**
 * Counts how often each hash has come by: open addressing with linear probing, 16 bytes a slot, off the heap.
 *
 * <p>Every table has an order of its own ({@link SlotHash}), so that it may be filled in another one's. Owned by one
 * thread.
 */
final class OccurrenceTable implements AutoCloseable {

    // A slot is the hash and its count; a count of 0 is an empty slot, so every hash can be held.
    private static final int SLOT_BYTES = 16;
    private static final int COUNT_OFFSET = 8;
    private static final int SLOTS_MIN = 64;

    private final long multiplier = SlotHash.newMultiplier();
    private long address;
    private long mask;
    private long used;

    /** A table with room for about {@code hashes} different ones before it has to grow. */
    OccurrenceTable(long hashes) {
        allocate(Math.max(SLOTS_MIN, Long.highestOneBit(Math.max(1, hashes)) * 2));
    }

    /** How often {@code hash} came before. */
    long increment(long hash) {
        long table = address;
        long slot = SlotHash.slot(hash, multiplier, mask);
        while (true) {
            long at = table + slot * SLOT_BYTES;
            long count = Memory.getLong(at + COUNT_OFFSET);
            if (count == 0) {
                Memory.putLong(at, hash);
                Memory.putLong(at + COUNT_OFFSET, 1);
                used++;
                if (used > mask - mask / 4) {
                    grow();
                }
                return 0;
            }
            if (Memory.getLong(at) == hash) {
                Memory.putLong(at + COUNT_OFFSET, count + 1);
                return count;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** Counts {@code count} occurrences of {@code hash} at once, at least 1; how often it came before. */
    long add(long hash, long count) {
        long before = increment(hash);
        if (count > 1) {
            Memory.putLong(find(hash) + COUNT_OFFSET, before + count);
        }
        return before;
    }

    /** How many different hashes. */
    long size() {
        return used;
    }

    /** What is told of each hash. */
    interface Visitor {
        void visit(long hash, long count);
    }

    /** Shows every hash and how often it came by, in no order that anything may depend on. */
    void forEach(Visitor visitor) {
        for (long at = address; at < address + bytes(); at += SLOT_BYTES) {
            long count = Memory.getLong(at + COUNT_OFFSET);
            if (count != 0) {
                visitor.visit(Memory.getLong(at), count);
            }
        }
    }

    /** How many slots a look-up of every hash would go past: what keeps it fast, for tests. Walks the table. */
    long slotsPassed() {
        long passed = 0;
        for (long slot = 0; slot <= mask; slot++) {
            long at = address + slot * SLOT_BYTES;
            if (Memory.getLong(at + COUNT_OFFSET) != 0) {
                passed += (slot - SlotHash.slot(Memory.getLong(at), multiplier, mask)) & mask;
            }
        }
        return passed;
    }

    /** Forgets all counts. */
    void clear() {
        Memory.zero(address, bytes());
        used = 0;
    }

    private void grow() {
        long oldAddress = address;
        long oldBytes = bytes();
        allocate((mask + 1) * 2);
        for (long at = oldAddress; at < oldAddress + oldBytes; at += SLOT_BYTES) {
            long count = Memory.getLong(at + COUNT_OFFSET);
            if (count != 0) {
                insert(Memory.getLong(at), count);
            }
        }
        Memory.free(oldAddress, oldBytes);
    }

    private long find(long hash) {
        long slot = SlotHash.slot(hash, multiplier, mask);
        while (Memory.getLong(address + slot * SLOT_BYTES) != hash
                || Memory.getLong(address + slot * SLOT_BYTES + COUNT_OFFSET) == 0) {
            slot = (slot + 1) & mask;
        }
        return address + slot * SLOT_BYTES;
    }

    private void insert(long hash, long count) {
        long slot = SlotHash.slot(hash, multiplier, mask);
        while (Memory.getLong(address + slot * SLOT_BYTES + COUNT_OFFSET) != 0) {
            slot = (slot + 1) & mask;
        }
        Memory.putLong(address + slot * SLOT_BYTES, hash);
        Memory.putLong(address + slot * SLOT_BYTES + COUNT_OFFSET, count);
    }

    private void allocate(long slots) {
        address = Memory.allocateZeroed(slots * SLOT_BYTES);
        mask = slots - 1;
    }

    private long bytes() {
        return (mask + 1) * SLOT_BYTES;
    }

    @Override
    public void close() {
        if (address != 0) {
            Memory.free(address, bytes());
            address = 0;
        }
    }
}
