package io.decant.ingest.pipeline;

import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.Positions;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * For each sink, what no restart comes back to: it was delivered or is a dead letter, and the mark that says so is
 * synced. It may be behind by what was appended during one sync, and remembers the same few marks however many there
 * are. {@link #begin} is for the code that composes the pipeline, {@link #appended} for the writer's thread, the rest
 * for any.
 */
final class DurableProgress {

    private final Positions positions;
    private final Map<String, Sink> sinks = new LinkedHashMap<>();

    DurableProgress(Positions positions, Collection<String> sinkNames) {
        this.positions = positions;
        sinkNames.forEach(name -> sinks.put(name, new Sink(name)));
    }

    /**
     * The sink's mark as the pipeline begins; it need not be in the journal yet, since a new sink has given nothing up.
     */
    void begin(Mark mark) {
        sinks.get(mark.sink()).begin(mark);
    }

    /** A mark was appended, with nothing behind it yet. */
    void appended(Mark mark) {
        sinks.get(mark.sink()).appended(mark, positions.appended(), positions.synced());
    }

    /**
     * The last settled batch of a sink; for the empty name the last that is settled for every sink.
     * {@link Long#MAX_VALUE} where the sink is not in the settings: it comes back to nothing.
     */
    long of(String name) {
        long synced = positions.synced();
        if (name.isEmpty()) {
            return sinks.values().stream()
                    .mapToLong(sink -> sink.settled(synced).batch())
                    .min()
                    .orElseThrow();
        }
        Sink sink = sinks.get(name);
        return sink == null ? Long.MAX_VALUE : sink.settled(synced).batch();
    }

    /**
     * Whether no restart comes back to the record of this letter, though its batch may not be settled as a whole. Of
     * pieces behind the place that a mark names it is not known where they begin, so their records count as not passed.
     */
    boolean hasPassed(DeadLetter letter) {
        if (letter.batch() <= of(letter.sink())) {
            return true;
        }
        Sink sink = sinks.get(letter.sink());
        return sink != null && isBefore(letter, sink.settled(positions.synced()));
    }

    private static boolean isBefore(DeadLetter letter, Mark mark) {
        if (letter.batch() != mark.batch() + 1) {
            return letter.batch() <= mark.batch();
        }
        return letter.bucket() < mark.bucket() || (letter.bucket() == mark.bucket() && letter.ordinal() < mark.first());
    }

    /** Locked for moments only, by two threads. */
    static final class Sink {

        private static final long NONE = Long.MAX_VALUE;

        private Mark settled;
        /**
         * The mark to be synced next, and the last one. What comes between the two is not waited for, so there may be
         * any number.
         */
        private Mark next;

        private long nextPosition = NONE;
        private Mark last;
        private long lastPosition = NONE;

        Sink(String name) {
            settled = new Mark(name, 0, 0, 0, 0);
        }

        synchronized void begin(Mark mark) {
            settled = mark;
        }

        /** A mark ends at the position. */
        synchronized void appended(Mark mark, long position, long synced) {
            settle(synced);
            if (nextPosition == NONE) {
                next = mark;
                nextPosition = position;
            } else {
                last = mark;
                lastPosition = position;
            }
        }

        synchronized Mark settled(long synced) {
            settle(synced);
            return settled;
        }

        private void settle(long synced) {
            if (lastPosition <= synced) {
                settled = last;
                nextPosition = NONE;
                lastPosition = NONE;
            } else if (nextPosition <= synced) {
                settled = next;
                next = last;
                nextPosition = lastPosition;
                lastPosition = NONE;
            }
        }
    }
}
