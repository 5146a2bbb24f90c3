package io.decant.ingest.pipeline;

import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.Positions;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * For each sink, the last batch that no restart comes back to: it was delivered whole, and the mark that says so is synced.
 * {@link #begin} is for whoever composes the pipeline, {@link #appended} for the writer's thread, {@link #of} for any.
 */
final class SettledBatches {

    private record Appended(long batch, long position) {}

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
        sinks.get(mark.sink()).appended(mark.batch(), positions.appended());
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
    private static final class Sink {

        private final Deque<Appended> ahead = new ArrayDeque<>();
        private long appended;
        private long settled;

        synchronized void begin(long batch) {
            appended = batch;
            settled = batch;
        }

        synchronized void appended(long batch, long position) {
            if (batch > appended) {
                appended = batch;
                ahead.add(new Appended(batch, position));
            }
        }

        synchronized long settled(long synced) {
            while (!ahead.isEmpty() && ahead.peek().position() <= synced) {
                settled = ahead.remove().batch();
            }
            return settled;
        }
    }
}
