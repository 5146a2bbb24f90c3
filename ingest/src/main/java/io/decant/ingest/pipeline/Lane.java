package io.decant.ingest.pipeline;

import io.decant.bucketer.AssignmentStoppedException;
import io.decant.ingest.batch.BatchTrialException;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.batch.SharedBatches;
import io.decant.ingest.batch.StagedReadException;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.journal.Backlog;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkState;
import io.decant.ingest.sink.SinkStatus;
import io.decant.offload.files.AttemptFailure;
import io.decant.offload.log.LoggedCauses;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sink's way through the journal: batch after batch, each from its synced cut, each marked when it is delivered. A
 * lane that waits holds no other back, nor does one whose sink throws: it stops until the next start, and nothing else
 * does.
 *
 * <p>Owned by its stage's thread; what others may ask says so.
 */
final class Lane implements Stage {

    private static final long NOTHING = -1;

    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    private final Sink sink;
    private final SharedBatches shared;
    private final Positions positions;
    private final LaneMarks marks;
    private final DeadLetterBox letters;
    private final RecentBatches batches;
    private final ReadRetry readRetry;
    private final Progress resumeAt;
    private volatile long batch;
    private volatile long passedRecords;
    private volatile long oldestMillis;
    private long next;
    private long first;
    private SharedBatches.Lease loaded;
    /** Whether the batch is there; a large one takes its time. */
    private boolean open;

    private KeylessLetters keyless;
    /** Where the sink has to begin; null where it has begun. */
    private Progress beginAt;

    /**
     * Where the batch begins that is being split, by this lane or by another that wants it as well; negative: none is.
     */
    private volatile long splitting = NOTHING;

    private volatile boolean keylessStuck;
    private volatile long passedTo;
    /** What goes out once more before the lane goes on; null where nothing does. */
    private volatile Replay replay;
    /** What the sink threw; empty as long as it did not. */
    private volatile String stoppedBy = "";

