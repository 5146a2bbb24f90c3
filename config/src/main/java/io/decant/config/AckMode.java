package io.decant.config;

/** What a TCP source answers once records are durable. */
public enum AckMode {
    /** {@code OK <n>} after a sync, n being the durable records of the connection or session. */
    COUNT,
    /** {@code OK} for each record. */
    FLUME,
    /** Silence. */
    NONE
}
