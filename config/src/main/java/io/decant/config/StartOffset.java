package io.decant.config;

/** Where a Kafka partition is begun of which neither the journal nor the broker knows an offset. */
public enum StartOffset {
    /** At the oldest record that is there. */
    EARLIEST,
    /** Behind the newest. */
    LATEST
}
