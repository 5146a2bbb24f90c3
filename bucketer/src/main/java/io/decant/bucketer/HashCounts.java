package io.decant.bucketer;

/**
 * How often each of many hashes came by, in the memory of one machine or of several: the segments of a batch tell it
 * each other, since they never see each other's records. Off the heap, 16 to 43 bytes a hash; see {@link HashTable}.
 *
 * <p>Owned by one thread.
 */
public final class HashCounts extends HashTable {

    /** Room for about {@code hashes} different ones before it has to grow. */
    public HashCounts(long hashes) {
        super(hashes);
    }

    /** The value is the count, so every hash can be held. */
    @Override
    boolean isFilled(long value) {
        return value != 0;
    }

    /** How often {@code hash} came before. */
    long increment(long hash) {
        long table = address;
        long slot = slot(hash);
        while (true) {
            long at = table + slot * SLOT_BYTES;
            long count = Memory.getLong(at + VALUE_OFFSET);
            if (count == 0) {
                fill(at, hash, 1);
                filled();
                return 0;
            }
            if (Memory.getLong(at) == hash) {
                Memory.putLong(at + VALUE_OFFSET, count + 1);
                return count;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** The same where it is there; else -1, and it is not counted. */
    long incrementIfPresent(long hash) {
        long slot = slot(hash);
        while (true) {
            long at = address + slot * SLOT_BYTES;
            long count = Memory.getLong(at + VALUE_OFFSET);
            if (count == 0) {
                return -1;
            }
            if (Memory.getLong(at) == hash) {
                Memory.putLong(at + VALUE_OFFSET, count + 1);
                return count;
            }
            slot = (slot + 1) & mask;
        }
    }

    /** Whether a hash is there. */
    boolean has(long hash) {
        long slot = slot(hash);
        while (Memory.getLong(address + slot * SLOT_BYTES + VALUE_OFFSET) != 0) {
            if (Memory.getLong(address + slot * SLOT_BYTES) == hash) {
                return true;
            }
            slot = (slot + 1) & mask;
        }
        return false;
    }

    /** How often a hash came that came at least once. */
    public long count(long hash) {
        return Memory.getLong(find(hash) + VALUE_OFFSET);
    }

    /**
     * Counts {@code count} occurrences more.
     *
     * @param count at least 1
     * @return how often the hash came before
     */
    public long add(long hash, long count) {
        if (count < 1) {
            throw new IllegalArgumentException("count: " + count + ", must be at least 1");
        }
        long before = increment(hash);
        if (count > 1) {
            Memory.putLong(find(hash) + VALUE_OFFSET, before + count);
        }
        return before;
    }

    private long find(long hash) {
        long slot = slot(hash);
        while (Memory.getLong(address + slot * SLOT_BYTES) != hash
                || Memory.getLong(address + slot * SLOT_BYTES + VALUE_OFFSET) == 0) {
            slot = (slot + 1) & mask;
        }
        return address + slot * SLOT_BYTES;
    }

    /** Receives a hash and how often it came by. */
    @FunctionalInterface
    public interface Visitor {
        void visit(long hash, long count);
    }

    /** Shows every hash once, in no order that anything may depend on; other tables may be filled in it. */
    public void forEach(Visitor visitor) {
        for (long at = address; at < address + bytes(); at += SLOT_BYTES) {
            long count = Memory.getLong(at + VALUE_OFFSET);
            if (count != 0) {
                visitor.visit(Memory.getLong(at), count);
            }
        }
    }

    /** Forgets all counts. */
    void clear() {
        Memory.zero(address, bytes());
        emptied();
    }
}
