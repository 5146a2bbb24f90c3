package io.decant.offload.files;

import java.io.Closeable;
import java.io.IOException;

/** A file that is read here and there. For one thread. */
public interface PositionedInput extends Closeable {

    /** The file's length, in bytes. */
    long length() throws IOException;

    /**
     * Reads from {@code position} on until the range is full.
     *
     * @throws java.io.EOFException if the file ends before
     */
    void readFully(long position, byte[] into, int offset, int length) throws IOException;
}
