package io.decant.ingest.pipeline;

import io.decant.ingest.batch.Cutter;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.Exclusion;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.JournalWriter;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.journal.Recipients;
import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.Syncer;
import io.decant.ingest.stage.Stage;
import io.decant.ingest.stage.StageWaker;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The one stage that appends: marks first (they free space), then a cut that is due, then what a replay or the sources
 * handed in, as long as the syncer and the disk keep up. A replay goes before the sources, which would otherwise mix
 * with it: what is open is cut when the records that come next are for other sinks.
 */
public final class WriterStage implements Stage {

    static final long NOT_DRAINED = -1;

    /**
     * What is appended and of no batch yet.
     *
     * @param sinceMillis when the oldest of the records came, milliseconds since the epoch
     * @param from position behind the last cut, which need not be synced
     */
    public record Uncut(long records, long sinceMillis, long from) {}

    /** Batches cut since the start, and their records. */
    public record CutSoFar(long batches, long records) {}

    private final StageWaker waker;
    private final JournalWriter writer;
    private final Syncer syncer;
    private final Positions positions;
    private final GroupLimits limits;
    private final Function<Recipients, Shape> shape;
    private final ServedTime served;
    private final WaitingBlocks waiting;
    private final ExclusionRequests exclusions;
    private final ImportRequests imports;
    private final List<MarkSlot> marks = new ArrayList<>();
    private final Cutter cutter;
    private final PauseControl pause;
    private final DurableProgress settled;
    private final BatchRecorder batches;

    private volatile CutSoFar cutSoFar = new CutSoFar(0, 0);
    private volatile Uncut uncut;
    private volatile boolean cutNow;
    private volatile long drainedUpTo = NOT_DRAINED;
    private volatile boolean awaitsSync;

    /**
     * @param waiting what is to be appended
     * @param exclusions records that lanes want to be set aside
     * @param imports what imports want to have kept
     * @param settled told of each mark
     * @param batches told of each cut, and that marks were appended
     */
    WriterStage(
            StageWaker waker,
            WriterContext journal,
            WaitingBlocks waiting,
            ExclusionRequests exclusions,
            ImportRequests imports,
            Cutter cutter,
            PauseControl pause,
            DurableProgress settled,
            BatchRecorder batches) {
        this.waker = waker;
        this.writer = journal.writer();
        this.syncer = journal.syncer();
        this.positions = journal.positions();
        this.limits = journal.limits();
        this.shape = journal.shape();
        this.served = journal.served();
        this.waiting = waiting;
        this.exclusions = exclusions;
        this.imports = imports;
        this.cutter = cutter;
        this.pause = pause;
        this.settled = settled;
        this.batches = batches;
        writer.reserveFor(shape.apply(Recipients.EVERY_SINK));
        showUncut();
    }

    /** Has a sink's marks taken from its slot. Before the stage runs. */
    void takeMarksFrom(MarkSlot slot) {
        marks.add(slot);
    }

    @Override
    public String name() {
        return "journal-writer";
    }

    @Override
    public StageWaker waker() {
        return waker;
    }

    /** What was cut since the start; any thread. */
    public CutSoFar cutSoFar() {
        return cutSoFar;
    }

    /** Any thread. */
    public Uncut uncut() {
        return uncut;
    }

    /** Has everything that is uncut cut as soon as the queue is empty; any thread. The stage must be woken. */
    void cutAll() {
        cutNow = true;
    }

    /**
     * End of the last cut, once nothing waits to be appended or cut after {@link #cutAll}, and sources hand in nothing
     * more; {@link #NOT_DRAINED} before.
     */
    long drainedUpTo() {
        return drainedUpTo;
    }

    @Override
    public boolean awaitsSync() {
        return awaitsSync;
    }

    @Override
    public boolean work(long nowNanos) {
        // Until it is known: a sync that ends meanwhile must not be missed.
        awaitsSync = true;
        boolean worked = appendAndCut(nowNanos);
        awaitsSync = !syncer.hasRoom() || isAhead() || !writer.hasRoomForCut() || !hasRoomForNext();
        return worked;
    }

    private boolean isAhead() {
        return positions.appended() - positions.synced() >= limits.aheadBytesMax();
    }

    private boolean appendAndCut(long nowNanos) {
        boolean worked = appendMarks();
        worked |= appendExclusion();
        worked |= appendImport();
        worked |= noteServed(nowNanos);
        waiting.takeReplay();
        look();
        if (cutter.due(writer.state(), nowNanos) || isInTheWay()) {
            worked |= cut();
        }
        if (!waits()) {
            worked |= appendBlocks(nowNanos);
        }
        if (!isPaused()) {
            waiting.wakeSources();
        }
        // Under pressure the rest of the queue stays where it is, unacknowledged.
        if (cutNow && !worked && (isPaused() || waiting.isEmpty())) {
            if (cutter.isOpen()) {
                worked = cut();
            } else {
                drainedUpTo = writer.state().cutEnd();
            }
        }
        return worked;
    }

    /**
     * Whether there is an open batch and nothing may join it: that has to wait, or what comes next is for other sinks,
     * or must not be divided and does not fit.
     */
    private boolean isInTheWay() {
        return cutter.isOpen()
                && (waits()
                        || !waiting.recipients().equals(writer.state().uncutRecipients())
                        || waiting.needsNextBatch(cutter.recordsLeft(writer.state())));
    }

