package io.decant.ingest.tls;

/** The files of a {@code tls} section cannot be used. The message is one line and names the file. */
public final class TlsException extends Exception {

    private static final long serialVersionUID = 1L;

    TlsException(String message, Throwable cause) {
        super(message, cause);
    }
}
