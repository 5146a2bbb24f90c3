package io.decant.ingest.sink.jdbc;

/** The database is not as the sink needs it, and must be changed; the message says how. */
final class SetupException extends Exception {

    private static final long serialVersionUID = 1;

    SetupException(String message) {
        super(message);
    }
}
