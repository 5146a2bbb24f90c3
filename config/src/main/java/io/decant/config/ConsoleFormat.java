package io.decant.config;

/** What a console sink prints of a batch. */
public enum ConsoleFormat {
    /** Each record on a line. */
    LINES,
    /** A JSON object a line for each record, with what is known of it. */
    ENVELOPE,
    /** Each key with how often it occurs, the most frequent first. */
    COUNTS,
    /** A line for the batch, and one for each bucket with its first records. */
    TABLE
}
