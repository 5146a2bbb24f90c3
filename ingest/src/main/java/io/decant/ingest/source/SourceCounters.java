package io.decant.ingest.source;

import java.util.concurrent.atomic.LongAdder;

/** What a source counts since its start, for {@code /status}. Safe from any thread. */
public final class SourceCounters {

    private final LongAdder records = new LongAdder();
    private final LongAdder bytes = new LongAdder();
    private final LongAdder refusals = new LongAdder();

    /** Counts the same, and that of others; null: none. */
    private final SourceCounters all;

    /** Of a whole source. */
    public SourceCounters() {
        this(null);
    }

    /**
     * Of a part of it.
     *
     * @param all what is counted here is counted there, too
     */
    public SourceCounters(SourceCounters all) {
        this.all = all;
    }

    /** So much more is durable, and acknowledged. */
    public void synced(int recordsSynced, int bytesSynced) {
        records.add(recordsSynced);
        bytes.add(bytesSynced);
        if (all != null) {
            all.synced(recordsSynced, bytesSynced);
        }
    }

    /** A connection or request was refused, or ended with an error. */
    public void refused() {
        refusals.increment();
        if (all != null) {
            all.refused();
        }
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
