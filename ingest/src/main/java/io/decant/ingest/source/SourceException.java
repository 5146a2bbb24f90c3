package io.decant.ingest.source;

/** A source that cannot begin; the message is one line that says what, where, and the way out. */
public final class SourceException extends RuntimeException {

    public SourceException(String message, Throwable cause) {
        super(message, cause);
    }
}
