package io.decant.ingest.pipeline;

import io.decant.ingest.batch.Cutter;
import io.decant.ingest.deadletter.DeadLetters;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.HandOff;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.JournalWriter;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.journal.SegmentKeeper;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.Syncer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one stage that appends: marks first (they free space), then a cut that is due, then what the sources handed in, as long
 * as the syncer and the disk keep up.
 */
final class WriterStage implements Stage {

    static final long NOT_DRAINED = -1;

    private static final Logger log = LoggerFactory.getLogger(WriterStage.class);

    /**
     * What is appended and of no batch yet.
     *
     * @param sinceMillis when the oldest of the records came, milliseconds since the epoch
     * @param from position behind the last cut, which need not be synced
     */
    record Uncut(long records, long sinceMillis, long from) {}

    /** Batches cut since the start, and their records. */
    record CutSoFar(long batches, long records) {}

    private final JournalWriter writer;
    private final HandOff handOff;
    private final Syncer syncer;
    private final SegmentKeeper keeper;
    private final Positions positions;
    private final Cutter cutter;
    private final Supplier<Shape> shape;
    private final RecentBatches batches;
    private final DeadLetters deadLetters;
    private final SettledBatches settled;
    private final DiskBounds bounds;
    private final GroupLimits limits;
    private final List<MarkSlot> marks = new ArrayList<>();
    private final List<Block> group = new ArrayList<>();
    /** Taken from the queue already: the rest of a block that was cut in two, or one that did not fit its group. */
    private Block held;

    private volatile Pressure pressure = Pressure.NONE;
    private volatile CutSoFar cutSoFar = new CutSoFar(0, 0);
    private volatile Uncut uncut;
    private volatile boolean cutNow;
    private volatile long drainedUpTo = NOT_DRAINED;

    /** @param shape what the settings make of the next batch */
    WriterStage(
            JournalWriter writer,
            HandOff handOff,
            Syncer syncer,
            SegmentKeeper keeper,
            Positions positions,
            Cutter cutter,
            Supplier<Shape> shape,
            RecentBatches batches,
            DeadLetters deadLetters,
            SettledBatches settled,
            DiskBounds bounds,
            GroupLimits limits) {
        this.writer = writer;
        this.handOff = handOff;
        this.syncer = syncer;
        this.keeper = keeper;
        this.positions = positions;
        this.cutter = cutter;
        this.shape = shape;
        this.batches = batches;
        this.deadLetters = deadLetters;
        this.settled = settled;
        this.bounds = bounds;
        this.limits = limits;
        showUncut();
    }

    /** A place for a sink's marks. Before the stage runs. */
    MarkSlot newMarkSlot() {
        MarkSlot slot = new MarkSlot();
        marks.add(slot);
        return slot;
    }

    @Override
    public String name() {
        return "journal-writer";
    }

    /** Why sources wait; any thread. */
    Pressure pressure() {
        return pressure;
    }

    /** Why sources wait, in words; empty where they do not. Any thread. */
    String pressureReason() {
        Pressure now = pressure;
        return now == Pressure.NO_SEGMENT ? now.reason() + ": " + keeper.trouble() : now.reason();
    }

    /** What was cut since the start; any thread. */
    CutSoFar cutSoFar() {
        return cutSoFar;
    }

    /** Any thread. */
    Uncut uncut() {
        return uncut;
    }

    /** Has everything that is uncut cut as soon as the queue is empty; any thread. The stage must be woken. */
    void cutAll() {
        cutNow = true;
    }

    /**
     * End of the last cut, once nothing waits to be appended or cut after {@link #cutAll}, and sources hand in nothing more;
     * {@link #NOT_DRAINED} before.
     */
    long drainedUpTo() {
        return drainedUpTo;
    }

    @Override
    public boolean work(long nowNanos) {
        boolean worked = appendMarks();
        look();
        if (cutter.due(writer.state(), nowNanos) || (pressure != Pressure.NONE && cutter.isOpen())) {
            worked |= cut();
        }
        if (pressure == Pressure.NONE) {
            worked |= appendBlocks(nowNanos);
            handOff.wakeWaiting();
        }
        // Under pressure the rest of the queue stays where it is, unacknowledged.
        if (cutNow && !worked && (pressure != Pressure.NONE || (held == null && handOff.isEmpty()))) {
            if (cutter.isOpen()) {
                worked = cut();
            } else {
                drainedUpTo = writer.state().cutEnd();
            }
        }
        return worked;
    }

