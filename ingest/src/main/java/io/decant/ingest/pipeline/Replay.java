package io.decant.ingest.pipeline;

import io.decant.ingest.batch.BatchPlace;
import io.decant.ingest.batch.SharedBatches;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.deadletter.RefusalHistory;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.SegmentTable;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.Sink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink's second way through batches that it has had: the same numbers, buckets and keys, since their cuts say what
 * they were. It marks nothing. A restart in between knows nothing of it, and begins it again if it is asked to.
 *
 * <p>Owned by the thread of the sink's lane.
 */
final class Replay implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Replay.class);

    private enum State {
        /** A batch is being opened; a large one may have to be split first. */
        OPENING,
        /** The sink has the batch. */
        DELIVERING,
        /** The last batch is delivered again. */
        OVER,
        /** Nothing is held any more. */
        CLOSED
    }

    private final Sink sink;
    private final SharedBatches shared;
    private final DeadLetterBox refusals;
    private final SegmentTable.Segment held;
    private final long last;
    private final long limit;
    private final BatchRecorder batches;
    private State state;
    private BatchPlace place;
    private SharedBatches.Lease loaded;

    /** What a format cannot carry is among the dead letters since the first time; what is refused only now is not. */
    private record Refusals(DeadLetterBox box) implements DeadLetterBox {

        @Override
        public boolean offer(DeadLetter letter) {
            return letter.reason() != Reason.REFUSED || box.offer(letter);
        }

        @Override
        public long offered() {
            return box.offered();
        }

        @Override
        public long synced() {
            return box.synced();
        }

        @Override
        public RefusalHistory history() {
            return box.history();
        }
    }

    /**
     * @param letters where records go that are refused this time
     * @param held the segment in which the first batch begins; given back when the replay is over
     * @param first the first batch
     * @param last number of the last batch
     * @param limit a position at or after the last batch's cut; everything before it is synced
     * @param batches told of each batch
     */
    Replay(
            Sink sink,
            SharedBatches shared,
            DeadLetterBox letters,
            SegmentTable.Segment held,
            BatchPlace first,
            long last,
            long limit,
            BatchRecorder batches) {
        this.sink = sink;
        this.shared = shared;
        this.refusals = new Refusals(letters);
        this.held = held;
        this.place = first;
        this.last = last;
        this.limit = limit;
        this.batches = batches;
        this.state = first.number() > last ? State.OVER : State.OPENING;
        sink.replayFrom(first.number());
        log.info("sink {}: replaying batches {} to {}", sink.name(), first.number(), last);
    }

    /** The one place where the state changes. */
    private void move(State to) {
        log.debug("sink {}: batch {} again: {} -> {}", sink.name(), place.number(), state, to);
        state = to;
    }

    /** Whether the last batch is delivered again. */
    boolean isOver() {
        return state == State.OVER;
    }

    /** Whether the sink has begun with a batch. */
    boolean isUnderWay() {
        return state == State.DELIVERING;
    }

    /** Does what there is to do; whether that was anything. */
    boolean work(long nowNanos) {
        return switch (state) {
            case OPENING -> open();
            case DELIVERING -> deliver(nowNanos);
            case OVER, CLOSED -> false;
        };
    }

    private boolean deliver(long nowNanos) {
        boolean worked = sink.work(nowNanos);
        // A crash comes back to the beginning of it all, so there is nothing that pieces would have to wait for.
        sink.progressDurable(sink.progress());
        if (sink.delivered()) {
            sink.abandon();
            batches.replayCompleted(sink, loaded.batch().cut());
            pass();
            return true;
        }
        return worked;
    }

    /** Whether the batch could be begun with; if not, it is a large one that is not split yet. */
    private boolean open() {
        try {
            if (loaded == null) {
                loaded = shared.open(place, limit);
            }
            if (!loaded.isOpen()) {
                return false;
            }
        } catch (JournalException e) {
            if (e.kind() == JournalException.Kind.OUT_OF_DESCRIPTORS) {
                throw e;
            }
            // What every sink has had is no reason to end the server.
            throw new IllegalStateException(
                    "batch " + place.number() + " cannot be replayed: " + e.getMessage() + "; start without it", e);
        }
        if (loaded.batch().cut().shape().sink(sink.name()) == null) {
            pass();
        } else {
            sink.begin(loaded.batch(), Progress.START, refusals);
            batches.replayStarted(sink, loaded.batch().cut());
            move(State.DELIVERING);
        }
        return true;
    }

    /** Begins the batch again, in the next turn: reading failed. */
    void beginAgain() {
        if (state == State.DELIVERING) {
            sink.abandon();
            move(State.OPENING);
        }
    }

    private void pass() {
        place = place.next(loaded.end());
        loaded.close();
        loaded = null;
        move(place.number() > last ? State.OVER : State.OPENING);
    }

    /** Number of the batch that it is at. */
    long batch() {
        return place.number();
    }

    long wakeAtNanos() {
        return state == State.DELIVERING ? sink.wakeAtNanos() : Long.MAX_VALUE;
    }

    /** Lets go of the batch and of what is kept for the rest. Again: nothing. */
    @Override
    public void close() {
        if (state == State.CLOSED) {
            return;
        }
        boolean over = isOver();
        if (loaded != null) {
            sink.abandon();
            loaded.close();
            loaded = null;
        }
        move(State.CLOSED);
        held.close();
        if (over) {
            log.info("sink {}: replayed all batches up to {}", sink.name(), last);
        } else {
            log.warn(
                    "sink {}: batches {} to {} were not replayed; continue with --from-batch {}",
                    sink.name(),
                    place.number(),
                    last,
                    place.number());
        }
    }
}
