package io.decant.ingest.plan;

/** An input that cannot be planned; the message is one line that says what, where, and the way out. */
public final class PlanException extends RuntimeException {

    PlanException(String message) {
        super(message);
    }

    PlanException(String message, Throwable cause) {
        super(message, cause);
    }
}
