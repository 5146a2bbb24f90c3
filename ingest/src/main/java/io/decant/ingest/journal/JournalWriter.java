package io.decant.ingest.journal;

import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Appends entries, rolls segments, and moves {@code appended}; it does no syncing and decides nothing. Every entry is applied
 * to the {@link JournalState} as it is written.
 *
 * <p>Owned by one thread, the writer's. A failure to write is final: it is thrown as {@link JournalException.Kind#FAILED},
 * and nothing may be appended after it.
 */
public final class JournalWriter {

    /** Payloads up to this length are copied beside their headers: one more buffer in the gathering write costs as much. */
    private static final int COPIED_BYTES_MAX = 8 << 10;
    /** Longest header of a block: names of full length, and what stands beside them. */
    private static final int BLOCK_HEADER_BYTES_MAX = StreamId.SOURCE_BYTES_MAX + StreamId.NAME_BYTES_MAX + 64;

    /** Longest cut or mark: a regular expression and a hundred sinks fit. */
    private static final int MARK_BYTES_MAX = 128 << 10;
    /** Pieces of one block's payload: what was carried over and what was read. */
    private static final int PIECES_MAX = 4;
    /**
     * The last part of a segment is kept for cuts and marks while no next segment is there: on a full disk blocks wait, but
     * what was delivered must still be said, or nothing would ever be released.
     */
    private static final int RESERVED_BYTES_MAX = 512 << 10;

    /** A short segment is tried in as many sizes. */
    private static final int SHORT_STEPS = 16;

    /** A larger checkpoint goes on in further entries. */
    private static final int CHECKPOINT_PIECE_BYTES = 1 << 20;

    private static final List<Block> NO_BLOCKS = List.of();
    private static final Logger log = LoggerFactory.getLogger(JournalWriter.class);

    private final SegmentStore store;
    private final SegmentTable segments;
    private final JournalState state;
    private final Positions positions;
    private final int journalId;
    private final Consumer<SyncTicket> tickets;
    private final BiPredicate<StreamId, JournalState.StreamPosition> forgotten;
    private final int headersBytesMax;
    private final long cachedBytesMax;
    private final long reservedBytes;
    private final ByteBuffer scratch;
    private final ByteBuffer[] parts;
    private int partCount;
    private SegmentStore.SegmentWriter segment;
    private long number;
    private long base;
    private int entries;

    /**
     * Opens a new segment behind what was recovered; the first segment must be {@linkplain SegmentStore#prepared prepared}.
     *
     * @param nextSegment number of the segment to open
     * @param tickets takes what is to be synced, in order
     * @param forgotten says of a kept stream whether its source has forgotten it
     */
    public JournalWriter(
            SegmentStore store,
            SegmentTable segments,
            JournalState state,
            Positions positions,
            int journalId,
            long nextSegment,
            GroupLimits limits,
            Consumer<SyncTicket> tickets,
            BiPredicate<StreamId, JournalState.StreamPosition> forgotten) {
        this.store = store;
        this.segments = segments;
        this.state = state;
        this.positions = positions;
        this.journalId = journalId;
        this.number = nextSegment - 1;
        this.tickets = tickets;
        this.forgotten = forgotten;
        this.headersBytesMax = EntryCodec.HEADER_BYTES
                + Integer.BYTES
                + limits.blocksMax() * BLOCK_HEADER_BYTES_MAX
                + EntryCodec.ALIGNMENT;
        this.cachedBytesMax = limits.cachedBytesMax();
        this.reservedBytes = reserved(store.segmentSize());
        this.scratch =
                ByteBuffer.allocateDirect(headersBytesMax + limits.bytesMax()).order(ByteOrder.LITTLE_ENDIAN);
        this.parts = new ByteBuffer[limits.blocksMax() * (1 + PIECES_MAX) + 1];
        state.skipTo(positions.appended());
        roll();
    }

    public JournalState state() {
        return state;
    }

    /**
     * Whether blocks of this many bytes can be appended as one entry: where not, the disk has no next segment yet, or is
     * behind by a whole one.
     */
    public boolean hasRoomForBlocks(int bytes) {
        return bytes + headersBytesMax + reservedBytes <= segment.room() || canRoll();
    }

    /** Whether a cut or a mark can be appended. */
    public boolean hasRoomForMarks() {
        return marksBytesMin(reservedBytes) <= segment.room() || canRoll();
    }

    /**
     * A segment is begun only when the beginning of the one before it is synced. So no more than two hold anything that is
     * not, which is as far as recovery looks back for a torn tail.
     */
    private boolean canRoll() {
        return store.prepared() && positions.synced() > base;
    }

    /**
     * Whether a mark is worth its room where there is no next segment: it takes a sink into another segment, or to the end of
     * all that is cut. Each sink has at most one more such mark than there are segments, so the reserve lasts.
     */
    public boolean frees(Mark mark) {
        Mark before = state.marks().get(mark.sink());
        return mark.next() == state.cutEnd() || before == null || segments.hasBaseWithin(before.next(), mark.next());
    }

    /**
     * Whether a mark that frees nothing, but that a sink waits for, may have of the reserve: half of it is for such marks, the other
     * half for those that free.
     */
    public boolean hasReserveFor(Mark mark) {
        return segment.room() - EntryCodec.HEADER_BYTES - EntryCodec.encodedBytes(mark) > reservedBytes / 2;
    }

