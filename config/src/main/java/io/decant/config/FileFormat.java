package io.decant.config;

/** How records become the lines of a file. */
public enum FileFormat {
    /** Each record as it is, and a newline. */
    LINES(".lines"),
    /** A JSON object a line for each record, with what is known of it. */
    ENVELOPE(".ndjson"),
    /** A JSON object a line for each key, with how often it occurs in the batch. */
    COUNTS(".ndjson");

    private final String extension;

    FileFormat(String extension) {
        this.extension = extension;
    }

    /** What a file of such lines ends with, before what its compression adds. */
    public String extension() {
        return extension;
    }
}
