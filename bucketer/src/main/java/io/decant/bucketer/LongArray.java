package io.decant.bucketer;

/** An array of longs off the heap. Not thread-safe, but threads may write different elements at once. */
final class LongArray implements AutoCloseable {

    private long address;
    private long length;
    /** Elements that there is memory for, at least {@link #length}. */
    private long capacity;

    private LongArray() {}

    /** An array of no elements and no memory, to be grown. */
    static LongArray empty() {
        return new LongArray();
    }

    long length() {
        return length;
    }

    /** Where element 0 lies, for loops that are worth it; changes with {@link #growTo}. */
    long address() {
        return address;
    }

    long get(long index) {
        assert index >= 0 && index < length : index;
        return Memory.getLong(address + index * Long.BYTES);
    }

    void set(long index, long value) {
        assert index >= 0 && index < length : index;
        Memory.putLong(address + index * Long.BYTES, value);
    }

    /**
     * Makes room for at least {@code needed} elements, growing by half at least. Content is kept; what is new is
     * undefined.
     */
    void growTo(long needed) {
        if (needed > length) {
            long more = Math.max(needed, length + length / 2);
            resize(needed <= capacity ? Math.min(more, capacity) : more);
        }
    }

    /** Gives back what there is behind the first {@code needed} elements. */
    void shrinkTo(long needed) {
        if (needed < length) {
            if (needed == 0) {
                close();
            } else {
                resize(needed);
            }
        }
    }

    /** Grows to at least {@code needed} elements, all of them zero. */
    void growToZeros(long needed) {
        assert length == 0 : length;
        growTo(needed);
        Memory.zero(address, length * Long.BYTES);
    }

    private void resize(long newLength) {
        if (address == 0) {
            allocate(FreeBlocks.rounded(newLength * Long.BYTES));
        } else if (newLength < length || newLength > capacity) {
            address = Memory.reallocate(address, capacity * Long.BYTES, newLength * Long.BYTES);
            capacity = newLength;
        }
        length = newLength;
    }

    private void allocate(long bytes) {
        FreeBlocks.Block kept = FreeBlocks.take(bytes);
        address = kept == null ? Memory.allocate(bytes) : kept.address();
        capacity = (kept == null ? bytes : kept.bytes()) / Long.BYTES;
    }

    /** Hands the memory over to a new array and leaves this one empty. */
    LongArray detach() {
        LongArray heir = new LongArray();
        heir.address = address;
        heir.length = length;
        heir.capacity = capacity;
        address = 0;
        length = 0;
        capacity = 0;
        return heir;
    }

    @Override
    public void close() {
        if (address != 0) {
            FreeBlocks.give(address, capacity * Long.BYTES);
            address = 0;
            length = 0;
            capacity = 0;
        }
    }
}