    /**
     * Prepares a segment in which a journal in this state can be gone on with, though blocks find no room in it: for the
     * checkpoint, a cut, and as many marks as the disk has room for. What recovery cuts off a segment that was filled on a full
     * disk is enough for it, unless somebody was quicker.
     *
     * @throws IOException where there is no room even for that
     */
    public static void prepareShort(SegmentStore store, JournalState state) throws IOException {
        long reserved = reserved(store.segmentSize());
        long step = reserved / SHORT_STEPS;
        long checkpoint = state.encode(0, 0).remaining();
        checkpoint += checkpoint / SHORT_STEPS;
        for (long forMarks = reserved; ; forMarks -= step) {
            try {
                store.prepareShort(checkpoint + forMarks);
                return;
            } catch (IOException e) {
                if (forMarks - step <= marksBytesMin(reserved)) {
                    throw e;
                }
            }
        }
    }

    /** What must be left for a cut or a mark to be appended. */
    private static long marksBytesMin(long reserved) {
        return Math.min(MARK_BYTES_MAX, reserved / 2);
    }

    private static long reserved(long segmentSize) {
        return Math.min(RESERVED_BYTES_MAX, segmentSize / 8);
    }

    /** Appends the blocks as one entry and releases their payloads; as many as the limits allow. */
    public void append(List<Block> blocks) {
        int count = blocks.size();
        scratch.clear();
        partCount = 0;
        int mark = 0;
        scratch.position(EntryCodec.HEADER_BYTES);
        scratch.putInt(count);
        int length = 0;
        for (Block block : blocks) {
            BlockHeader.put(
                    scratch,
                    block,
                    BlockHeader.utf8(block.stream().source()),
                    BlockHeader.utf8(block.stream().name()));
            ByteBuf payload = block.payload();
            int bytes = block.bytes();
            if (bytes <= COPIED_BYTES_MAX && scratch.remaining() >= bytes + headersBytesMax) {
                int from = scratch.position();
                payload.getBytes(payload.readerIndex(), scratch.slice(from, bytes));
                scratch.position(from + bytes);
            } else {
                addPart(scratch.slice(mark, scratch.position() - mark));
                mark = scratch.position();
                for (ByteBuffer piece : payload.nioBuffers()) {
                    addPart(piece);
                }
                length += bytes;
            }
        }
        length += scratch.position();
        for (int pad = EntryCodec.align(length) - length; pad > 0; pad--) {
            scratch.put((byte) 0);
            length++;
        }
        if (scratch.position() > mark) {
            addPart(scratch.slice(mark, scratch.position() - mark));
        }
        rollIfFull(length + reservedBytes);
        List<Block> owned = List.copyOf(blocks);
        // Before it is written: a stream that jumps would be found by every later start.
        owned.forEach(state::apply);
        write(EntryKind.BLOCKS, length);
        owned.forEach(Block::release);
        ticket(0, owned);
    }

    /** Appends a cut that closes everything appended since the last one. */
    public void append(Cut cut) {
        state.check(cut);
        begin();
        EntryCodec.putCut(scratch, cut);
        appendSmall(EntryKind.CUT);
        long end = base + segment.end();
        state.apply(cut, end);
        segments.ended(cut.start(), end, cut.windowEndMillis());
        ticket(cut.batch(), NO_BLOCKS);
    }

    public void append(Mark mark) {
        state.check(mark);
        begin();
        EntryCodec.putMark(scratch, mark);
        appendSmall(EntryKind.MARK);
        state.apply(mark);
        ticket(0, NO_BLOCKS);
    }

    /** Forgets a sink that is no longer in the settings, and what it did not deliver. */
    public void forget(String sink) {
        begin();
        EntryCodec.putString(scratch, sink);
        appendSmall(EntryKind.FORGET);
        state.forget(sink);
        ticket(0, NO_BLOCKS);
    }

    private void begin() {
        scratch.clear().position(EntryCodec.HEADER_BYTES);
        partCount = 0;
    }

    private void appendSmall(EntryKind kind) {
        int length = finishScratch();
        rollIfFull(length);
        write(kind, length);
    }

    /** Makes what stands in the scratch buffer the only part; returns its length. */
    private int finishScratch() {
        while (scratch.position() % EntryCodec.ALIGNMENT != 0) {
            scratch.put((byte) 0);
        }
        addPart(scratch.slice(0, scratch.position()));
        return scratch.position();
    }

    private void addPart(ByteBuffer part) {
        parts[partCount++] = part.order(ByteOrder.LITTLE_ENDIAN);
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
        segments.add(number, base);
        state.forgetStreams(forgotten);
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
            write(EntryKind.CHECKPOINT, new ByteBuffer[] {entry.clear()}, 1, length);
        }
        ticket(0, NO_BLOCKS);
    }

    private void write(EntryKind kind, int length) {
        write(kind, parts, partCount, length);
        for (int i = 0; i < partCount; i++) {
            parts[i] = null;
        }
    }

    private void write(EntryKind kind, ByteBuffer[] buffers, int count, int length) {
        try {
            long offset = segment.begin(length);
            EntryCodec.putHeader(buffers[0], kind, entries++, journalId, base + offset, positions.synced());
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
                        + "; nothing more is acknowledged, restart when the disk is well",
                cause);
    }
}
