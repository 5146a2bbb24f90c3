package io.decant.bucketer;

/** Bytes off the heap, for a test. */
final class NativeBytes implements AutoCloseable {

    private final long address;
    private final int length;

    private NativeBytes(byte[] bytes) {
        length = bytes.length;
        address = Memory.allocate(Math.max(1, length));
        Memory.copyFromArray(bytes, 0, length, address);
    }

    static NativeBytes of(byte[] bytes) {
        return new NativeBytes(bytes);
    }

    long address() {
        return address;
    }

    int length() {
        return length;
    }

    static byte[] read(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        return bytes;
    }

    @Override
    public void close() {
        Memory.free(address, Math.max(1, length));
    }
}
