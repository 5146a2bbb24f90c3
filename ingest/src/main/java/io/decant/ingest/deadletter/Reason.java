package io.decant.ingest.deadletter;

import java.util.Locale;
import java.util.Optional;

/** Why a record became a dead letter. */
public enum Reason {
    /** The receiver refused it permanently, alone in its request. */
    REFUSED,
    /** The sink's format carries JSON, and the record is none. */
    NOT_JSON,
    /** The sink's format separates records by newlines, and there is one in the record. */
    NEWLINE_IN_RECORD,
    /** The sink's format separates records by newlines, and the record has no value. */
    TOMBSTONE,
    /** The record has no key, and {@code bucket.missing-key} is {@code dlq}. */
    MISSING_KEY,
    /** The batch cannot be processed with the record in it, so it was set aside. */
    UNPROCESSABLE,
    /** A step of its source's transforms could not be applied to the record. */
    TRANSFORM_FAILED;

    private final String word = name().toLowerCase(Locale.ROOT).replace('_', '-');

    /** As it stands in files, metrics and options: {@code not-json}. */
    public String word() {
        return word;
    }

    /** The reason of that word; empty: there is none. */
    public static Optional<Reason> of(String word) {
        for (Reason reason : values()) {
            if (reason.word.equals(word)) {
                return Optional.of(reason);
            }
        }
        return Optional.empty();
    }

    /** Whether a sink gave the record up; else it never got to any. */
    public boolean isOfSink() {
        return this != MISSING_KEY && this != UNPROCESSABLE && this != TRANSFORM_FAILED;
    }
}
