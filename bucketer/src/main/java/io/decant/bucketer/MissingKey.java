package io.decant.bucketer;

/** What becomes of a record in which the key cannot be found. */
public enum MissingKey {
    /** The whole record is its key. */
    RECORD
}
