package io.decant.ingest.sink.console;

import io.decant.ingest.batch.OpenBatch;

/** A line for the batch, and one for each bucket with its first records. */
final class BucketTable extends ConsoleText {

    /** Of a longer record so much is printed, and three dots. */
    static final int RECORD_BYTES_MAX = 80;

    private static final String GAP = "   ";
    private static final String BETWEEN = ", ";
    private static final String MORE = "...";

    private boolean begun;
    private int bucket;
    private long ordinal;

    BucketTable(OpenBatch batch, long limit) {
        super(batch, limit);
    }

    @Override
    boolean next(StringBuilder to) {
        if (!begun) {
            begun = true;
            to.append("batch ").append(batch().cut().batch()).append(GAP).append(time());
            to.append(GAP).append(number(buckets().records(), "record"));
            to.append(GAP).append(number(buckets().buckets(), "bucket")).append('\n');
        }
        while (bucket < buckets().buckets() && to.length() < PIECE_CHARS) {
            appendRecords(to);
            if (ordinal == shown(bucket)) {
                to.append(ordinal < buckets().records(bucket) ? BETWEEN + MORE : "");
                to.append('\n');
                bucket++;
                ordinal = 0;
            }
        }
        return to.length() > 0;
    }

    private void appendRecords(StringBuilder to) {
        if (ordinal == 0) {
            to.append("  bucket ").append(padded(bucket, buckets().buckets() - 1L));
            to.append(GAP)
                    .append(padded(buckets().records(bucket), buckets().records(0)))
                    .append(GAP);
        }
        for (long end = shown(bucket); ordinal < end && to.length() < PIECE_CHARS; ordinal++) {
            to.append(ordinal == 0 ? "" : BETWEEN).append(preview(bucket, ordinal, RECORD_BYTES_MAX));
        }
    }

    private static String number(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    /** A number as wide as the largest of its column. */
    private static String padded(long number, long largest) {
        String digits = Long.toString(number);
        return " ".repeat(Long.toString(largest).length() - digits.length()) + digits;
    }
}
