package io.decant.bucketer;

/** A text that does not say where the key is; the message says what is wrong and what can stand there. */
public final class KeySpecException extends IllegalArgumentException {

    KeySpecException(String message) {
        super(message);
    }

    KeySpecException(String message, Throwable cause) {
        super(message, cause);
    }
}
