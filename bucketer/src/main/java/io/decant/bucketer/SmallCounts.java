package io.decant.bucketer;

/**
 * Counts from 1 by index, most of them small: a byte each off the heap, and 16 to 43 more where a count is 256 or more.
 * At first every count is 1. Owned by one thread.
 */
final class SmallCounts implements AutoCloseable {

    /** The byte of a large count; of any other, the count less 1. */
    private static final int LARGE = 0xFF;

    private final long length;
    private long address;
    /** Null until there is one. */
    private LargeCounts large;

    SmallCounts(long length) {
        this.length = length;
        if (length > 0) {
            address = Memory.allocateZeroed(length);
        }
    }

    long length() {
        return length;
    }

    /** At most once for an index. */
    void set(long index, long count) {
        assert index >= 0 && index < length && count >= 1 : index + ": " + count;
        if (count > LARGE) {
            if (large == null) {
                large = new LargeCounts();
            }
            large.put(index, count);
        }
        Memory.putByte(address + index, (byte) Math.min(LARGE, count - 1));
    }

    long get(long index) {
        assert index >= 0 && index < length : index;
        int small = Byte.toUnsignedInt(Memory.getByte(address + index));
        return small == LARGE ? large.get(index) : small + 1L;
    }

    @Override
    public void close() {
        if (large != null) {
            large.close();
        }
        if (address != 0) {
            Memory.free(address, length);
            address = 0;
        }
    }

    /** Of the indexes that have a large one. */
    private static final class LargeCounts extends HashTable {

        LargeCounts() {
            super(1);
        }

        @Override
        boolean isFilled(long value) {
            return value != 0;
        }

        void put(long index, long count) {
            fill(slotOf(index), index, count);
            filled();
        }

        long get(long index) {
            return Memory.getLong(slotOf(index) + VALUE_OFFSET);
        }

        private long slotOf(long index) {
            long slot = slot(index);
            while (true) {
                long at = address + slot * SLOT_BYTES;
                if (Memory.getLong(at + VALUE_OFFSET) == 0 || Memory.getLong(at) == index) {
                    return at;
                }
                slot = (slot + 1) & mask;
            }
        }
    }
}
