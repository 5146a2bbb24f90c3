package io.decant.ingest.admin;

/** The admin server cannot listen; the message is one line that says what, where, and the way out. */
public final class AdminException extends RuntimeException {

    AdminException(String message, Throwable cause) {
        super(message, cause);
    }
}
