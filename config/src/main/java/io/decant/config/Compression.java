package io.decant.config;

/** How the body of a request is compressed. */
public enum Compression {
    /** Not at all. */
    NONE,
    /** {@code Content-Encoding: gzip} (RFC 1952). */
    GZIP
}
