package io.decant.ingest.pipeline;

import io.decant.ingest.batch.BatchLoader;
import io.decant.ingest.journal.Backlog;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.Sink;
import java.util.concurrent.TimeUnit;

/**
 * One sink's way through the journal: batch after batch, each from its synced cut, each marked when it is delivered. A lane
 * that waits holds no other back.
 *
 * <p>Owned by its stage's thread; {@link #batch} is for any.
 */
final class Lane implements Stage {

    /** Within a batch, progress is marked no more often than this: a restart repeats that much, under the same keys. */
    private static final long MARK_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Sink sink;
    private final BatchLoader loader;
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
    private BatchLoader.Loaded loaded;
    private Progress marked = Progress.START;
    private long markedAtNanos;

    /**
     * @param from the sink's newest mark in the journal
     * @param backlog what was cut before the start and the sink has not had
     */
    Lane(
            Sink sink,
            Mark from,
            Backlog backlog,
            BatchLoader loader,
            Positions positions,
            MarkSlot slot,
            Runnable wakeWriter,
            RecentBatches batches) {
        this.sink = sink;
        this.loader = loader;
        this.positions = positions;
        this.slot = slot;
        this.wakeWriter = wakeWriter;
        this.batches = batches;
        this.batch = from.batch();
        this.next = from.next();
        this.first = from.batch() + 1;
        this.resumeAt = new Progress(from.bucket(), from.first());
        this.passedRecords = -backlog.records();
        this.oldestMillis = backlog.oldestMillis();
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

    @Override
    public boolean work(long nowNanos) {
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

    private boolean begin(long nowNanos) {
        long cut = positions.cut();
        if (next >= cut) {
            if (oldestMillis != Backlog.NONE) {
                oldestMillis = Backlog.NONE;
            }
            return false;
        }
        loaded = loader.load(next, cut);
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
    }

    private void put(Mark mark) {
        slot.put(mark);
        wakeWriter.run();
    }

    @Override
    public long wakeAtNanos() {
        if (loaded == null) {
            return Long.MAX_VALUE;
        }
        long mark = sink.progress().compareTo(marked) > 0 ? markedAtNanos + MARK_INTERVAL_NANOS : Long.MAX_VALUE;
        return Math.min(mark, sink.wakeAtNanos());
    }

    /** Lets go of the batch that is being delivered; the lane works no more. Not while its thread runs. */
    void close() {
        if (loaded != null) {
            sink.abandon();
            loaded.close();
            loaded = null;
        }
        sink.close();
    }
}
