package io.decant.ingest.source;

import java.util.concurrent.atomic.LongAdder;

/** What a source counts since its start, for {@code /status}. Safe from any thread. */
public final class SourceCounters {

    private final LongAdder records = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder refusals = new LongAdder();

    /** So much more is durable, and acknowledged. */
    public void synced(int recordsSynced, int bytesSynced) {
        records.add(recordsSynced);
        bytes.add(bytesSynced);
    }

    /** A connection or request was refused, or ended with an error. */
    public void refused() {
        refusals.increment();
    }

    /** Records acknowledged. */
    public long records() {
        return records.sum();
    }

    /** Payload bytes acknowledged. */
    public long bytes() {
        return bytes.sum();
    }

    /** Connections and requests that were refused, or ended with an error. */
    public long refusals() {
        return refusals.sum();
    }
}
