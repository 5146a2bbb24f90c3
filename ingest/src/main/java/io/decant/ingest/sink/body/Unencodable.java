package io.decant.ingest.sink.body;

/** Why a format cannot carry a record as it is. */
public enum Unencodable {
    /** The record is not exactly one JSON text. */
    NOT_JSON,
    /** There is a newline in the record. */
    NEWLINE_IN_RECORD,
    /** The record has no value. */
    TOMBSTONE
}
