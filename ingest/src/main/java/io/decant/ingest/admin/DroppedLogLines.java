package io.decant.ingest.admin;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts log lines that were not read in time, for {@code /metrics}. A process has one stderr, and so one of these. Any
 * thread.
 */
public final class DroppedLogLines {

    private static final LongAdder COUNT = new LongAdder();

    private DroppedLogLines() {}

    /** So many more were dropped. */
    public static void add(long lines) {
        COUNT.add(lines);
    }

    /** Since the process began. */
    public static long count() {
        return COUNT.sum();
    }
}
