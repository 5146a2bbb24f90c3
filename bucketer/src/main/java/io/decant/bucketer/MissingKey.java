package io.decant.bucketer;

/** What becomes of a record in which the key cannot be found. */
public enum MissingKey {
    /** The whole record is its key. */
    RECORD,
    /** It is in no bucket, see {@link Assignment#keyless()}: a dead letter. */
    DLQ
}
