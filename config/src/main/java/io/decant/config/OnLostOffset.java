package io.decant.config;

/** What becomes of a Kafka partition whose next record the broker has deleted. */
public enum OnLostOffset {
    /** It is read no further. */
    FAIL,
    /** Continue at the oldest record that exists. */
    EARLIEST,
    /** Continue after the newest record. */
    LATEST
}
