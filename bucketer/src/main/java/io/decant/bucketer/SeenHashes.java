package io.decant.bucketer;

/**
 * A set of hashes that is emptied at no cost, to be filled again: a slot counts as empty unless it was filled since the
 * set was last emptied. See {@link HashTable}. Owned by one thread.
 */
public final class SeenHashes extends HashTable {

    /** The value of the slots that are filled; counts from 1, so zeroed memory is empty. */
    private long generation = 1;

    /** An empty set. */
    public SeenHashes() {
        super(1);
    }

    @Override
    boolean isFilled(long value) {
        return value == generation;
    }

    /** Adds a hash; tells whether it was not there yet. */
    public boolean add(long hash) {
        long slot = slot(hash);
        while (true) {
            long at = address + slot * SLOT_BYTES;
            if (Memory.getLong(at + VALUE_OFFSET) != generation) {
                fill(at, hash, generation);
                filled();
                return true;
            }
            if (Memory.getLong(at) == hash) {
                return false;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** Empties the set. */
    public void clear() {
        generation++;
        emptied();
    }
}
