package io.decant.ingest.source;

import io.decant.ingest.tls.TlsException;

/** A source that cannot begin; the message is one line that says what, where, and the way out. */
public final class SourceException extends RuntimeException {

    public SourceException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The files of its section {@code tls} cannot be used. */
    public static SourceException of(String source, TlsException cause) {
        return new SourceException(
                "source " + source + " cannot begin: " + cause.getMessage() + "; mend the files of sources." + source
                        + ".tls",
                cause);
    }
}
