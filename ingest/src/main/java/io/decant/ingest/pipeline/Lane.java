package io.decant.ingest.pipeline;

import io.decant.bucketer.AssignmentStoppedException;
import io.decant.ingest.batch.BatchPlace;
import io.decant.ingest.batch.BatchTrialException;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.batch.SharedBatches;
import io.decant.ingest.batch.StagedReadException;
import io.decant.ingest.deadletter.DeadLetterBox;
import io.decant.ingest.history.Counts;
import io.decant.ingest.journal.Backlog;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.Mark;
import io.decant.ingest.sink.Progress;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkState;
import io.decant.ingest.sink.SinkStatus;
import io.decant.ingest.stage.Stage;
import io.decant.ingest.stage.StageWaker;
import io.decant.offload.files.AttemptFailure;
import io.decant.offload.log.LoggedCauses;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sink's way through the journal: batch after batch, each from its synced cut, each marked when it is delivered. A
 * lane that waits holds no other back, nor does one whose sink throws: it stops until the next start, and nothing else
 * does.
 *
 * <pre>
 *   REPLAYING --> IDLE --> SPLITTING --> OFFLOADED --> SETTING_ASIDE --> BEGINNING --> DELIVERING
 *                  ^  ^        |             |                              ^   read again |
 *                  |  +--------+ failed      | not for this sink            +--------------+
 *                  +-------------------------+------------------------------------- whole -+
 * </pre>
 *
 * From each of them a lane may go to {@code STOPPED}. A batch that is split here only passes through {@code OFFLOADED}.
 *
 * <p>Owned by its stage's thread; what others may ask says so.
 */
public final class Lane implements Stage {

    private static final Logger log = LoggerFactory.getLogger(Lane.class);

    /** What a lane is doing. */
    enum State {
        /** Sends delivered batches again, before it continues. */
        REPLAYING,
        /** Waits for the next cut. */
        IDLE,
        /** Its batch is being split, by this thread or by that of another lane which wants it as well. */
        SPLITTING,
        /** Its batch is large, or may be: waits until it is split elsewhere. */
        OFFLOADED,
        /** Brings the records of its batch that fit no bucket to the dead letters. */
        SETTING_ASIDE,
        /** Waits until a crash would come back to where the sink begins. */
        BEGINNING,
        /** The sink has the batch. */
        DELIVERING,
        /** The sink threw, or the batch cannot be processed: nothing more is delivered before the next start. */
        STOPPED
    }

    private final Sink sink;
    private final SharedBatches shared;
    private final LaneContext context;
    private final DeadLetterBox letters;
    private final LongSupplier durableBatch;
    private final StageWaker waker = new StageWaker();
    private final MarkSlot slot = new MarkSlot(waker);
    private final LaneMarks marks;
    private final ReadRetry readRetry;
    /** Where the sink was in the first batch, when the server started. */
    private final Progress resumeAt;

    private final long first;

    private volatile State state = State.IDLE;
    /** The batch that the sink gets, or will. */
    private volatile BatchPlace place;

    private volatile long passedRecords;
    private volatile long oldestMillis;
    private volatile boolean keylessStuck;
    /** Why it is {@code STOPPED}. */
    private volatile String stoppedBy = "";

    /** Of {@code REPLAYING}. */
    private Replay replay;
    /** From {@code OFFLOADED} to {@code DELIVERING}. */
    private SharedBatches.Lease loaded;
    /** Of {@code SETTING_ASIDE}. */
    private KeylessLetters keyless;
    /** Of {@code BEGINNING}: where in the batch. */
    private Progress beginAt;
    /** Of {@code DELIVERING}: what the sink last said of what fails. */
    private String trouble = "";

    /**
     * @param from the sink's newest mark in the journal
     * @param backlog what was cut before the start and is undelivered
     * @param letters where dead letters go
     * @param durableBatch the last batch of the sink that no restart comes back to
     */
    Lane(LaneContext context, Sink sink, Mark from, Backlog backlog, DeadLetterBox letters, LongSupplier durableBatch) {
        this.context = context;
        this.shared = context.shared();
        this.sink = sink;
        this.marks = new LaneMarks(sink, slot, context.positions(), context.writer(), this::mark);
        this.letters = letters;
        this.durableBatch = durableBatch;
        this.readRetry = new ReadRetry(sink.name());
        this.first = from.batch() + 1;
        this.place = new BatchPlace(first, from.next());
        this.resumeAt = new Progress(from.bucket(), from.first(), from.pieces());
        this.passedRecords = -backlog.records();
        this.oldestMillis = backlog.oldestMillis();
    }

