package io.decant.offload.files;

import java.io.IOException;
import java.io.OutputStream;

/** A file that is being written. For one thread. */
public abstract class SyncedOutput extends OutputStream {

    @Override
    public final void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public abstract void write(byte[] from, int offset, int length) throws IOException;

    /** Returns once all that was written is on stable storage. */
    public abstract void sync() throws IOException;
}
