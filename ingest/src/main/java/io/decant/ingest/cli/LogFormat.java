package io.decant.ingest.cli;

/** How a log line looks. Written in lower case, as the option is. */
public enum LogFormat {
    /** For a person: time of day, level, who, what, then the fields as {@code name=value}. */
    text,
    /** For a machine: one JSON object a line. */
    json
}
