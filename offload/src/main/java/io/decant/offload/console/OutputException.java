package io.decant.offload.console;

import java.io.IOException;

/** What a command had to say could not be written; the message is one line that says what, where, and the way out. */
public final class OutputException extends RuntimeException {

    OutputException(IOException cause) {
        super(
                "cannot write to standard output: " + cause.getMessage()
                        + "; free the disk, or let the reader of the pipe read to the end",
                cause);
    }
}
