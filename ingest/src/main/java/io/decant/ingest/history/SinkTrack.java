package io.decant.ingest.history;

import java.util.ArrayDeque;
import java.util.OptionalLong;

/** How far a sink is, as {@link BatchHistory} keeps it. Guarded by that one. */
final class SinkTrack {

    /** Batches that the sink has whole and of which a restart would not know yet. */
    static final int UNTOLD_MAX = 1_024;

    /** A batch that the sink has whole, and what is told of it once no restart comes back to it. */
    record Completion(long batch, String data) {}

    private final String name;
    private final ArrayDeque<Completion> untold = new ArrayDeque<>();
    /** The last batch that it has whole, or that was not for it. */
    private long whole;

    private long taken;
    private long takenMillis;
    private long started;
    private Delays delays = Delays.NONE;

    SinkTrack(String name, long whole) {
        this.name = name;
        this.whole = whole;
    }

    String name() {
        return name;
    }

    long whole() {
        return whole;
    }

    /** It looks at a batch, perhaps not for the first time. */
    void take(long batch, long nowMillis) {
        if (taken != batch) {
            taken = batch;
            takenMillis = nowMillis;
        }
    }

    /** When it first looked at a batch. */
    OptionalLong takenMillis(long batch) {
        return taken == batch ? OptionalLong.of(takenMillis) : OptionalLong.empty();
    }

    /** Whether it was not known yet that the sink has begun with the batch. */
    boolean start(long batch) {
        boolean isNew = started != batch;
        started = batch;
        return isNew;
    }

    boolean hasStarted(long batch) {
        return started == batch;
    }

    /** The batch that it began with last; 0: none. */
    long started() {
        return started;
    }

    void pass(long batch) {
        whole = batch;
    }

    void tookAsLongAs(Delays more) {
        delays = delays.longest(more);
    }

    /** The longest delays since this was asked. */
    Delays takeDelays() {
        Delays taken = delays;
        delays = Delays.NONE;
        return taken;
    }

    ArrayDeque<Completion> untold() {
        return untold;
    }
}
