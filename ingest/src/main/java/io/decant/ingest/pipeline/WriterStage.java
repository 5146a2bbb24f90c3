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
import io.decant.ingest.journal.Recipients;
import io.decant.ingest.journal.SegmentKeeper;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.Syncer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one stage that appends: marks first (they free space), then a cut that is due, then what a replay or the sources handed in, as
 * long as the syncer and the disk keep up. A replay goes before the sources, which would otherwise mix with it: what is open is
 * cut when the records that come next are for other sinks.
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
    private final Function<Recipients, Shape> shape;
    private final RecentBatches batches;
    private final DeadLetters deadLetters;
    private final SettledBatches settled;
    private final DiskBounds bounds;
    private final GroupLimits limits;
    private final List<MarkSlot> marks = new ArrayList<>();
    private final List<Block> group = new ArrayList<>();
    /** Taken from the queue already: the rest of a block that was cut in two, or one that did not fit its group. */
    private Block held;

    private final LetterReplaySlot replays;
    /** The rest of what was taken from the slot. */
    private final Deque<Block> replay = new ArrayDeque<>();

    private volatile Pressure pressure = Pressure.NONE;
    private volatile CutSoFar cutSoFar = new CutSoFar(0, 0);
    private volatile Uncut uncut;
    private volatile boolean cutNow;
    private volatile long drainedUpTo = NOT_DRAINED;
    private volatile boolean awaitsSync;

    /**
     * @param replays where dead letters that go out again are handed in
     * @param shape what the settings make of the next batch, which is for these sinks
     */
    WriterStage(
            JournalWriter writer,
            HandOff handOff,
            LetterReplaySlot replays,
            Syncer syncer,
            SegmentKeeper keeper,
            Positions positions,
            Cutter cutter,
            Function<Recipients, Shape> shape,
            RecentBatches batches,
            DeadLetters deadLetters,
            SettledBatches settled,
            DiskBounds bounds,
            GroupLimits limits) {
        this.writer = writer;
        this.handOff = handOff;
        this.replays = replays;
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
    MarkSlot newMarkSlot(Runnable wakeLane) {
        MarkSlot slot = new MarkSlot(wakeLane);
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

    /** Whether a sync may let the stage go on; any thread. */
    boolean awaitsSync() {
        return awaitsSync;
    }

    @Override
    public boolean work(long nowNanos) {
        // Until it is known: a sync that ends meanwhile must not be missed.
        awaitsSync = true;
        boolean worked = appendAndCut(nowNanos);
        awaitsSync =
                !syncer.hasRoom() || isAhead() || !writer.hasRoomForMarks() || !writer.hasRoomForBlocks(nextBytesMax());
        return worked;
    }

    private boolean isAhead() {
        return positions.appended() - positions.synced() >= limits.aheadBytesMax();
    }

    private boolean appendAndCut(long nowNanos) {
        boolean worked = appendMarks();
        takeReplay();
        look();
        if (cutter.due(writer.state(), nowNanos) || isInTheWay()) {
            worked |= cut();
        }
        if (!waits()) {
            worked |= appendBlocks(nowNanos);
        }
        if (pressure == Pressure.NONE) {
            handOff.wakeWaiting();
        }
        // Under pressure the rest of the queue stays where it is, unacknowledged.
        if (cutNow && !worked && (pressure != Pressure.NONE || nothingWaits())) {
            if (cutter.isOpen()) {
                worked = cut();
            } else {
                drainedUpTo = writer.state().cutEnd();
            }
        }
        return worked;
    }

    private void takeReplay() {
        List<Block> blocks = replay.isEmpty() ? replays.poll() : null;
        if (blocks != null) {
            replay.addAll(blocks);
        }
    }

    /** Whether there is an open batch and nothing may join it, for that has to wait, or what comes next is for other sinks. */
    private boolean isInTheWay() {
        return cutter.isOpen()
                && (waits() || !nextRecipients().equals(writer.state().uncutRecipients()));
    }

    /** Whether what comes next has to. */
    private boolean waits() {
        return replay.isEmpty() ? pressure != Pressure.NONE : pressure.holdsReplays();
    }

    private Recipients nextRecipients() {
        return replay.isEmpty() ? Recipients.EVERY_SINK : Recipients.of(replay.peek().stream());
    }

    private boolean nothingWaits() {
        return held == null && handOff.isEmpty() && replay.isEmpty() && replays.isEmpty();
    }

    private boolean appendMarks() {
        boolean worked = false;
        // Where only the reserve is left it must last until a segment can go, however many batches that takes.
        boolean roomy = writer.hasRoomForBlocks(limits.entryBytesMax());
        for (MarkSlot slot : marks) {
            MarkSlot.Numbered next = slot.peek();
            if (next != null && canAppendSmall() && (roomy || mayHaveReserve(next))) {
                writer.append(next.mark());
                settled.appended(next.mark());
                slot.taken(next, positions.appended());
                worked = true;
            }
        }
        return worked;
    }

    private boolean mayHaveReserve(MarkSlot.Numbered next) {
        return writer.frees(next.mark()) || (next.awaited() && writer.hasReserveFor(next.mark()));
    }

    /** Whether a mark or a cut can be appended now. */
    private boolean canAppendSmall() {
        return syncer.hasRoom() && writer.hasRoomForMarks();
    }

    private boolean cut() {
        if (!canAppendSmall()) {
            return false;
        }
        Recipients recipients = writer.state().uncutRecipients();
        Cut cut = cutter.cut(writer.state(), shape.apply(recipients));
        writer.append(cut);
        if (!recipients.equals(Recipients.EVERY_SINK)) {
            replays.cut(replay.isEmpty());
        }
        batches.cut(cut);
        showUncut();
        cutSoFar = new CutSoFar(cutSoFar.batches() + 1, cutSoFar.records() + cut.records());
        return true;
    }

    /** Appends what waits; no more in one turn than may be ahead of the disk, since time and marks are looked at between turns. */
    private boolean appendBlocks(long nowNanos) {
        boolean worked = false;
        long enough = positions.appended() + limits.aheadBytesMax();
        while (positions.appended() < enough
                && syncer.hasRoom()
                && !isAhead()
                && writer.hasRoomForBlocks(nextBytesMax())
                && cutter.recordsLeft(writer.state()) > 0
                && !isInTheWay()) {
            gather();
            if (group.isEmpty()) {
                break;
            }
            writer.append(group);
            group.clear();
            cutter.appended(writer.state(), nowNanos);
            drainedUpTo = NOT_DRAINED;
            showUncut();
            // Each entry counts: with a disk that keeps up a turn is as long as the sources have something.
            look();
            worked = true;
        }
        return worked;
    }

    /** Payload bytes of the next entry at the most: a record that goes out again may be longer than what the sources take by now. */
    private int nextBytesMax() {
        int bytes = limits.entryBytesMax();
        return replay.isEmpty() ? bytes : Math.max(bytes, replay.peek().bytes());
    }

    private void showUncut() {
        JournalState state = writer.state();
        uncut = new Uncut(state.uncutRecords(), state.uncutArrivalMillis(), state.cutEnd());
    }

    /** Fills the group from the queue; a block that would overfill the batch is cut in two, and its rest is held. */
    private void gather() {
        long recordsLeft = cutter.recordsLeft(writer.state());
        long bytes = 0;
        boolean replaying = !replay.isEmpty();
        while (recordsLeft > 0 && group.size() < limits.blocksMax()) {
            Block block = replaying ? replay.poll() : nextOfSources();
            if (block == null) {
                return;
            }
            if (!group.isEmpty() && bytes + block.bytes() > limits.bytesMax()) {
                putBack(block);
                return;
            }
            if (block.records() > recordsLeft) {
                Block[] halves = block.splitAfter((int) recordsLeft);
                block = halves[0];
                putBack(halves[1]);
            }
            group.add(block);
            recordsLeft -= block.records();
            bytes += block.bytes();
        }
    }

    private Block nextOfSources() {
        Block block = held != null ? held : handOff.poll();
        held = null;
        return block;
    }

    private void putBack(Block block) {
        if (Recipients.isReplay(block.stream())) {
            replay.addFirst(block);
        } else {
            held = block;
        }
    }

    /** Looks whether the disk lets sources go on. */
    private void look() {
        Pressure next;
        if (bounds.isBacklog(backlogBytes(), pressure)) {
            next = Pressure.BACKLOG;
        } else if (bounds.isShort(keeper.freeBytes(), pressure)) {
            next = Pressure.FREE_SPACE;
        } else if (!writer.hasRoomForBlocks(nextBytesMax())) {
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
        takeReplay();
        replay.forEach(Block::release);
        replay.clear();
        handOff.discard();
    }
}
