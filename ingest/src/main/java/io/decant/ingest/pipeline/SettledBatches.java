package io.decant.ingest.pipeline;

import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.Positions;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * For each sink, the last batch that no restart comes back to: it was delivered whole, and the mark that says so is synced. It may be
 * behind by what was appended during one sync, and remembers the same few numbers however many marks there are.
 * {@link #begin} is for whoever composes the pipeline, {@link #appended} for the writer's thread, {@link #of} for any.
 */
final class SettledBatches {

    private final Positions positions;
    private final Map<String, Sink> sinks = new LinkedHashMap<>();

    SettledBatches(Positions positions, Collection<String> sinkNames) {
        this.positions = positions;
        sinkNames.forEach(name -> sinks.put(name, new Sink()));
    }

    /** The sink's mark as the pipeline begins; it need not be in the journal yet, since a new sink has given nothing up. */
    void begin(Mark mark) {
        sinks.get(mark.sink()).begin(mark.batch());
    }

    /** A mark was appended, with nothing behind it yet. */
    void appended(Mark mark) {
        sinks.get(mark.sink()).appended(mark.batch(), positions.appended(), positions.synced());
    }

    /**
     * The last settled batch of a sink; for the empty name the last that is settled for every sink. {@link Long#MAX_VALUE} where the
     * sink is not in the settings: it comes back to nothing.
     */
    long of(String name) {
        long synced = positions.synced();
        if (name.isEmpty()) {
            return sinks.values().stream()
                    .mapToLong(sink -> sink.settled(synced))
                    .min()
                    .orElseThrow();
        }
        Sink sink = sinks.get(name);
        return sink == null ? Long.MAX_VALUE : sink.settled(synced);
    }

    /** Locked for moments only, by two threads. */
    static final class Sink {

        private static final long NONE = Long.MAX_VALUE;

        private long appended;
        private long settled;
        /** The mark to be synced next, and the last one. What comes between the two is not waited for, so there may be any number. */
        private long nextBatch;

        private long nextPosition = NONE;
        private long lastBatch;
        private long lastPosition = NONE;

        synchronized void begin(long batch) {
            appended = batch;
            settled = batch;
        }

        /** A mark of that batch ends at the position. */
        synchronized void appended(long batch, long position, long synced) {
            settle(synced);
            if (batch > appended) {
                appended = batch;
                if (nextPosition == NONE) {
                    nextBatch = batch;
                    nextPosition = position;
                } else {
                    lastBatch = batch;
                    lastPosition = position;
                }
            }
        }

        synchronized long settled(long synced) {
            settle(synced);
            return settled;
        }

        private void settle(long synced) {
            if (lastPosition <= synced) {
                settled = lastBatch;
                nextPosition = NONE;
                lastPosition = NONE;
            } else if (nextPosition <= synced) {
                settled = nextBatch;
                nextBatch = lastBatch;
                nextPosition = lastPosition;
                lastPosition = NONE;
            }
        }
    }
}
