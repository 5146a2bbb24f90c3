package io.decant.config;

/** Whether a client that connects over TLS must show a certificate. */
public enum ClientAuth {
    /** None is asked for. */
    NONE,
    /** One is asked for, and must be valid where it is shown. */
    WANT,
    /** A client without a valid one is not let in. */
    NEED
}