    /** Delivers batches to the sink again before it continues where it is. Before the lane works. */
    void replayFirst(Replay batchesAgain) {
        replay = batchesAgain;
        move(State.REPLAYING);
    }

    /** The one place where the state changes. */
    private void move(State to) {
        log.debug("sink {}: batch {}: {} -> {}", sink.name(), place.number(), state, to);
        state = to;
    }

    @Override
    public String name() {
        return "sink-" + sink.name();
    }

    @Override
    public StageWaker waker() {
        return waker;
    }

    public Sink sink() {
        return sink;
    }

    /** Where its marks are taken from, by the writer. */
    MarkSlot markSlot() {
        return slot;
    }

    /** Number of the last batch that the sink has whole; any thread. */
    public long batch() {
        return place.number() - 1;
    }

    /**
     * Records of the batches that the sink has got whole since the start, less those that it was behind by then. What
     * is missing to the records cut since the start is what it has not delivered. Any thread.
     */
    public long passedRecords() {
        return passedRecords;
    }

    /**
     * Start of the window of the oldest batch that the sink has not delivered completely, milliseconds since the epoch;
     * {@link Backlog#NONE} where it waits for the next cut. Any thread.
     */
    public long oldestMillis() {
        long oldest = oldestMillis;
        return oldest == Backlog.NONE && state == State.SPLITTING
                ? shared.cutOf(place).map(Cut::windowStartMillis).orElse(Backlog.NONE)
                : oldest;
    }

    @Override
    public boolean awaitsSync() {
        return marks.awaitsSync();
    }

    /** What the sink has counted since its start; any thread. */
    public Counts counts() {
        return BatchRecorder.counts(sink);
    }

    /** How the sink is doing; any thread. */
    public SinkStatus status() {
        State now = state;
        if (now == State.STOPPED) {
            return sink.status().stopped(stoppedBy);
        }
        String cannotRead = readRetry.trouble();
        if (!cannotRead.isEmpty()) {
            return sink.status().failing(cannotRead);
        }
        if (now == State.SPLITTING) {
            return sink.status().splitting();
        }
        return keylessStuck
                ? sink.status().failing("no room among the dead letters for records without a key; see 'decant dlq'")
                : sink.status();
    }

    /** Whether nothing more is delivered before the next start; any thread. */
    boolean isStopped() {
        return state == State.STOPPED;
    }

    /**
     * Whether the sink has all before {@code position}, replays included, and the writer the mark that says so; any
     * thread.
     */
    boolean hasMarked(long position) {
        return state != State.REPLAYING && place.start() >= position && marks.areTaken();
    }

    @Override
    public boolean work(long nowNanos) {
        if (state == State.STOPPED) {
            return false;
        }
        sink.report(nowNanos);
        try {
            return !readRetry.waits(nowNanos) && step(nowNanos);
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
            // Not the sink's failure: nothing can continue without the journal.
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
        stop(e + "; no further data is sent to this sink until a restart, which retries from here", e);
    }

    private void stop(String by, Throwable e) {
        stoppedBy = by;
        long at = state == State.REPLAYING ? replay.batch() : place.number();
        move(State.STOPPED);
        context.batches().failed(sink, at, status().lastError());
        log.error("sink {}: {}: {}", sink.name(), SinkState.STOPPED, by, e);
        try {
            letGo();
        } catch (RuntimeException | Error stillThere) {
            if (!AttemptFailure.covers(stillThere)) {
                throw stillThere;
            }
            log.warn("sink {} does not release its batch, which stays in memory", sink.name(), stillThere);
        }
    }

    private boolean step(long nowNanos) {
        return switch (state) {
            case REPLAYING -> replay(nowNanos);
            case IDLE, SPLITTING -> split(nowNanos);
            case OFFLOADED -> load(nowNanos);
            case SETTING_ASIDE -> setAside(nowNanos);
            case BEGINNING -> begin(nowNanos);
            case DELIVERING -> deliver(nowNanos);
            case STOPPED -> false;
        };
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
            move(State.IDLE);
        }
        return worked;
    }

    /** Takes the next batch, where there is one. */
    private boolean split(long nowNanos) {
        long cut = context.positions().cut();
        if (place.start() >= cut) {
            if (oldestMillis != Backlog.NONE) {
                oldestMillis = Backlog.NONE;
            }
            return false;
        }
        move(State.SPLITTING);
        context.batches().taken(sink, place.number());
        try {
            loaded = shared.open(place, cut);
        } finally {
            move(loaded == null ? State.IDLE : State.OFFLOADED);
        }
        return load(nowNanos);
    }

