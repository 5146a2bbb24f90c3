package io.decant.bucketer;

/**
 * For each of many hashes, in which bucket its next record may be, and how often it came. Off the heap; see
 * {@link HashTable}. Never grows: made for as many hashes as there are. Owned by one thread.
 */
final class ChainTable extends HashTable {

    private static final long FILLED = Long.MIN_VALUE;
    private static final long NEXT_MASK = 0xFFFFFFFFL;

    /** @param hashes how many different ones there are, at most */
    ChainTable(long hashes) {
        super(hashes + hashes / 2);
    }

    @Override
    boolean isFilled(long value) {
        return value != 0;
    }

    /** Where the value of a hash is, or from now on is; good until the table is closed. */
    long find(long hash) {
        long slot = slot(hash);
        while (true) {
            long at = address + slot * SLOT_BYTES;
            if (Memory.getLong(at + VALUE_OFFSET) == 0) {
                fill(at, hash, FILLED);
                return at + VALUE_OFFSET;
            }
            if (Memory.getLong(at) == hash) {
                return at + VALUE_OFFSET;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** The first bucket that the next record of a hash may be in, by where its value is; of 0, bucket 0. */
    static long next(long at) {
        return Memory.getLong(at) & NEXT_MASK;
    }

    /** A record of the hash is in a bucket; how often the hash came by now. */
    static long put(long at, long bucket) {
        long count = ((Memory.getLong(at) & ~FILLED) >>> Integer.SIZE) + 1;
        Memory.putLong(at, FILLED | count << Integer.SIZE | (bucket + 1));
        return count;
    }
}
