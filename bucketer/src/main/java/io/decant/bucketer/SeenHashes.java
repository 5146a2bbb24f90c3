package io.decant.bucketer;

/**
 * A set of hashes that is emptied at no cost, to be filled again: open addressing with linear probing, 16 bytes a slot,
 * off the heap. A slot counts as empty unless it was filled since the set was last emptied.
 *
 * <p>Every set has an order of its own ({@link SlotHash}). Grows and never shrinks; at most three quarters are in use.
 * Owned by one thread.
 */
public final class SeenHashes implements AutoCloseable {

    // A slot is the hash and the generation that it was filled in; generations count from 1, so zeroed memory is empty.
    private static final int SLOT_BYTES = 16;
    private static final int GENERATION_OFFSET = 8;
    private static final int SLOTS_MIN = 64;

    private final long multiplier = SlotHash.newMultiplier();
    private long address;
    private long mask;
    private long size;
    private long generation = 1;

    /** An empty set. */
    public SeenHashes() {
        allocate(SLOTS_MIN);
    }

    /** Adds a hash; tells whether it was not there yet. */
    public boolean add(long hash) {
        long slot = SlotHash.slot(hash, multiplier, mask);
        while (true) {
            long at = address + slot * SLOT_BYTES;
            if (Memory.getLong(at + GENERATION_OFFSET) != generation) {
                fill(at, hash);
                if (++size > mask - mask / 4) {
                    grow();
                }
                return true;
            }
            if (Memory.getLong(at) == hash) {
                return false;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** How many hashes were added since the set was last empty. */
    public long size() {
        return size;
    }

    /** Empties the set. */
    public void clear() {
        generation++;
        size = 0;
    }

    private void fill(long at, long hash) {
        Memory.putLong(at, hash);
        Memory.putLong(at + GENERATION_OFFSET, generation);
    }

    private void grow() {
        long oldAddress = address;
        long oldBytes = bytes();
        allocate((mask + 1) * 2);
        for (long old = oldAddress; old < oldAddress + oldBytes; old += SLOT_BYTES) {
            if (Memory.getLong(old + GENERATION_OFFSET) == generation) {
                reinsert(Memory.getLong(old));
            }
        }
        Memory.free(oldAddress, oldBytes);
    }

    private void reinsert(long hash) {
        long slot = SlotHash.slot(hash, multiplier, mask);
        while (Memory.getLong(address + slot * SLOT_BYTES + GENERATION_OFFSET) == generation) {
            slot = (slot + 1) & mask;
        }
        fill(address + slot * SLOT_BYTES, hash);
    }

    private void allocate(long slots) {
        address = Memory.allocateZeroed(slots * SLOT_BYTES);
        mask = slots - 1;
    }

    private long bytes() {
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
