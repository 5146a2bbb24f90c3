package io.decant.config;

/** What becomes of a record that has no key. */
public enum MissingKey {
    /** The whole record is its key. */
    RECORD,
    /** It is in no bucket, but goes to the dead letters. */
    DLQ
}
