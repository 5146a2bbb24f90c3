package io.decant.ingest.users;

/** The tokens of a section {@code users} cannot be used. The message is one line and shows nothing of them. */
public final class UsersException extends Exception {

    private static final long serialVersionUID = 1L;

    UsersException(String message, Throwable cause) {
        super(message, cause);
    }
}
