package io.decant.ingest.source;

import java.util.concurrent.atomic.LongAdder;

/** What a source counts since its start, for {@code /status}. Safe from any thread. */
public final class SourceCounters {

    private final LongAdder records = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder refusals = new LongAdder();

    /** So much is durable. */
    public void synced(int recordsSynced, int bytesSynced) {
        records.add(recordsSynced);
        bytes.add(bytesSynced);
    }

    void refused() {
        refusals.increment();
    }

    public long records() {
        return records.sum();
    }

    public long bytes() {
        return bytes.sum();
    }

    long refusals() {
        return refusals.sum();
    }
}
