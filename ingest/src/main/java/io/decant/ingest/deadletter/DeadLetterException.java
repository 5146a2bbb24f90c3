package io.decant.ingest.deadletter;

/** Dead letters can be neither written nor read. Every message is one line that says what, where, and the way out. */
public final class DeadLetterException extends RuntimeException {

    public DeadLetterException(String message, Throwable cause) {
        super(message, cause);
    }
}
