package io.decant.bucketer;

/** An array of longs off the heap. Not thread-safe, but threads may write different elements at once. */
final class LongArray implements AutoCloseable {

    private static final long LENGTH_MIN = 16;

    private long address;
    private long length;

    private LongArray(long address, long length) {
        this.address = address;
        this.length = length;
    }

    /** An array of at least {@code length} elements, with undefined content. */
    static LongArray ofLength(long length) {
        long held = Math.max(length, LENGTH_MIN);
        return new LongArray(Memory.allocate(held * Long.BYTES), held);
    }

    /** An array of at least {@code length} zeros. */
    static LongArray zeros(long length) {
        LongArray array = ofLength(length);
        Memory.zero(array.address, array.length * Long.BYTES);
        return array;
    }

    long length() {
        return length;
    }

    /** Where element 0 lies, for loops that are worth it; changes with {@link #growTo}. */
    long address() {
        assert address != 0 : "closed";
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

    /** Makes room for at least {@code needed} elements, growing by half at least; what is new is undefined. */
    void growTo(long needed) {
        if (needed > length) {
            resize(Math.max(needed, length + length / 2));
        }
    }

    /** Gives back what lies beyond {@code needed} elements. */
    void trimTo(long needed) {
        long kept = Math.max(needed, LENGTH_MIN);
        if (kept < length) {
            resize(kept);
        }
    }

    private void resize(long newLength) {
        address = Memory.reallocate(address(), length * Long.BYTES, newLength * Long.BYTES);
        length = newLength;
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
