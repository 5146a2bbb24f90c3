package io.decant.ingest.source.tcp;

import io.netty.channel.unix.Errors;
import io.netty.channel.unix.Errors.NativeIoException;
import java.io.IOException;

/**
 * Tells a client that ended its input from one whose connection was reset. The kernel reports a reset once, to the read
 * or the write that comes first. Where a write took it, reads give what had arrived and then the end of input, as if
 * the client had ended it: so an end of input behind such a write is not believed. Belongs to the connection's event
 * loop.
 */
final class ResetWatch {

    /**
     * What the JDK's sockets say, where there is no epoll: of a reset that a read found, in every language; else in
     * English.
     */
    private static final String JDK_RESET = "Connection reset";

    private static final String JDK_BROKEN_PIPE = "Broken pipe";

    private boolean reset;
    private boolean truncated;
    private boolean endHidden;

    void readFailed(IOException cause) {
        reset |= isReset(cause);
    }

    /** @param cause as Netty gives it to a write's listener */
    void writeFailed(Throwable cause) {
        Throwable first = cause;
        while (!isNative(first) && first.getCause() != null) {
            first = first.getCause();
        }
        reset |= isReset(first);
        endHidden |= !isBrokenPipe(first);
    }

    /** Whether the client's side has reset the connection. */
    boolean isReset() {
        return reset;
    }

    /** The input ended without the word by which TLS ends it: anybody on the way may have done that. */
    void truncated() {
        truncated = true;
    }

    /** What an end of input means that shows now. */
    CloseReason inputEnd() {
        return endHidden ? CloseReason.LOST : truncated ? CloseReason.TRUNCATED : CloseReason.INPUT_ENDED;
    }

    private static boolean isNative(Throwable cause) {
        return cause instanceof NativeIoException;
    }

    private static boolean isReset(Throwable cause) {
        if (cause instanceof NativeIoException known) {
            return known.expectedErr() == Errors.ERRNO_ECONNRESET_NEGATIVE;
        }
        return cause.getMessage() != null && cause.getMessage().startsWith(JDK_RESET);
    }

    /** The kernel says so to a write behind the client's end of input: all that it sent is there to be read. */
    private static boolean isBrokenPipe(Throwable cause) {
        if (cause instanceof NativeIoException known) {
            return known.expectedErr() == Errors.ERRNO_EPIPE_NEGATIVE;
        }
        return JDK_BROKEN_PIPE.equals(cause.getMessage());
    }
}
