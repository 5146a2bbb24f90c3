package io.decant.config;

/** Whether the clients of a TCP source name a session that outlives their connections. */
public enum SessionMode {
    /** A connection is its own stream. */
    OFF,
    /** The first line is {@code SESSION <id>}. */
    REQUIRED
}
