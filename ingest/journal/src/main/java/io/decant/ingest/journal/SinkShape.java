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
 * @param extra what the sink's type adds as it likes (class of a job; table, mode and ledger), at most {@value
 *     Shape#TEXT_BYTES_MAX} bytes; empty: nothing. Only format 2 can hold one
 */
public record SinkShape(String name, String type, String format, long maxRecords, long maxBytes, String extra) {

    /** Each record and a newline. */
    public static final String LINES = "lines";
    /** An array of the records. */
    public static final String JSON = "json";
    /** An object a line for each record, which says where it came from. */
    public static final String ENVELOPE = "envelope";
    /** An object a line for each key, with how often it occurs in the batch. */
    public static final String COUNTS = "counts";
    /** The dead letters of {@link #COUNTS}, which are such lines: each as it is, and a newline. */
    public static final String COUNT_LINES = "count-lines";
    /** JSON objects, as rows of a table. */
    public static final String ROWS = "rows";
    /** The same, and tombstones, which delete rows. */
    public static final String ROWS_AND_TOMBSTONES = "rows-and-tombstones";
    /** A line for the batch and one for each bucket, for a person to read. */
    public static final String TABLE = "table";

    public SinkShape {
        Shape.requireFits(extra, "what sink " + name + " adds to the shape of its batches");
    }

    /** Without an extra text. */
    public SinkShape(String name, String type, String format, long maxRecords, long maxBytes) {
        this(name, type, format, maxRecords, maxBytes, "");
    }

    /** Whether the sink gets lines with counts: those of a batch, or its own dead letters. */
    public boolean isCounts() {
        return format.equals(COUNTS) || format.equals(COUNT_LINES);
    }

    /** The same for the sink's own dead letters: what was counted is not counted again. */
    public SinkShape ofLetters() {
        return format.equals(COUNTS) ? new SinkShape(name, type, COUNT_LINES, maxRecords, maxBytes, extra) : this;
    }
}
