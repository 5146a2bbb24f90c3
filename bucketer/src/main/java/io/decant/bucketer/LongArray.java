package io.decant.bucketer;

/** An array of longs off the heap. Not thread-safe, but threads may write different elements at once. */
final class LongArray implements AutoCloseable {

    private long address;
    private long length;

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
            resize(Math.max(needed, length + length / 2));
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
        address = address == 0
                ? Memory.allocate(newLength * Long.BYTES)
                : Memory.reallocate(address, length * Long.BYTES, newLength * Long.BYTES);
        length = newLength;
    }

    /** Hands the memory over to a new array and leaves this one empty. */
    LongArray detach() {
        LongArray heir = new LongArray();
        heir.address = address;
        heir.length = length;
        address = 0;
        length = 0;
        return heir;
    }

    @Override
    public void close() {
        if (address != 0) {
            Memory.free(address, length * Long.BYTES);
            address = 0;
            length = 0;
        }
    }
}
