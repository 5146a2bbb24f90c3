package io.decant.ingest.demo;

/**
 * The demo cannot continue; the message is one line that says why. Not for a rule that does not hold: that is a
 * verdict.
 */
public final class DemoException extends RuntimeException {

    DemoException(String message) {
        super(message);
    }

    DemoException(String message, Throwable cause) {
        super(message, cause);
    }
}
