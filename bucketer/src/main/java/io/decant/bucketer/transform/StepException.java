package io.decant.bucketer.transform;

/** A text that is no step; the message says what is wrong and what can stand there. */
public final class StepException extends IllegalArgumentException {

    StepException(String message) {
        super(message);
    }

    StepException(String message, Throwable cause) {
        super(message, cause);
    }
}
