package io.decant.bucketer;

/** How a key stands in its record. */
enum KeyForm {
    /** As it is meant: the text of a string, or a number. */
    TEXT,
    /** The inside of a JSON string, with escapes. */
    JSON_STRING,
    /** The inside of a quoted CSV field, with doubled quotes. */
    CSV_QUOTED,
    /** An object, an array, {@code true} or {@code false}: what it says is not looked at. */
    VERBATIM
}
