package io.decant.config;

/** What a TCP source answers once records are durable. */
public enum AckMode {
    /**
     * {@code OK <n>} once, after the client has ended its input and all that it sent is synced. Nothing is written
     * before, so a client that closes without reading has read everything there was, and its kernel does not reset the
     * connection.
     */
    END,
    /** {@code OK <n>} after a sync, n being the durable records of the connection or session. */
    COUNT,
    /** {@code OK} for each record. */
    FLUME,
    /** Silence. */
    NONE
}
