package io.decant.offload.console;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Standard output of a command. A {@link PrintWriter} drops what it cannot write and says nothing; this throws an
 * {@link OutputException} through it, so that a full disk or a reader that has closed its pipe ends the command with a
 * message.
 *
 * <p>After a failure it takes what comes and writes nothing of it, and each {@link #flush} throws again: a failure that
 * other code has caught on the way still shows at the end. Owned by one thread.
 */
public final class CheckedOutput extends OutputStream {

    private final OutputStream to;
    private IOException failure;

    CheckedOutput(OutputStream to) {
        this.to = to;
    }

    /**
     * This process's standard output, in UTF-8 whatever the locale says: records are bytes, and most of them are UTF-8.
     */
    public static PrintWriter standard() {
        return writer(new FileOutputStream(FileDescriptor.out));
    }

    /**
     * A writer that throws {@link OutputException} where {@code to} cannot be written, at the end of a line at the
     * latest.
     */
    public static PrintWriter writer(OutputStream to) {
        return new PrintWriter(new CheckedOutput(to), true, StandardCharsets.UTF_8);
    }

    @Override
    public void write(int b) {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
        if (failure == null) {
            try {
                to.write(bytes, offset, length);
            } catch (IOException e) {
                throw failed(e);
            }
        }
    }

    @Override
    public void flush() {
        if (failure != null) {
            throw new OutputException(failure);
        }
        try {
            to.flush();
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private OutputException failed(IOException e) {
        failure = e;
        return new OutputException(e);
    }

    /**
     * What a command had to say could not be written; the message is one line that says what, where, and the way out.
     */
    public static final class OutputException extends RuntimeException {

        OutputException(IOException cause) {
            super(
                    "cannot write to standard output: " + cause.getMessage()
                            + "; free the disk, or let the reader of the pipe read to the end",
                    cause);
        }
    }
}
