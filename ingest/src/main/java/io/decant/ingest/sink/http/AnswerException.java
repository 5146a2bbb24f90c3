package io.decant.ingest.sink.http;

import io.decant.ingest.sink.Outcome;

/** Why an answer cannot be taken; its connection is closed. */
final class AnswerException extends Exception {

    private static final long serialVersionUID = 1L;

    private final Outcome.Kind kind;

    AnswerException(Outcome.Kind kind, String message) {
        super(message, null, false, false);
        this.kind = kind;
    }

    Outcome.Kind kind() {
        return kind;
    }
}
