package io.decant.ingest.journal;

import io.decant.ingest.journal.Syncer.SyncTicket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends entries, rolls segments, and moves {@code appended}; it does no syncing and decides nothing. Every entry is
 * applied to the {@link JournalState} as it is written.
 *
 * <p>Owned by one thread, the writer's. A failure to write is final: it is thrown as
 * {@link JournalException.Kind#FAILED}, and nothing may be appended after it.
 */
public final class JournalWriter {

    /** Room for a cut of format 2 behind its shape: a header, and what it holds. */
    private static final int CUT_BYTES = 2 * EntryCodec.HEADER_BYTES + 8 * Long.BYTES;

    /** A larger checkpoint continues in further entries. */
    private static final int CHECKPOINT_PIECE_BYTES = 1 << 20;

    /**
     * How often the time served is noted between checkpoints, in milliseconds of it: what a crash takes of it at the
     * most.
     */
    public static final long NOTE_SERVED_MILLIS = 60_000;

    private static final List<Block> NO_BLOCKS = List.of();
    private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);

    private final SegmentStore store;
    private final SegmentTable segments;
    private final JournalState state;
    private final Positions positions;
    private final int journalId;
    private final Consumer<SyncTicket> tickets;
    private final CheckpointRules rules;
    private final long cachedBytesMax;
    private final EntryBuffer buffer;
    private Reserve reserve;
    private SegmentStore.SegmentWriter segment;
    private long number;
    private long base;
    private int entries;

    /**
     * Opens a new segment behind what was recovered; the first segment must be
     * {@linkplain SegmentStore#prepared prepared}.
     *
     * @param nextSegment number of the segment to open
     * @param tickets takes what is to be synced, in order
     * @param rules what checkpoints leave out
     */
    public JournalWriter(
            SegmentStore store,
            JournalView journal,
            JournalState state,
            Positions positions,
            long nextSegment,
            GroupLimits limits,
            Consumer<SyncTicket> tickets,
            CheckpointRules rules) {
        this.store = store;
        this.segments = journal.segments();
        this.state = state;
        this.positions = positions;
        this.journalId = journal.id();
        this.number = nextSegment - 1;
        this.tickets = tickets;
        this.rules = rules;
        this.cachedBytesMax = limits.cachedBytesMax();
        this.buffer = new EntryBuffer(limits);
        this.reserve = Reserve.of(store.segmentSize(), null);
        state.skipTo(positions.appended());
        roll();
    }

    /**
     * What the positions of kept streams may take of a segment's checkpoint, in bytes: the rest of it at its longest
     * leaves room for them, for a block, and for what is reserved behind that. May be negative where a segment is too
     * small for all of it.
     */
    public static long streamsBytesMax(long segmentSize, int blockBytesMax) {
        return segmentSize
                - ChronicleSegmentWriter.SLACK_BYTES
                - JournalState.FORMAT2_BYTES_MAX
                - Reserve.bytesMax(segmentSize)
                - blockBytesMax;
    }

    public JournalState state() {
        return state;
    }

    /**
     * Keeps room for the entry of such a shape, too: on a full disk a cut must fit, and its shape before it.
     *
     * @param shape the longest that the settings make
     */
    public void reserveFor(Shape shape) {
        reserve = Reserve.of(store.segmentSize(), shape);
    }

    /**
     * Whether blocks of this many bytes can be appended as one entry: where not, the disk has no next segment yet, or
     * is behind by a whole one.
     */
    public boolean hasRoomForBlocks(int bytes) {
        return bytes + buffer.headersBytesMax() + reserve.bytes() <= segment.room() || canRoll();
    }

    /** Whether a mark can be appended. */
    public boolean hasRoomForMarks() {
        return reserve.forMark() <= segment.room() || canRoll();
    }

    /** Whether a cut can be appended, and its shape before it. */
    public boolean hasRoomForCut() {
        return reserve.forCut() <= segment.room() || canRoll();
    }

    /**
     * A segment is begun only when the beginning of the one before it is synced. So no more than two hold anything that
     * is not, which is as far as recovery looks back for a torn tail.
     */
    private boolean canRoll() {
        return store.prepared() && positions.synced() > base;
    }

    /**
     * Whether a mark is worth its room where there is no next segment: it takes a sink into another segment, or to the
     * end of all that is cut. Each sink has at most one more such mark than there are segments, so the reserve lasts.
     */
    public boolean frees(Mark mark) {
        Mark before = state.marks().get(mark.sink());
        return mark.next() == state.cutEnd() || before == null || segments.hasBaseWithin(before.next(), mark.next());
    }

    /**
     * Whether a mark that frees nothing, but that a sink waits for, may have of the reserve: half of it is for such
     * marks, the other half for those that free.
     */
    public boolean hasReserveFor(Mark mark) {
        return segment.room() - EntryCodec.HEADER_BYTES - EntryCodec.encodedBytes(mark) > reserve.forMarksThatFree();
    }

    /**
     * Prepares a segment in which a journal in this state can be continued, though blocks do not fit in it: for
     * the checkpoint, a cut, and as many marks as the disk has room for. What recovery cuts off a segment that was
     * filled on a full disk is enough for it, unless another process took the space.
     *
     * @param shape the longest that the settings make
     * @throws IOException where there is no room even for that
     */
    public static void prepareShort(SegmentStore store, JournalState state, Shape shape) throws IOException {
        Reserve.of(store.segmentSize(), shape).prepareShort(store, state);
    }

    /** Appends the blocks as one entry and releases their payloads; as many as the limits allow. */
    public void append(List<Block> blocks) {
        int length = buffer.put(blocks);
        rollIfFull(length + reserve.bytes());
        List<Block> owned = List.copyOf(blocks);
        // Before it is written: a stream that jumps would be found by every later start.
        owned.forEach(state::apply);
        write(EntryKind.BLOCKS, length);
        owned.forEach(Block::release);
        ticket(0, owned);
    }

    /**
     * Appends a cut that closes everything appended since the last one. Where format 1 cannot say its shape, that is
     * written before it unless the journal holds it.
     */
    public void append(Cut cut) {
        state.check(cut.head());
        // Format 1 has no window that goes back: 0.1.0 would take the cut for damage.
        boolean goesBack = cut.windowStartMillis() < state.windowStartMillis();
        if (cut.shape().fitsFormat1() && !goesBack) {
            EntryCodec.putCut(buffer.begin(EntryCodec.FORMAT_FIRST), cut);
            appendSmall(EntryKind.CUT);
        } else {
            int shape = numberOf(cut.shape());
            EntryCodec.putCut(buffer.begin(EntryCodec.FORMAT), cut.head(), shape);
            // There is room: it was made for the shape and its cut together.
            write(EntryKind.CUT, buffer.end());
            state.shapes().use(shape);
        }
        long end = base + segment.end();
        state.apply(cut.head(), end);
        segments.ended(cut.start(), end, cut.windowEndMillis());
        ticket(cut.batch(), NO_BLOCKS);
    }

    /** The number of a shape, which is written if it is not held in this segment. */
    private int numberOf(Shape shape) {
        // In one segment with its cut, for a number means a shape within a segment; a roll may drop the one that was
        // held.
        rollIfFull((long) Reserve.shapeEntryBytes(shape) + CUT_BYTES);
        int held = state.shapes().numberOf(shape);
        if (held > 0) {
            return held;
        }
        int number = state.shapes().nextNumber();
        int bytes = Integer.BYTES + ShapeCodec.encodedBytes(shape);
        ShapeCodec.put(buffer.begin(EntryCodec.FORMAT, bytes).putInt(number), shape);
        write(EntryKind.SHAPE, buffer.end());
        state.shapes().add(number, shape);
        segments.addShape(base, number, shape);
        return number;
    }

    public void append(Mark mark) {
        state.check(mark);
        EntryCodec.putMark(buffer.begin(EntryCodec.FORMAT_FIRST), mark);
        appendSmall(EntryKind.MARK);
        state.apply(mark);
        ticket(0, NO_BLOCKS);
    }

    /** Forgets a sink that is no longer in the settings, and what it did not deliver. */
    public void forget(String sink) {
        EntryCodec.putString(buffer.begin(EntryCodec.FORMAT_FIRST), sink);
        appendSmall(EntryKind.FORGET);
        state.forget(sink);
        ticket(0, NO_BLOCKS);
    }

    /** Whether the journal holds streams of sessions, which age by the time served. */
    public boolean hasSessions() {
        return rules.hasSessions() && !state.streams().isEmpty();
    }

    /**
     * Notes how long servers have served, so that a crash takes no more than {@value #NOTE_SERVED_MILLIS} ms of it. It
     * is a {@code forget} of no sink, which 0.1.0 passes over.
     */
    public void noteServed() {
        long served = Math.max(state.servedMillis(), rules.servedMillis());
        ByteBuffer target = buffer.begin(EntryCodec.FORMAT_FIRST);
        EntryCodec.putString(target, "");
        target.putLong(served);
        appendSmall(EntryKind.FORGET);
        state.served(served);
        ticket(0, NO_BLOCKS);
    }

    /**
     * Whether a record may be set aside: no sink has begun its batch, and there is room.
     *
     * @param sinks that the batch is for, by the shape that its cut froze
     */
    public boolean mayAppend(Exclusion exclusion, Set<String> sinks) {
        return state.mayFollow(exclusion, sinks);
    }

    /**
     * Sets a record aside. Call only where it {@linkplain #mayAppend may be}.
     *
     * @throws IllegalStateException where its batch is not cut, or {@value Exclusions#COUNT_MAX} records are set aside
     */
    public void append(Exclusion exclusion) {
        state.check(exclusion);
        exclusion.put(buffer.begin(EntryCodec.FORMAT, exclusion.encodedBytes()));
        appendSmall(EntryKind.EXCLUSION);
        state.apply(exclusion);
        ticket(0, NO_BLOCKS);
    }

    /**
     * Keeps what an import is going to read, as long as its source is in the settings.
     *
     * @throws IllegalStateException where imports take more than {@value Imports#BYTES_MAX} bytes
     */
    public void append(ImportPlan plan) {
        state.imports().check(plan);
        plan.put(buffer.begin(EntryCodec.FORMAT, plan.encodedBytes()));
        appendSmall(EntryKind.PLAN);
        state.apply(plan);
        ticket(0, NO_BLOCKS);
    }

    /**
     * Keeps what an import has read, as long as its source is in the settings.
     *
     * @throws IllegalStateException where imports take more than {@value Imports#BYTES_MAX} bytes
     */
    public void append(ImportDone done) {
        state.imports().check(done);
        done.put(buffer.begin(EntryCodec.FORMAT, done.encodedBytes()));
        appendSmall(EntryKind.DONE);
        state.apply(done);
        ticket(0, NO_BLOCKS);
    }

    private void appendSmall(EntryKind kind) {
        int length = buffer.end();
        rollIfFull(length);
        write(kind, length);
    }

    private void rollIfFull(long length) {
        if (length > segment.room() && canRoll()) {
            roll();
        }
    }

    private void roll() {
        long start = segment == null ? positions.appended() : base + segment.end();
        try {
            segment = store.activate(number + 1);
        } catch (IOException e) {
            throw failed("cannot begin a new segment", e);
        }
        number++;
        base = start;
        entries = 0;
        state.beforeCheckpoint(rules);
        segments.add(number, base, state.shapes().held());
        int format = CheckpointCodec.format(state);
        ByteBuffer bytes = state.encode(number, base);
        int pieceBytes = Math.toIntExact(Math.min(CHECKPOINT_PIECE_BYTES, store.segmentSize() / 16));
        int pieces = (bytes.remaining() + pieceBytes - 1) / pieceBytes;
        log.debug("journal segment {} begins at {}", number, base);
        for (int i = 0; i < pieces; i++) {
            int take = Math.min(pieceBytes, bytes.remaining());
            int length = EntryCodec.align(EntryCodec.HEADER_BYTES + 3 * Integer.BYTES + take);
            ByteBuffer entry = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
            entry.position(EntryCodec.HEADER_BYTES);
            entry.putInt(i).putInt(pieces).putInt(take);
            entry.put(bytes.slice(bytes.position(), take));
            bytes.position(bytes.position() + take);
            write(EntryKind.CHECKPOINT, format, new ByteBuffer[] {entry.clear()}, 1, length);
        }
        ticket(0, NO_BLOCKS);
    }

    private void write(EntryKind kind, int length) {
        write(kind, buffer.format(), buffer.parts(), buffer.partCount(), length);
        buffer.release();
    }

    private void write(EntryKind kind, int format, ByteBuffer[] buffers, int count, int length) {
        try {
            long offset = segment.begin(length);
            EntryCodec.putHeader(buffers[0], format, kind, entries++, journalId, base + offset, positions.synced());
            EntryCodec.seal(buffers, count);
            boolean readSoon = positions.appended() - state.deliveredByOne() < cachedBytesMax;
            segment.write(buffers, count, readSoon);
        } catch (IOException | InternalError e) {
            // The JVM reports a mapping that the disk no longer backs by the latter, at times a few instructions late.
            throw failed("cannot write", e);
        }
        positions.appended(base + segment.end());
    }

    private void ticket(long batch, List<Block> blocks) {
        tickets.accept(new SyncTicket(segment, positions.appended(), state.cutEnd(), state.delivered(), batch, blocks));
    }

    private JournalException failed(String what, Throwable cause) {
        return new JournalException(
                JournalException.Kind.FAILED,
                "journal: " + what + " in " + store.describe(number) + ": " + cause.getMessage()
                        + "; no further records will be acknowledged; fix the disk and restart",
                cause);
    }
}
