package io.decant.ingest.sink.jdbc;

/** A record of a part can be no row of the table; the message says why. */
final class RowRefusedException extends Exception {

    private static final long serialVersionUID = 1;

    RowRefusedException(String message) {
        super(message);
    }
}