    private boolean load(long nowNanos) {
        boolean isOpen = loaded.isOpen();
        readRetry.goesOn();
        if (!isOpen) {
            loaded.cut().ifPresent(this::awaited);
            return false;
        }
        OpenBatch batch = loaded.batch();
        readRetry.succeeded(nowNanos);
        oldestMillis = batch.cut().windowStartMillis();
        context.batches().opened(sink, batch);
        if (batch.cut().shape().sink(sink.name()) == null) {
            // Cut while this sink was not in the settings.
            passed();
            return true;
        }
        keyless = new KeylessLetters(batch, letters);
        move(State.SETTING_ASIDE);
        return true;
    }

    /** Spark splits the batch, or it is not known yet whether it is to. */
    private void awaited(Cut cut) {
        oldestMillis = cut.windowStartMillis();
        context.batches().awaited(sink, cut);
    }

    /** A mark passes the records that fit no bucket as well: they are among the dead letters before anything else. */
    private boolean setAside(long nowNanos) {
        boolean worked = keyless.work(nowNanos);
        if (worked) {
            readRetry.succeeded(nowNanos);
        }
        keylessStuck = keyless.isStuck(nowNanos);
        if (!keyless.synced()) {
            return worked;
        }
        keyless = null;
        beginAt = place.number() == first ? resumeAt : Progress.START;
        marks.goOnFrom(beginAt);
        move(State.BEGINNING);
        return begin(nowNanos);
    }

    /** Has the sink begin where it should, once a crash would come back to that place, too. */
    private boolean begin(long nowNanos) {
        if (!marks.letBegin(nowNanos)) {
            return false;
        }
        sink.batchesDurable(durableBatch.getAsLong());
        sink.begin(loaded.batch(), beginAt, letters);
        beginAt = null;
        trouble = "";
        readRetry.goesOn();
        move(State.DELIVERING);
        return true;
    }

    private boolean deliver(long nowNanos) {
        boolean worked = marks.look();
        if (sink.work(nowNanos)) {
            readRetry.succeeded(nowNanos);
            noteTrouble();
            worked = true;
        }
        if (sink.delivered()) {
            sink.abandon();
            marks.stopWaiting();
            passed();
            return true;
        }
        worked |= marks.markProgress(nowNanos);
        return worked;
    }

    private void noteTrouble() {
        String now = sink.status().lastError();
        if (!now.equals(trouble)) {
            trouble = now;
            if (!now.isEmpty()) {
                context.batches().trouble(sink, place.number(), now);
            }
        }
    }

    /**
     * The batch lies on a filesystem that fails. What was delivered is kept, and it starts again after that in a while.
     */
    private void readAgain(StagedReadException e, long nowNanos) {
        readRetry.failed(e.getMessage(), LoggedCauses.kind(e.getCause()), 0, nowNanos);
        if (state == State.REPLAYING) {
            replay.beginAgain();
        } else if (state == State.DELIVERING) {
            beginAt = sink.progress();
            sink.abandon();
            marks.markBeginning(beginAt);
            move(State.BEGINNING);
        }
    }

    private Mark mark(Progress progress) {
        BatchPlace at = place;
        context.batches().progress(sink, at.number(), progress.bucket());
        return new Mark(
                sink.name(), at.number() - 1, at.start(), progress.bucket(), progress.first(), progress.pieces());
    }

    /** The sink has the batch whole. */
    private void passed() {
        BatchPlace next = place.next(loaded.end());
        long passed = passedRecords + loaded.batch().cut().records();
        loaded.close();
        loaded = null;
        passedRecords = passed;
        marks.markWhole(new Mark(sink.name(), next.number() - 1, next.start(), 0, 0));
        context.batches().passed(sink, next.number() - 1);
        // Behind the mark: who sees the place finds the mark in its slot, or taken.
        place = next;
        move(State.IDLE);
    }

    @Override
    public void stopping() {
        shared.stop();
    }

    @Override
    public long wakeAtNanos() {
        return state == State.STOPPED ? Long.MAX_VALUE : Math.min(wakeToDeliverNanos(), sink.reportAtNanos());
    }

    private long wakeToDeliverNanos() {
        if (readRetry.againNanos() != Long.MIN_VALUE) {
            return readRetry.againNanos();
        }
        return switch (state) {
            case REPLAYING -> replay.wakeAtNanos();
            case DELIVERING -> Math.min(marks.wakeAtNanos(), sink.wakeAtNanos());
            default -> Long.MAX_VALUE;
        };
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
            keylessStuck = false;
            marks.stopWaiting();
            loaded.close();
            loaded = null;
        }
    }
}