    /**
     * @param from the sink's newest mark in the journal
     * @param backlog what was cut before the start and the sink has not had
     * @param letters where records go that are given up
     */
    Lane(
            Sink sink,
            Mark from,
            Backlog backlog,
            SharedBatches shared,
            Positions positions,
            MarkSlot slot,
            DeadLetterBox letters,
            Runnable wakeWriter,
            RecentBatches batches) {
        this.sink = sink;
        this.shared = shared;
        this.positions = positions;
        this.marks = new LaneMarks(sink, slot, positions, wakeWriter, this::mark);
        this.letters = letters;
        this.batches = batches;
        this.readRetry = new ReadRetry(sink.name());
        this.batch = from.batch();
        this.next = from.next();
        this.passedTo = from.next();
        this.first = from.batch() + 1;
        this.resumeAt = new Progress(from.bucket(), from.first(), from.pieces());
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
     * Records of the batches that the sink has got whole since the start, less those that it was behind by then. What
     * is missing to the records cut since the start is what it has not had. Any thread.
     */
    long passedRecords() {
        return passedRecords;
    }

    /**
     * Start of the window of the oldest batch that the sink has not had whole, milliseconds since the epoch;
     * {@link Backlog#NONE} where it waits for the next cut. Any thread.
     */
    long oldestMillis() {
        long oldest = oldestMillis;
        long from = splitting;
        return oldest == Backlog.NONE && from >= 0
                ? shared.cutOf(from).map(Cut::windowStartMillis).orElse(Backlog.NONE)
                : oldest;
    }

    /** Whether a sync may let the lane go on; any thread. */
    boolean awaitsSync() {
        return marks.awaitsSync();
    }

    /** How the sink is doing; any thread. */
    SinkStatus status() {
        String by = stoppedBy;
        if (!by.isEmpty()) {
            return sink.status().stopped(by);
        }
        String cannotRead = readRetry.trouble();
        if (!cannotRead.isEmpty()) {
            return sink.status().failing(cannotRead);
        }
        if (splitting >= 0) {
            return sink.status().splitting();
        }
        return keylessStuck
                ? sink.status().failing("records without a key find no room among the dead letters; see 'decant dlq'")
                : sink.status();
    }

    /** Whether nothing more is delivered before the next start; any thread. */
    boolean isStopped() {
        return status().state() == SinkState.STOPPED;
    }

    /**
     * Whether the sink has all before {@code position}, replays included, and the writer the mark that says so; any
     * thread.
     */
    boolean hasMarked(long position) {
        return replay == null && passedTo >= position && marks.areTaken();
    }

    @Override
    public boolean work(long nowNanos) {
        if (!stoppedBy.isEmpty()) {
            return false;
        }
        sink.report(nowNanos);
        try {
            return deliver(nowNanos);
        } catch (JournalException e) {
            if (e.kind() == JournalException.Kind.OUT_OF_DESCRIPTORS) {
                readRetry.failed(e.getMessage(), e.kind().name(), 0, nowNanos);
                return true;
            }
            if (e.kind() == JournalException.Kind.FOREIGN) {
                // The journal is whole, and this batch for a newer version.
                stop(e);
                return false;
            }
            // Not the sink's failure: nothing can go on without the journal.
            throw e;
        } catch (AssignmentStoppedException e) {
            // The server ends, and the batch returns as it is at the next start.
            return false;
        } catch (StagedReadException e) {
            readAgain(e, nowNanos);
            return true;
        } catch (BatchTrialException e) {
            if (e.isStopped()) {
                stop(e.getMessage(), e);
                return false;
            }
            readRetry.failed(e.getMessage(), e.kind(), e.waitNanos(), nowNanos);
            return true;
        } catch (RuntimeException | Error e) {
            if (!AttemptFailure.covers(e)) {
                throw e;
            }
            stop(e);
            return false;
        }
    }

    private void stop(Throwable e) {
        stop(e + "; nothing more is sent to this sink, a restart tries again from here", e);
    }

    private void stop(String by, Throwable e) {
        stoppedBy = by;
        log.error("sink {}: {}: {}", sink.name(), SinkState.STOPPED, stoppedBy, e);
        try {
            letGo();
        } catch (RuntimeException | Error stillThere) {
            if (!AttemptFailure.covers(stillThere)) {
                throw stillThere;
            }
            log.warn("sink {} does not let go of its batch, which stays in memory", sink.name(), stillThere);
        }
    }

    private boolean deliver(long nowNanos) {
        if (readRetry.waits(nowNanos)) {
            return false;
        }
        if (replay != null) {
            return replay(nowNanos);
        }
        if (!open) {
            return load(nowNanos);
        }
        if (keyless != null) {
            return beginBehindKeyless(nowNanos);
        }
        if (beginAt != null) {
            return begin(nowNanos);
        }
        boolean worked = marks.look();
        if (sink.work(nowNanos)) {
            readRetry.succeeded(nowNanos);
            worked = true;
        }
        if (sink.delivered()) {
            finish();
            return true;
        }
        worked |= marks.markProgress(nowNanos);
        return worked;
    }

    private boolean replay(long nowNanos) {
        boolean isUnderWay = replay.isUnderWay();
        boolean worked = replay.work(nowNanos);
        if (worked && isUnderWay) {
            readRetry.succeeded(nowNanos);
        } else if (worked) {
            readRetry.goesOn();
        }
        if (replay.isOver()) {
            replay.close();
            replay = null;
        }
        return worked;
    }

    private boolean load(long nowNanos) {
        if (loaded == null) {
            long cut = positions.cut();
            if (next >= cut) {
                if (oldestMillis != Backlog.NONE) {
                    oldestMillis = Backlog.NONE;
                }
                return false;
            }
            splitting = next;
            try {
                loaded = shared.open(next, cut);
            } finally {
                splitting = NOTHING;
            }
        }
        boolean isOpen = loaded.isOpen();
        readRetry.goesOn();
        if (!isOpen) {
            loaded.cut().ifPresent(cut -> oldestMillis = cut.windowStartMillis());
            return false;
        }
        OpenBatch batchNow = loaded.batch();
        long number = batchNow.cut().batch();
        if (number != batch + 1) {
            throw new IllegalStateException("sink " + sink.name() + " got batch " + number + " after " + batch);
        }
        open = true;
        readRetry.succeeded(nowNanos);
        oldestMillis = batchNow.cut().windowStartMillis();
        batches.loaded(batchNow);
        if (batchNow.cut().shape().sink(sink.name()) == null) {
            // Cut while this sink was not in the settings.
            passed();
            return true;
        }
        keyless = new KeylessLetters(batchNow, letters);
        return true;
    }

    /** A mark passes the records that fit no bucket as well: they are among the dead letters before anything else. */
    private boolean beginBehindKeyless(long nowNanos) {
        boolean worked = keyless.work(nowNanos);
        if (worked) {
            readRetry.succeeded(nowNanos);
        }
        keylessStuck = keyless.isStuck(nowNanos);
        if (!keyless.synced()) {
            return worked;
        }
        keyless = null;
        beginAt = loaded.batch().cut().batch() == first ? resumeAt : Progress.START;
        marks.goOnFrom(beginAt);
        return begin(nowNanos);
    }

    /** Has the sink begin where it should, once a crash would come back to that place, too. */
    private boolean begin(long nowNanos) {
        if (!marks.letBegin(nowNanos)) {
            return false;
        }
        sink.begin(loaded.batch(), beginAt, letters);
        beginAt = null;
        readRetry.goesOn();
        return true;
    }

    /**
     * The batch lies on a filesystem that fails. What the sink has is kept, and it begins anew behind that in a while.
     */
    private void readAgain(StagedReadException e, long nowNanos) {
        readRetry.failed(e.getMessage(), LoggedCauses.kind(e.getCause()), 0, nowNanos);
        if (replay != null) {
            replay.beginAgain();
        } else if (keyless == null && beginAt == null) {
            beginAt = sink.progress();
            sink.abandon();
            marks.markBeginning(beginAt);
        }
    }

    private Mark mark(Progress progress) {
        return new Mark(sink.name(), batch, next, progress.bucket(), progress.first(), progress.pieces());
    }

    private void finish() {
        sink.abandon();
        marks.stopWaiting();
        passed();
    }

    private void passed() {
        long number = loaded.batch().cut().batch();
        long passed = passedRecords + loaded.batch().cut().records();
        next = loaded.end();
        loaded.close();
        loaded = null;
        open = false;
        batch = number;
        passedRecords = passed;
        marks.markWhole(new Mark(sink.name(), number, next, 0, 0));
        batches.delivered(number, sink.name());
        passedTo = next;
    }

    @Override
    public void stopping() {
        shared.stop();
    }

    @Override
    public long wakeAtNanos() {
        return stoppedBy.isEmpty() ? Math.min(wakeToDeliverNanos(), sink.reportAtNanos()) : Long.MAX_VALUE;
    }

    private long wakeToDeliverNanos() {
        if (readRetry.againNanos() != Long.MIN_VALUE && stoppedBy.isEmpty()) {
            return readRetry.againNanos();
        }
        Replay again = replay;
        if (again != null && stoppedBy.isEmpty()) {
            return again.wakeAtNanos();
        }
        if (!open || keyless != null || beginAt != null || !stoppedBy.isEmpty()) {
            return Long.MAX_VALUE;
        }
        return Math.min(marks.wakeAtNanos(), sink.wakeAtNanos());
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
            keyless = null;
            beginAt = null;
            open = false;
            keylessStuck = false;
            marks.stopWaiting();
            loaded.close();
            loaded = null;
        }
    }
}
