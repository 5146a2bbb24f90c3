package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Reads synced entries of the live journal in order, and keeps the segments that it passed mapped until it is closed.
 * Each entry is checked again as it is read. Owned by one thread.
 */
public final class JournalReader implements AutoCloseable {

    /** Takes the blocks of a range; addresses stay valid until the reader is closed. */
    public interface BlockVisitor {

        /**
         * @param address of the block's records in native memory
         * @param position of the block's header, inside the entry that holds the block; {@link #addressOf} leads there
         * @param framed whether the records are frames, not lines
         */
        void block(long address, int bytes, int records, long position, boolean framed);
    }

    private final SegmentTable segments;
    private final int journalId;
    private final List<SegmentTable.Segment> pinned = new ArrayList<>();
    private long position;
    private boolean replay;

    public JournalReader(SegmentTable segments, int journalId, long from) {
        this.segments = segments;
        this.journalId = journalId;
        this.position = from;
    }

    /** Position behind the last entry read. */
    public long position() {
        return position;
    }

    /** Whether any of the blocks that were read holds dead letters that go out again. */
    public boolean hasReplay() {
        return replay;
    }

    /**
     * Reads one batch: all blocks up to the next cut, and the cut.
     *
     * @param limit a position at or after the cut; everything before it is synced
     * @throws JournalException of kind {@link JournalException.Kind#DAMAGED} where the journal does not hold what it
     *     should
     */
    public Cut readBatch(long limit, BlockVisitor visitor) {
        return readBatch(limit, visitor, () -> false);
    }

    /**
     * The same, a piece at a time: also ends behind an entry after which there is {@code enough}, and continues there
     * the next time.
     *
     * @return the cut; null where there was enough before it
     */
    public Cut readBatch(long limit, BlockVisitor visitor, BooleanSupplier enough) {
        Cut[] cut = new Cut[1];
        boolean read = readSegments(limit, segment -> {
            cut[0] = readSegment(segment, limit, visitor, enough);
            return cut[0] != null || enough.getAsBoolean();
        });
        if (!read) {
            throw damaged("no cut before position " + limit);
        }
        return cut[0];
    }

    /** Reads one segment after another until one says that this is all; false where none before {@code limit} does. */
    private boolean readSegments(long limit, Predicate<SegmentTable.Segment> isAll) {
        try {
            while (position < limit) {
                SegmentTable.Segment segment = segments.pin(position);
                pinned.add(segment);
                if (isAll.test(segment)) {
                    return true;
                }
                long next = segments.baseAfter(segment.base());
                if (next < 0) {
                    return false;
                }
                position = next;
            }
            return false;
        } catch (IOException e) {
            throw JournalException.cannotRead(position, e);
        }
    }

    /**
     * Reads on behind a batch's cut for the records that were set aside of it, up to a checkpoint by which every sink
     * has it: none is from there on. A mark alone says nothing, since its sink may be one that was added later, or was
     * removed before.
     *
     * @param limit everything before it is synced
     */
    public List<Exclusion> readExclusions(long batch, long limit) {
        List<Exclusion> found = new ArrayList<>();
        readSegments(limit, segment -> readExclusions(segment, batch, limit, found));
        return found;
    }

    /** Whether the checkpoint was found behind which there are no more. */
    private boolean readExclusions(SegmentTable.Segment segment, long batch, long limit, List<Exclusion> found) {
        long next = segments.baseAfter(segment.base());
        long end = next < 0 ? limit : Math.min(limit, next);
        EntryScanner entries = EntryScanner.range(
                segment.view().buffer(), journalId, segment.base(), position - segment.base(), end - segment.base());
        CheckpointPieces checkpoint = new CheckpointPieces();
        while (entries.next()) {
            if (entries.missing() > 0) {
                throw damaged("entries are missing");
            }
            position = segment.base() + entries.offset();
            if (entries.kind() == EntryKind.EXCLUSION) {
                Exclusion exclusion = Exclusion.get(entries.body());
                if (exclusion.batch() == batch) {
                    found.add(exclusion);
                }
            } else if (entries.kind() == EntryKind.CHECKPOINT) {
                CheckpointCodec.Checkpoint whole = checkpoint.add(entries);
                if (whole != null && whole.state().deliveredBatch() >= batch) {
                    return true;
                }
            }
        }
        if (position < end) {
            throw damaged("a bad entry");
        }
        return false;
    }

    private Cut readSegment(SegmentTable.Segment segment, long limit, BlockVisitor visitor, BooleanSupplier enough) {
        ByteBuffer bytes = segment.view().buffer();
        long address = segment.view().address();
        long next = segments.baseAfter(segment.base());
        long end = next < 0 ? limit : Math.min(limit, next);
        EntryScanner entries =
                EntryScanner.range(bytes, journalId, segment.base(), position - segment.base(), end - segment.base());
        while (!enough.getAsBoolean() && entries.next()) {
            if (entries.missing() > 0) {
                throw damaged("entries are missing");
            }
            long before = position;
            position = segment.base() + entries.offset();
            segments.wasRead(position - before);
            ByteBuffer body = entries.body();
            switch (entries.kind()) {
                case BLOCKS -> {
                    long bodyOffset = (long) entries.content() + EntryCodec.HEADER_BYTES;
                    for (int i = body.getInt(); i > 0; i--) {
                        long header = segment.base() + bodyOffset + body.position();
                        BlockHeader block = BlockHeader.get(body);
                        replay |= Recipients.isReplay(block.stream());
                        visitor.block(
                                address + bodyOffset + block.payload(),
                                block.payloadBytes(),
                                block.records(),
                                header,
                                block.framed());
                    }
                }
                case CUT -> {
                    Cut cut = EntryCodec.getCut(
                            body, entries.format(), number -> segments.shape(segment, number, journalId));
                    if (cut == null) {
                        throw damaged("the shape of a batch is missing");
                    }
                    return cut;
                }
                case CHECKPOINT, MARK, FORGET, SHAPE, EXCLUSION, PLAN, DONE -> {}
            }
        }
        if (position < end && !enough.getAsBoolean()) {
            throw damaged("a bad entry");
        }
        return null;
    }

    /**
     * Where in native memory a position lies, in a range that was read; until this is closed. For any thread, once
     * nothing more is read.
     */
    public long addressOf(long at) {
        int low = 0;
        int high = pinned.size() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (pinned.get(middle).base() <= at) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        SegmentTable.Segment segment = pinned.get(low);
        return segment.view().address() + (at - segment.base());
    }

    private JournalException damaged(String what) {
        return new JournalException(
                JournalException.Kind.DAMAGED,
                "journal: " + what + " at position " + position + "; stop the server and run 'decant journal verify'");
    }

    @Override
    public void close() {
        pinned.forEach(SegmentTable.Segment::close);
        pinned.clear();
    }
}
