package io.decant.bucketer;

/** Memory off the heap for one thing at a time, which grows. Owned by one thread. */
public final class Scratch implements AutoCloseable {

    private static final long CAPACITY_MIN = 1024;

    private long address;
    private long capacity;

    /**
     * Where there is room for so many bytes; what was there before is lost.
     *
     * @throws OutOfMemoryError when the system has no more; then this holds nothing, and can be asked again
     */
    public long ofAtLeast(long bytes) {
        if (bytes > capacity) {
            // Before the larger one is there: a record may be long, and two of it are not needed.
            close();
            long larger = Math.max(bytes, CAPACITY_MIN);
            address = Memory.allocate(larger);
            capacity = larger;
        }
        return address;
    }

    /** Frees the memory. Again: nothing. */
    @Override
    public void close() {
        if (capacity > 0) {
            Memory.free(address, capacity);
            address = 0;
            capacity = 0;
        }
    }
}
