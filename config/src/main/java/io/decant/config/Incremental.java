package io.decant.config;

/** Whether a table is read again after its import, and what is read then. */
public enum Incremental {
    /** It is not. */
    OFF,
    /** Rows that were inserted since, by a column whose values grow. */
    APPEND,
    /** Rows that were inserted or updated since, by a column with the time of the last change. */
    LAST_MODIFIED
}