    /** Whether what comes next has to. */
    private boolean waits() {
        return waiting.isReplay() ? pause.now().holdsReplays() : isPaused();
    }

    private boolean isPaused() {
        return pause.now() != PauseReason.NONE;
    }

    private boolean hasRoomForNext() {
        return writer.hasRoomForBlocks(waiting.entryBytesMax());
    }

    /** Has the journal note the time served, where sessions age by it: a crash takes what was not noted. */
    private boolean noteServed(long nowNanos) {
        if (!canNoteServed() || nowNanos - noteAtNanos() < 0) {
            return false;
        }
        writer.noteServed();
        return true;
    }

    /** What is left on a full disk is for marks and cuts. */
    private boolean canNoteServed() {
        return writer.hasSessions() && syncer.hasRoom() && hasRoomForNext();
    }

    private long noteAtNanos() {
        return served.nanosAt(writer.state().servedMillis() + JournalWriter.NOTE_SERVED_MILLIS);
    }

    private boolean appendMarks() {
        boolean worked = false;
        // Where only the reserve is left it must last until a segment can go, however many batches that takes.
        boolean roomy = writer.hasRoomForBlocks(limits.entryBytesMax());
        for (MarkSlot slot : marks) {
            MarkSlot.Numbered next = slot.peek();
            if (next != null && canAppendMark() && (roomy || mayHaveReserve(next))) {
                writer.append(next.mark());
                settled.appended(next.mark());
                slot.taken(next, positions.appended());
                worked = true;
            }
        }
        if (worked) {
            // They may be synced by now.
            batches.look();
        }
        return worked;
    }

    private boolean mayHaveReserve(MarkSlot.Numbered next) {
        return writer.frees(next.mark()) || (next.awaited() && writer.hasReserveFor(next.mark()));
    }

    /** Sets a record aside that a lane asks for; one at a time, there are few. */
    private boolean appendExclusion() {
        Exclusion exclusion = exclusions.next();
        if (exclusion == null || !canAppendMark()) {
            return false;
        }
        if (writer.mayAppend(exclusion, exclusions.sinksOf(exclusion))) {
            writer.append(exclusion);
            exclusions.appended(exclusion, positions.appended());
        } else {
            exclusions.refused(exclusion);
        }
        return true;
    }

    /** Keeps what an import asks for; one at a time, there are few. It waits while the sources do. */
    private boolean appendImport() {
        if (!imports.isWaiting() || isPaused() || !syncer.hasRoom() || !hasRoomForNext()) {
            return false;
        }
        imports.appendNext(writer);
        return true;
    }

    /** Whether a mark can be appended now. */
    private boolean canAppendMark() {
        return syncer.hasRoom() && writer.hasRoomForMarks();
    }

    private boolean canCut() {
        return syncer.hasRoom() && writer.hasRoomForCut();
    }

    private boolean cut() {
        if (!canCut()) {
            return false;
        }
        Recipients recipients = writer.state().uncutRecipients();
        Cut cut = cutter.cut(writer.state(), shape.apply(recipients));
        writer.append(cut);
        waiting.cut(recipients);
        batches.cut(cut, !recipients.equals(Recipients.EVERY_SINK));
        showUncut();
        cutSoFar = new CutSoFar(cutSoFar.batches() + 1, cutSoFar.records() + cut.records());
        return true;
    }

    /**
     * Appends what waits; no more in one turn than may be ahead of the disk, since time and marks are looked at between
     * turns.
     */
    private boolean appendBlocks(long nowNanos) {
        boolean worked = false;
        long enough = positions.appended() + limits.aheadBytesMax();
        while (positions.appended() < enough
                && syncer.hasRoom()
                && !isAhead()
                && hasRoomForNext()
                && cutter.recordsLeft(writer.state()) > 0
                && !isInTheWay()) {
            List<Block> group = waiting.gather(cutter.recordsLeft(writer.state()), !cutter.isOpen());
            if (group.isEmpty()) {
                // What waits may need the batch cut before it: that is for the next turn.
                return worked || isInTheWay();
            }
            writer.append(group);
            cutter.appended(writer.state(), nowNanos);
            drainedUpTo = NOT_DRAINED;
            showUncut();
            // Each entry counts: with a disk that keeps up a turn is as long as the sources have something.
            look();
            worked = true;
        }
        return worked;
    }

    private void showUncut() {
        JournalState state = writer.state();
        uncut = new Uncut(state.uncutRecords(), state.uncutArrivalMillis(), state.cutEnd());
    }

    private void look() {
        pause.look(backlogBytes(), hasRoomForNext());
    }

    /**
     * Bytes of the journal that are undelivered; marks and checkpoints after the last batch do not count.
     * Any thread.
     */
    public long backlogBytes() {
        long delivered = positions.delivered();
        Uncut now = uncut;
        boolean nothing = now.records() == 0 && delivered == now.from();
        return nothing ? 0 : positions.appended() - delivered;
    }

    /** A cut that is due and cannot be written is no work: a sync, or the next segment, brings the stage here again. */
    @Override
    public long wakeAtNanos() {
        return Math.min(
                canCut() ? cutter.wakeAtNanos() : Long.MAX_VALUE, canNoteServed() ? noteAtNanos() : Long.MAX_VALUE);
    }

    /** Lets go of what waits to be appended; the stage works no more. Not while its thread runs. */
    void close() {
        waiting.close();
    }
}
