package io.decant.config;

/** How a database sink writes records. */
public enum WriteMode {
    /** A row for each key: inserted, or updated where it is there. */
    UPSERT,
    /** A row for each record. */
    INSERT
}
