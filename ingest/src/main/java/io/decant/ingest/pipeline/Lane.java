package io.decant.ingest.pipeline;

import io.decant.ingest.batch.SharedBatches;
import io.decant.ingest.journal.Backlog;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkState;
import io.decant.ingest.sink.SinkStatus;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sink's way through the journal: batch after batch, each from its synced cut, each marked when it is delivered. A lane
 * that waits holds no other back, nor does one whose sink throws: it stops until the next start, and nothing else does.
 *
 * <p>Owned by its stage's thread; what others may ask says so.
 */
final class Lane implements Stage {

    /** Within a batch, progress is marked no more often than this: a restart repeats that much, under the same keys. */
    private static final long MARK_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    private final Sink sink;
    private final SharedBatches shared;
    private final Positions positions;
    private final MarkSlot slot;
    private final Runnable wakeWriter;
    private final RecentBatches batches;
    private final Progress resumeAt;
    private volatile long batch;
    private volatile long passedRecords;
    private volatile long oldestMillis;
    private long next;
    private long first;
    private SharedBatches.Lease loaded;
    private Progress marked = Progress.START;
    private long markedAtNanos;
    private volatile long passedTo;
    /** What goes out once more before the lane goes on; null where nothing does. */
    private volatile Replay replay;
    /** What the sink threw; empty as long as it did not. */
    private volatile String stoppedBy = "";

    /**
     * @param from the sink's newest mark in the journal
     * @param backlog what was cut before the start and the sink has not had
     */
    Lane(
            Sink sink,
            Mark from,
            Backlog backlog,
            SharedBatches shared,
            Positions positions,
            MarkSlot slot,
            Runnable wakeWriter,
            RecentBatches batches) {
        this.sink = sink;
        this.shared = shared;
        this.positions = positions;
        this.slot = slot;
        this.wakeWriter = wakeWriter;
        this.batches = batches;
        this.batch = from.batch();
        this.next = from.next();
        this.passedTo = from.next();
        this.first = from.batch() + 1;
        this.resumeAt = new Progress(from.bucket(), from.first());
        this.passedRecords = -backlog.records();
        this.oldestMillis = backlog.oldestMillis();
    }

    /** Has the sink get batches again before it goes on where it is. Before the lane works. */
    void replayFirst(Replay batchesAgain) {
        replay = batchesAgain;
    }

    @Override
    public String name() {
        return "sink-" + sink.name();
    }

    Sink sink() {
        return sink;
    }

    /** Number of the last batch that the sink has whole. */
    long batch() {
        return batch;
    }

    /**
     * Records of the batches that the sink has got whole since the start, less those that it was behind by then. What is
     * missing to the records cut since the start is what it has not had. Any thread.
     */
    long passedRecords() {
        return passedRecords;
    }

    /**
     * Start of the window of the oldest batch that the sink has not had whole, milliseconds since the epoch;
     * {@link Backlog#NONE} where it waits for the next cut. Any thread.
     */
    long oldestMillis() {
        return oldestMillis;
    }

    /** How the sink is doing; any thread. */
    SinkStatus status() {
        String by = stoppedBy;
        return by.isEmpty() ? sink.status() : sink.status().stopped(by);
    }

    /** Whether nothing more is delivered before the next start; any thread. */
    boolean isStopped() {
        return status().state() == SinkState.STOPPED;
    }

    /** Whether the sink has all before {@code position}, replays included, and the writer the mark that says so; any thread. */
    boolean hasMarked(long position) {
        return replay == null && passedTo >= position && slot.peek() == null;
    }

    @Override
    public boolean work(long nowNanos) {
        if (!stoppedBy.isEmpty()) {
            return false;
        }
        try {
            return deliver(nowNanos);
        } catch (JournalException e) {
            // Not the sink's failure: nothing can go on without the journal.
            throw e;
        } catch (RuntimeException | OutOfMemoryError | LinkageError e) {
            stop(e);
            return false;
        }
    }

    private void stop(Throwable e) {
        stoppedBy = e + "; nothing more is sent to this sink, a restart tries again from here";
        log.error("sink {}: {}: {}", sink.name(), SinkState.STOPPED, stoppedBy, e);
        try {
            letGo();
        } catch (RuntimeException stillThere) {
            log.warn("sink {} does not let go of its batch, which stays in memory", sink.name(), stillThere);
        }
    }

    private boolean deliver(long nowNanos) {
        if (replay != null) {
            return replay(nowNanos);
        }
        if (loaded == null) {
            return begin(nowNanos);
        }
        boolean worked = sink.work(nowNanos);
        if (sink.delivered()) {
            finish();
            return true;
        }
        markProgress(nowNanos);
        return worked;
    }

    private boolean replay(long nowNanos) {
        boolean worked = replay.work(nowNanos);
        if (replay.isOver()) {
            replay.close();
            replay = null;
        }
        return worked;
    }

    private boolean begin(long nowNanos) {
        long cut = positions.cut();
        if (next >= cut) {
            if (oldestMillis != Backlog.NONE) {
                oldestMillis = Backlog.NONE;
            }
            return false;
        }
        loaded = shared.open(next, cut);
        long number = loaded.batch().cut().batch();
        if (number != batch + 1) {
            throw new IllegalStateException("sink " + sink.name() + " got batch " + number + " after " + batch);
        }
        oldestMillis = loaded.batch().cut().windowStartMillis();
        batches.loaded(loaded.batch());
        if (loaded.batch().cut().shape().sink(sink.name()) == null) {
            // Cut while this sink was not in the settings.
            passed();
            return true;
        }
        marked = number == first ? resumeAt : Progress.START;
        markedAtNanos = nowNanos;
        sink.begin(loaded.batch(), marked);
        return true;
    }

    private void markProgress(long nowNanos) {
        Progress progress = sink.progress();
        if (nowNanos - markedAtNanos >= MARK_INTERVAL_NANOS && progress.compareTo(marked) > 0) {
            marked = progress;
            markedAtNanos = nowNanos;
            put(new Mark(sink.name(), batch, next, progress.bucket(), progress.first()));
        }
    }

    private void finish() {
        sink.abandon();
        passed();
    }

    private void passed() {
        long number = loaded.batch().cut().batch();
        long passed = passedRecords + loaded.batch().cut().records();
        next = loaded.end();
        loaded.close();
        loaded = null;
        batch = number;
        passedRecords = passed;
        put(new Mark(sink.name(), number, next, 0, 0));
        batches.delivered(number, sink.name());
        passedTo = next;
    }

    private void put(Mark mark) {
        slot.put(mark);
        wakeWriter.run();
    }

    @Override
    public long wakeAtNanos() {
        Replay again = replay;
        if (again != null && stoppedBy.isEmpty()) {
            return again.wakeAtNanos();
        }
        if (loaded == null || !stoppedBy.isEmpty()) {
            return Long.MAX_VALUE;
        }
        long mark = sink.progress().compareTo(marked) > 0 ? markedAtNanos + MARK_INTERVAL_NANOS : Long.MAX_VALUE;
        return Math.min(mark, sink.wakeAtNanos());
    }

    /** Lets go of the batch that is being delivered; the lane works no more. Not while its thread runs. */
    void close() {
        letGo();
        sink.close();
    }

    private void letGo() {
        if (replay != null) {
            replay.close();
            replay = null;
        }
        if (loaded != null) {
            // In this order: should the first throw, nothing is unmapped that may be in use.
            sink.abandon();
            loaded.close();
            loaded = null;
        }
    }
}
