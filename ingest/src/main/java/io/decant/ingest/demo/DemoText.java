package io.decant.ingest.demo;

import io.decant.bucketer.Lines;
import io.decant.harness.BatchRow;
import io.decant.harness.ReceivedPart;
import io.decant.offload.console.RecordPreview;
import java.util.Locale;

/**
 * What the demo shows as a person reads it: batches as rows of a table that fits a terminal of 80 columns, and the
 * first records of a part.
 */
final class DemoText {

    /** Of an ISO 8601 instant: the time of day, to the second. */
    private static final int TIME_FROM = 11;

    private static final int TIME_TO = 19;

    private static final int RECORDS_SHOWN = 5;
    private static final int RECORD_BYTES_SHOWN = 100;

    private DemoText() {}

    /** What stands above the rows. */
    static String head() {
        return row(
                "batch",
                "from (UTC)",
                "records",
                "buckets",
                "bucket 0",
                "bucket 1",
                "bucket 2",
                "the rest",
                "requests");
    }

    /** A batch. */
    static String row(BatchRow batch) {
        return row(
                batch.number(),
                start(batch.window()),
                grouped(batch.records()),
                grouped(batch.buckets()),
                grouped(batch.first()),
                grouped(batch.second()),
                grouped(batch.third()),
                grouped(batch.rest()),
                grouped(batch.requests()));
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, "%5s %10s %9s %7s %9s %8s %8s %8s %8s", cells);
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@code 21:53:03} of {@code 2026-11-20T21:53:03Z/2026-11-20T21:53:04Z}. */
    private static String start(String window) {
        return window.length() < TIME_TO ? window : window.substring(TIME_FROM, TIME_TO);
    }

    /** Where a part belongs, and its first records. */
    static String part(ReceivedPart part, long address, int length) {
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT,
                "batch %d, bucket %d of %d: %,d %s",
                part.batch(),
                part.bucket(),
                part.buckets(),
                part.records(),
                part.records() == 1 ? "record" : "records"));
        long end = address + length;
        long at = address;
        for (int shown = 0; at < end; shown++) {
            if (shown == RECORDS_SHOWN) {
                text.append("\n    ...");
                break;
            }
            long newline = Lines.nextNewline(at, end);
            long recordEnd = newline == Lines.NONE ? end : newline;
            text.append("\n    ").append(RecordPreview.of(at, (int) (recordEnd - at), RECORD_BYTES_SHOWN));
            at = recordEnd + 1;
        }
        return text.toString();
    }
}
