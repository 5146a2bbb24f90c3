package io.decant.ingest.source;

import java.util.concurrent.atomic.LongAdder;

/** What a source counts since its start, for {@code /status}. Safe from any thread. */
final class SourceCounters {

    private final LongAdder records = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder refusals = new LongAdder();

    void synced(int recordsSynced, int bytesSynced) {
        records.add(recordsSynced);
        bytes.add(bytesSynced);
    }

    void refused() {
        refusals.increment();
    }

    long records() {
        return records.sum();
    }

    long bytes() {
        return bytes.sum();
    }

    long refusals() {
        return refusals.sum();
    }
}
