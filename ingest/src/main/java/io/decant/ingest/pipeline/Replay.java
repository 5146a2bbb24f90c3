package io.decant.ingest.pipeline;

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
 * they were. It marks nothing. A restart in between knows nothing of it, and begins it anew where it is asked to.
 *
 * <p>Owned by the thread of the sink's lane.
 */
final class Replay implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Replay.class);

    private final Sink sink;
    private final SharedBatches shared;
    private final DeadLetterBox refusals;
    private final SegmentTable.Segment held;
    private final long last;
    private final long limit;
    private long batch;
    private long next;
    private SharedBatches.Lease loaded;
    private boolean begun;
    private boolean closed;

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
     * @param batch number of the first batch
     * @param position at which that one begins
     * @param last number of the last batch
     * @param limit a position at or after the last batch's cut; everything before it is synced
     */
    Replay(
            Sink sink,
            SharedBatches shared,
            DeadLetterBox letters,
            SegmentTable.Segment held,
            long batch,
            long position,
            long last,
            long limit) {
        this.sink = sink;
        this.shared = shared;
        this.refusals = new Refusals(letters);
        this.held = held;
        this.batch = batch;
        this.next = position;
        this.last = last;
        this.limit = limit;
        log.info("sink {}: batches {} to {} go out again", sink.name(), batch, last);
    }

    /** Whether the last batch is delivered again. */
    boolean isOver() {
        return batch > last;
    }

    /** Whether the sink has begun with a batch. */
    boolean isUnderWay() {
        return begun;
    }

    /** Does what there is to do; whether that was anything. */
    boolean work(long nowNanos) {
        if (!begun) {
            return begin();
        }
        boolean worked = sink.work(nowNanos);
        // A crash comes back to the beginning of it all, so there is nothing that pieces would have to wait for.
        sink.journaled(sink.splits());
        if (sink.delivered()) {
            sink.abandon();
            pass();
            return true;
        }
        return worked;
    }

    /** Whether the batch could be begun with; if not, it is a large one that is not split yet. */
    private boolean begin() {
        try {
            if (loaded == null) {
                loaded = shared.open(next, limit);
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
                    "batch " + batch + " cannot be replayed: " + e.getMessage() + "; start without it", e);
        }
        long number = loaded.batch().cut().batch();
        if (number != batch) {
            throw new IllegalStateException(
                    "the replay for sink " + sink.name() + " got batch " + number + ", not " + batch);
        }
        if (loaded.batch().cut().shape().sink(sink.name()) == null) {
            pass();
        } else {
            sink.begin(loaded.batch(), Progress.START, refusals);
            begun = true;
        }
        return true;
    }

    /** Begins the batch anew, in the next turn: it could not be read on. */
    void beginAgain() {
        if (begun) {
            sink.abandon();
            begun = false;
        }
    }

    private void pass() {
        begun = false;
        next = loaded.end();
        loaded.close();
        loaded = null;
        batch++;
    }

    long wakeAtNanos() {
        return begun ? sink.wakeAtNanos() : Long.MAX_VALUE;
    }

    /** Lets go of the batch and of what is kept for the rest. Again: nothing. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        if (loaded != null) {
            sink.abandon();
            loaded.close();
            loaded = null;
        }
        closed = true;
        held.close();
        if (isOver()) {
            log.info("sink {}: all batches up to {} went out again", sink.name(), last);
        } else {
            log.warn(
                    "sink {}: batches {} to {} did not go out again; --from-batch {} goes on there",
                    sink.name(),
                    batch,
                    last,
                    batch);
        }
    }
}
