package io.decant.offload.lines;

import java.io.IOException;

/**
 * An input that holds no lines, or not all of them; the message is one line that names it and says what is wrong with
 * it.
 */
public final class UnreadableInputException extends IOException {

    UnreadableInputException(String message) {
        super(message);
    }

    UnreadableInputException(String message, Throwable cause) {
        super(message, cause);
    }
}
