package io.decant.config;

/** How the records of a bucket part become the body of a request. */
public enum BodyFormat {
    /** Each record and a newline. */
    LINES("text/plain"),
    /** A JSON array of the records, each of which is JSON itself. */
    JSON("application/json"),
    /** A JSON object a line for each record, with what is known of it. */
    ENVELOPE("application/x-ndjson"),
    /** A JSON object a line for each key, with how often it occurs in the batch. */
    COUNTS("application/x-ndjson");

    private final String contentType;

    BodyFormat(String contentType) {
        this.contentType = contentType;
    }

    /** The media type of such a body unless the sink sets another. */
    public String contentType() {
        return contentType;
    }
}
