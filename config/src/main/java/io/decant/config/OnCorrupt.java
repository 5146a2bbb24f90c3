package io.decant.config;

/**
 * What becomes of a Kafka partition at a record that cannot be read: its checksum is wrong, or it cannot be unpacked.
 */
public enum OnCorrupt {
    /** It is read no further. */
    FAIL,
    /** Continue after the record. */
    SKIP
}
