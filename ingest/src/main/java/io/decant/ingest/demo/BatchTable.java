package io.decant.ingest.demo;

import java.util.Locale;

/** Batches as rows of a table that fits a terminal of 80 columns. */
final class BatchTable {

    /** Of an ISO 8601 instant: the time of day, to the second. */
    private static final int TIME_FROM = 11;

    private static final int TIME_TO = 19;

    private BatchTable() {}

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
}
