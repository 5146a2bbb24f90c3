package io.decant.bucketer;

/**
 * Keys with a count each, told apart by the bytes that they are compared by: two keys with one hash are two. Off the
 * heap, 24 bytes a key and its own, and the slots of a {@link HashTable}. Owned by one thread.
 */
final class KeyTable extends HashTable {

    /** What {@link #find} says of a key that is not there. */
    static final long ABSENT = -1;

    private static final int COUNT_AT = 0;
    private static final int ORDINAL_AT = 8;
    private static final int BUCKET_AT = 16;
    private static final int LENGTH_AT = 20;
    private static final int KEY_AT = 24;
    private static final int NO_VALUE = -1;
    private static final int IN_FIRST_BUCKET = 0;
    /** Of a key's slots, right after the table has grown. */
    private static final int SLOTS_BYTES_MAX = 43;

    private static final long ENTRIES_BYTES_MIN = 4096;

    private long entries;
    private long capacity;
    private long used;

    KeyTable(long keys) {
        super(keys);
    }

    /** The value is where the entry lies, plus 1. */
    @Override
    boolean isFilled(long value) {
        return value != 0;
    }

    /** Memory that the keys take at most, once there are more than fit into what an empty table takes. */
    long heldBytes() {
        // As much as there is behind the last key when there was just no room for it.
        return used + used / 2 + size() * SLOTS_BYTES_MAX;
    }

    /** Counts a key once; where it is new, notes that it is first seen at this place. */
    void add(RecordKey key, long hash, int bucket, long ordinal) {
        long slot = slotOf(key, hash);
        long value = Memory.getLong(slot + VALUE_OFFSET);
        if (value != 0) {
            long at = entries + value - 1;
            Memory.putLong(at + COUNT_AT, Memory.getLong(at + COUNT_AT) + 1);
            return;
        }
        long bytes = KEY_AT + (long) key.comparedLength();
        reserve(bytes);
        long at = entries + used;
        Memory.putLong(at + COUNT_AT, 1);
        Memory.putLong(at + ORDINAL_AT, ordinal);
        Memory.putInt(at + BUCKET_AT, bucket);
        Memory.putInt(at + LENGTH_AT, key.isAbsent() ? NO_VALUE : key.comparedLength());
        Memory.copy(key.comparedAddress(), at + KEY_AT, key.comparedLength());
        fill(slot, hash, used + 1);
        used += bytes;
        filled();
    }

    /** How often a key was counted, and that it is in the first bucket, too; {@link #ABSENT}: it was never. */
    long find(RecordKey key, long hash) {
        long value = Memory.getLong(slotOf(key, hash) + VALUE_OFFSET);
        if (value == 0) {
            return ABSENT;
        }
        long at = entries + value - 1;
        Memory.putInt(at + BUCKET_AT, IN_FIRST_BUCKET);
        return Memory.getLong(at + COUNT_AT);
    }

    /** The slot that has the key, or is free for it. */
    private long slotOf(RecordKey key, long hash) {
        long slot = slot(hash);
        while (true) {
            long at = address + slot * SLOT_BYTES;
            long value = Memory.getLong(at + VALUE_OFFSET);
            if (value == 0 || (Memory.getLong(at) == hash && isAt(entries + value - 1, key))) {
                return at;
            }
            slot = (slot + 1) & mask;
        }
    }

    private static boolean isAt(long entry, RecordKey key) {
        int length = Memory.getInt(entry + LENGTH_AT);
        return length == (key.isAbsent() ? NO_VALUE : key.comparedLength())
                && (length == NO_VALUE || Memory.equal(entry + KEY_AT, key.comparedAddress(), length));
    }

    private void reserve(long bytes) {
        if (used + bytes > capacity) {
            long larger = Math.max(Math.max(used + bytes, ENTRIES_BYTES_MIN), capacity + capacity / 2);
            entries = capacity == 0 ? Memory.allocate(larger) : Memory.reallocate(entries, capacity, larger);
            capacity = larger;
        }
    }

    /** Told of keys that were counted and are not in the first bucket. */
    interface Visitor {
        void visit(int bucket, long ordinal, long count);
    }

    /** Tells of each key that {@link #find} was not asked for, in the order in which they were added. */
    void notFound(Visitor visitor) {
        for (long at = entries; at < entries + used; ) {
            int bucket = Memory.getInt(at + BUCKET_AT);
            if (bucket != IN_FIRST_BUCKET) {
                visitor.visit(bucket, Memory.getLong(at + ORDINAL_AT), Memory.getLong(at + COUNT_AT));
            }
            at += KEY_AT + Math.max(0, Memory.getInt(at + LENGTH_AT));
        }
    }

    @Override
    public void close() {
        super.close();
        if (capacity > 0) {
            Memory.free(entries, capacity);
            capacity = 0;
        }
    }
}