    private boolean appendMarks() {
        boolean worked = false;
        // Where only the reserve is left it must last until a segment can go, however many batches that takes.
        boolean roomy = writer.hasRoomForBlocks(limits.entryBytesMax());
        for (MarkSlot slot : marks) {
            MarkSlot.Numbered next = slot.peek();
            if (next != null && canAppendSmall() && (roomy || writer.frees(next.mark()))) {
                writer.append(next.mark());
                settled.appended(next.mark());
                slot.taken(next, positions.appended());
                worked = true;
            }
        }
        return worked;
    }

    /** Whether a mark or a cut can be appended now. */
    private boolean canAppendSmall() {
        return syncer.hasRoom() && writer.hasRoomForMarks();
    }

    private boolean cut() {
        if (!canAppendSmall()) {
            return false;
        }
        Cut cut = cutter.cut(writer.state(), shape.get());
        writer.append(cut);
        batches.cut(cut);
        showUncut();
        cutSoFar = new CutSoFar(cutSoFar.batches() + 1, cutSoFar.records() + cut.records());
        return true;
    }

    private boolean appendBlocks(long nowNanos) {
        boolean worked = false;
        while (syncer.hasRoom()
                && positions.appended() - positions.synced() < limits.aheadBytesMax()
                && writer.hasRoomForBlocks(limits.entryBytesMax())
                && cutter.recordsLeft(writer.state()) > 0) {
            gather();
            if (group.isEmpty()) {
                break;
            }
            writer.append(group);
            group.clear();
            cutter.appended(writer.state(), nowNanos);
            worked = true;
        }
        if (worked) {
            showUncut();
        }
        return worked;
    }

    private void showUncut() {
        JournalState state = writer.state();
        uncut = new Uncut(state.uncutRecords(), state.uncutArrivalMillis(), state.cutEnd());
    }

    /** Fills the group from the queue; a block that would overfill the batch is cut in two, and its rest is held. */
    private void gather() {
        long recordsLeft = cutter.recordsLeft(writer.state());
        long bytes = 0;
        while (recordsLeft > 0 && group.size() < limits.blocksMax()) {
            Block block = held != null ? held : handOff.poll();
            held = null;
            if (block == null) {
                return;
            }
            if (!group.isEmpty() && bytes + block.bytes() > limits.bytesMax()) {
                held = block;
                return;
            }
            if (block.records() > recordsLeft) {
                Block[] halves = block.splitAfter((int) recordsLeft);
                block = halves[0];
                held = halves[1];
            }
            group.add(block);
            recordsLeft -= block.records();
            bytes += block.bytes();
        }
    }

    /** Looks whether the disk lets sources go on. */
    private void look() {
        Pressure next;
        if (bounds.isBacklog(backlogBytes(), pressure)) {
            next = Pressure.BACKLOG;
        } else if (bounds.isShort(keeper.freeBytes(), pressure)) {
            next = Pressure.FREE_SPACE;
        } else if (!writer.hasRoomForBlocks(limits.entryBytesMax())) {
            // Usually the keeper is just busy with it; it is worth a word only where it cannot.
            next = keeper.trouble().isEmpty() ? Pressure.NONE : Pressure.NO_SEGMENT;
        } else if (deadLetters.isFull()) {
            next = Pressure.DEAD_LETTERS;
        } else {
            next = Pressure.NONE;
        }
        if (next != pressure) {
            transition(next);
        }
    }

    /**
     * Bytes of the journal that some sink still has to get; marks and checkpoints behind the last batch are nobody's. Any
     * thread.
     */
    long backlogBytes() {
        long delivered = positions.delivered();
        Uncut now = uncut;
        boolean nothing = now.records() == 0 && delivered == now.from();
        return nothing ? 0 : positions.appended() - delivered;
    }

    private void transition(Pressure next) {
        if (next == Pressure.NONE) {
            log.info("sources go on: no longer '{}'", pressure.reason());
        } else {
            log.warn("sources wait: {}", next.reason());
        }
        pressure = next;
    }

    /** A cut that is due and cannot be written is no work: a sync, or the next segment, brings the stage here again. */
    @Override
    public long wakeAtNanos() {
        return canAppendSmall() ? cutter.wakeAtNanos() : Long.MAX_VALUE;
    }

    /** Lets go of what waits to be appended; the stage works no more. Not while its thread runs. */
    void close() {
        if (held != null) {
            held.release();
            held = null;
        }
        handOff.discard();
    }
}
