package io.decant.ingest.deadletter;

import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Lines on their way to a file. Unlike the JDK's own it hands out what it holds without a copy, can take back what was
 * written last, and keeps no more than {@link #KEPT_BYTES} once it is empty: a letter may be as long as the longest
 * record. For one thread.
 */
final class LetterBuffer extends OutputStream {

    /** What it keeps when it is emptied. */
    static final int KEPT_BYTES = 2 << 20;

    private static final int FIRST_BYTES = 64 << 10;
    private static final int MAX_BYTES = Integer.MAX_VALUE - 8;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int size;

    int size() {
        return size;
    }

    /** Makes room for so many more, so that it need not grow step by step. */
    void expect(int more) {
        long needed = (long) size + more;
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(needed, MAX_BYTES));
        }
    }

    @Override
    public void write(int b) {
        room(1);
        bytes[size++] = (byte) b;
    }

    @Override
    public void write(byte[] from, int offset, int length) {
        room(length);
        System.arraycopy(from, offset, bytes, size, length);
        size += length;
    }

    private void room(int more) {
        long needed = (long) size + more;
        if (needed > bytes.length) {
            if (needed > MAX_BYTES) {
                throw new IllegalStateException("a letter of more than " + MAX_BYTES + " bytes");
            }
            bytes = Arrays.copyOf(
                    bytes, (int) Math.min(MAX_BYTES, Math.max(needed, bytes.length + (bytes.length >> 1))));
        }
    }

    /** Takes back what is behind the first {@code length} bytes. */
    void truncate(int length) {
        size = length;
    }

    /** What it holds; valid until the next call that changes it. */
    ByteBuffer view() {
        return ByteBuffer.wrap(bytes, 0, size);
    }

    void clear() {
        size = 0;
        if (bytes.length > KEPT_BYTES) {
            bytes = new byte[FIRST_BYTES];
        }
    }
}
