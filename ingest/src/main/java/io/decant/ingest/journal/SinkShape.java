package io.decant.ingest.journal;

/**
 * What shapes the requests or files that one sink makes of a batch. It is journaled with the cut, so that a redelivery
 * after a restart with other settings still makes the very same parts.
 *
 * @param name the sink's name in the settings
 * @param type the sink's type, e.g. {@code http}
 * @param format the body's format, e.g. {@link #LINES}
 * @param maxRecords most records of one part, at least 1
 * @param maxBytes most bytes of one part's body, unless a single record alone is larger
 */
public record SinkShape(String name, String type, String format, long maxRecords, long maxBytes) {

    /** Each record and a newline. */
    public static final String LINES = "lines";
    /** An array of the records. */
    public static final String JSON = "json";
    /** An object a line for each record, which says where it came from. */
    public static final String ENVELOPE = "envelope";
}
