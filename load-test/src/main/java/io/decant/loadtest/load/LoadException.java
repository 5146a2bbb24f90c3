package io.decant.loadtest.load;

/**
 * A load could not be made, or what is under it did not do what it must. The message is for the person at the terminal.
 */
public final class LoadException extends RuntimeException {
    public LoadException(String message) {
        super(message);
    }

    public LoadException(String message, Throwable cause) {
        super(message, cause);
    }
}
