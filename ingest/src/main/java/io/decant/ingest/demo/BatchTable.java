package io.decant.ingest.demo;

import java.util.Locale;

/** Batches as rows of a table. */
final class BatchTable {

    /** Of an ISO 8601 instant: the time of day, to the second. */
    private static final int TIME_FROM = 11;

    private static final int TIME_TO = 19;

    private BatchTable() {}

    /** What stands above the rows. */
    static String head() {
        return row(
                "batch",
                "window (UTC)",
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
                window(batch.window()),
                grouped(batch.records()),
                grouped(batch.buckets()),
                grouped(batch.first()),
                grouped(batch.second()),
                grouped(batch.third()),
                grouped(batch.rest()),
                grouped(batch.requests()));
    }

    private static String row(Object... cells) {
        return String.format(Locale.ROOT, "%7s  %-17s  %10s  %7s  %10s  %9s  %9s  %9s  %8s", cells);
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    /** {@code 21:53:03-21:53:04} of {@code 2026-11-20T21:53:03Z/2026-11-20T21:53:04Z}. */
    private static String window(String window) {
        int slash = window.indexOf('/');
        return slash < TIME_TO || window.length() < slash + 1 + TIME_TO
                ? window
                : window.substring(TIME_FROM, TIME_TO)
                        + '-'
                        + window.substring(slash + 1 + TIME_FROM, slash + 1 + TIME_TO);
    }
}
