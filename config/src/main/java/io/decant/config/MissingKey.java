package io.decant.config;

/** What stands in for the key of a record that has none. */
public enum MissingKey {
    /** The whole record. */
    RECORD
}
