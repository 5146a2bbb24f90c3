package io.decant.config;

/** What the body of a request to an HTTP source holds. */
public enum HttpBody {
    /** One record a line. */
    LINES,
    /** A JSON array, each of its elements a record; or any other JSON value, which is one record. */
    JSON
}
