package io.decant.bucketer;

/** An array of ints off the heap. Not thread-safe, but threads may write different elements at once. */
final class IntArray implements AutoCloseable {

    private long address;
    private long length;

    private IntArray() {}

    /** An array of no elements and no memory. */
    static IntArray empty() {
        return new IntArray();
    }

    long length() {
        return length;
    }

    int get(long index) {
        assert index >= 0 && index < length : index;
        return Memory.getInt(address + index * Integer.BYTES);
    }

    void set(long index, int value) {
        assert index >= 0 && index < length : index;
        Memory.putInt(address + index * Integer.BYTES, value);
    }

    /** Gives an empty array {@code newLength} elements, undefined at first. */
    void allocate(long newLength) {
        assert length == 0 : length;
        if (newLength > 0) {
            address = Memory.allocate(newLength * Integer.BYTES);
            length = newLength;
        }
    }

    /** Hands the memory over to a new array and leaves this one empty. */
    IntArray detach() {
        IntArray heir = new IntArray();
        heir.address = address;
        heir.length = length;
        address = 0;
        length = 0;
        return heir;
    }

    @Override
    public void close() {
        if (address != 0) {
            Memory.free(address, length * Integer.BYTES);
            address = 0;
            length = 0;
        }
    }
}
