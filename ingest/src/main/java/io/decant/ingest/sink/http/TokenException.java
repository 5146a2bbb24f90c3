package io.decant.ingest.sink.http;

/** Why there is no access token; the message is one line and without secrets. */
final class TokenException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String retryAfter;

    TokenException(String message) {
        this(message, "");
    }

    /** @param retryAfter value of the header of that name; empty where there is none */
    TokenException(String message, String retryAfter) {
        super(message, null, false, false);
        this.retryAfter = retryAfter;
    }

    String retryAfter() {
        return retryAfter;
    }
}
