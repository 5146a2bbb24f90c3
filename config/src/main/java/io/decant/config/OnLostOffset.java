package io.decant.config;

/** What becomes of a Kafka partition whose next record the broker has deleted. */
public enum OnLostOffset {
    /** It is read no further. */
    FAIL,
    /** It goes on at the oldest record that is there. */
    EARLIEST,
    /** It goes on behind the newest. */
    LATEST
}
