package io.decant.ingest.journal;

import io.decant.ingest.journal.JournalImage.ImageShapes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Writes the good entries of a damaged journal that some sink still has to get into a new one, in their order.
 *
 * <p>Positions and segments go on behind the old ones. Batches keep their order, windows and shapes and are numbered on
 * from the last one that every sink has; records whose cut is lost join the next batch that is for all sinks which miss
 * them. Each sink stands where it stood; within a batch only if that is whole. Where kept streams go on stands in the
 * first checkpoint, so their blocks are written as those of ended streams: a stream of which records are lost could not
 * be followed otherwise.
 */
final class JournalRebuild implements AutoCloseable {

    /**
     * What is not synced may be so much, and no more than this part of a segment: the next one begins behind what is
     * synced.
     */
    private static final long SYNC_BYTES = 8L << 20;

    private static final int SYNC_SEGMENT_DIVISOR = 4;
    /** A segment must take the longest block and still be large beside it. */
    private static final int BLOCKS_PER_SEGMENT = 8;

    private final JournalImage image;
    private final ImageShapes shapes;
    private final JournalReport report;
    private final ChronicleSegmentStore store;
    private final JournalState state;
    private final Positions positions;
    private final Syncer syncer;
    private final JournalWriter writer;
    private final Map<String, Mark> newest = new HashMap<>();
    /** The new numbers of batches that are what they were. */
    private final Map<Long, Long> renumbered = new HashMap<>();

    JournalRebuild(JournalImage image, JournalReport report, Path dataDir, long segmentSize, int journalId)
            throws IOException {
        this.image = image;
        this.shapes = new ImageShapes(image);
        this.report = report;
        int longest = longestBlock();
        long size = Math.max(segmentSize, Math.multiplyExact(longest, (long) BLOCKS_PER_SEGMENT));
        this.store = new ChronicleSegmentStore(dataDir, Math.min(size, ChronicleSegmentStore.SEGMENT_BYTES_MAX));
        long start = Math.max(report.end(), report.delivered());
        long lastBatch =
                report.marks().values().stream().mapToLong(Mark::batch).min().orElse(report.lastBatch());
        this.state = JournalState.repaired(
                start, lastBatch, report.marks().keySet(), report.streams(), report.servedMillis());
        this.positions = new Positions(start, start, start);
        this.syncer = new Syncer(positions, 0, TimeUnit.NANOSECONDS, batch -> {});
        store.prepare();
        this.writer = new JournalWriter(
                store,
                new JournalView(new SegmentTable(store), journalId),
                state,
                positions,
                image.segments().stream()
                                .mapToLong(JournalImage.Segment::number)
                                .max()
                                .orElse(0)
                        + 1,
                GroupLimits.measured(Math.max(longest, 1 << 20)),
                syncer::submit,
                (stream, position) -> false);
    }

    /** Visits the entries that are to be kept: the index of the segment, the entry, and the position behind it. */
    private interface EntryVisitor {
        void entry(int segment, EntryScanner entry, long end) throws IOException;
    }

    private void visit(EntryVisitor visitor) throws IOException {
        for (int i = 0; i < image.segments().size(); i++) {
            long base = image.segments().get(i).base();
            EntryScanner entries = image.entries(i);
            while (entries.next()) {
                long at = base + entries.documentOffset();
                if (at >= report.delivered() && at < report.end()) {
                    visitor.entry(i, entries, base + entries.offset());
                }
            }
        }
    }

    private int longestBlock() throws IOException {
        int[] longest = {0};
        visit((segment, entry, end) -> {
            if (entry.kind() == EntryKind.BLOCKS) {
                ByteBuffer body = entry.body();
                for (int i = body.getInt(); i > 0; i--) {
                    longest[0] = Math.max(longest[0], BlockHeader.get(body).payloadBytes());
                }
            }
        });
        return longest[0];
    }

    /** Writes it, and brings it to stable storage. */
    void write() throws IOException {
        visit((segment, entry, end) -> {
            switch (entry.kind()) {
                case BLOCKS -> copyBlocks(entry);
                case CUT -> copyCut(segment, entry, end);
                case CHECKPOINT, MARK, FORGET, SHAPE, EXCLUSION, PLAN, DONE -> {}
            }
            syncIfMuch();
        });
        copyFormat2();
        for (Mark mark : newest.values()) {
            if (mark.isBeyond(state.marks().get(mark.sink()))) {
                store.prepare();
                writer.append(mark);
            }
        }
        sync();
    }

    private void copyBlocks(EntryScanner entry) throws IOException {
        ByteBuffer body = entry.body();
        List<Block> blocks = new ArrayList<>();
        for (int i = body.getInt(); i > 0; i--) {
            BlockHeader header = BlockHeader.get(body);
            StreamId ended =
                    new StreamId(header.stream().source(), header.stream().name(), false);
            ByteBuf payload = Unpooled.wrappedBuffer(body.slice(header.payload(), header.payloadBytes()));
            blocks.add(block(ended, header, payload));
        }
        for (Block block : blocks) {
            store.prepare();
            writer.append(List.of(block));
            syncIfMuch();
        }
    }

    /** Records that are set aside, of batches that are what they were; and what imports keep. */
    private void copyFormat2() throws IOException {
        for (Exclusion exclusion : report.exclusions()) {
            Long batch = renumbered.get(exclusion.batch());
            if (batch != null) {
                store.prepare();
                writer.append(new Exclusion(batch, exclusion.ordinal(), exclusion.reason()));
            }
            syncIfMuch();
        }
        for (ImportPlan plan : report.plans()) {
            store.prepare();
            writer.append(plan);
            syncIfMuch();
        }
        for (ImportDone done : report.done()) {
            store.prepare();
            writer.append(done);
            syncIfMuch();
        }
    }

    private static Block block(StreamId stream, BlockHeader header, ByteBuf payload) {
        long first = header.first();
        return header.framed()
                ? Block.framed(
                        stream, first, header.records(), header.arrivalMillis(), payload, header.resume(), synced -> {})
                : new Block(stream, first, header.records(), header.arrivalMillis(), payload, synced -> {});
    }

    /** A cut whose shape is lost closes nothing: its records join the next batch. */
    private void copyCut(int segment, EntryScanner entry, long oldEnd) throws IOException {
        Cut cut = shapes.cut(segment, entry);
        if (cut != null) {
            copyCut(cut, oldEnd);
        }
    }

    private void copyCut(Cut cut, long oldEnd) throws IOException {
        boolean whole = state.uncutRecords() == cut.records() && state.uncutBytes() == cut.bytes();
        if (state.uncutRecords() > 0 && (whole || isForAllThatNeedIt(cut))) {
            store.prepare();
            // Where cuts in between are lost it need not follow from the one that is the last now.
            boolean follows = state.mayFollow(cut.windowStartMillis());
            writer.append(new Cut(
                    state.lastBatch() + 1,
                    follows ? cut.windowStartMillis() : state.windowStartMillis(),
                    follows ? cut.windowEndMillis() : state.windowEndMillis(),
                    state.cutEnd(),
                    state.uncutRecords(),
                    state.uncutBytes(),
                    cut.shape()));
            if (whole) {
                renumbered.put(cut.batch(), state.lastBatch());
            }
        } else {
            whole = false;
        }
        for (Mark mark : report.marks().values()) {
            if (mark.next() >= oldEnd) {
                newest.put(mark.sink(), new Mark(mark.sink(), state.lastBatch(), state.cutEnd(), 0, 0));
            } else if (whole && mark.batch() + 1 == cut.batch()) {
                // It stands within this batch.
                Mark before = newest.getOrDefault(mark.sink(), state.marks().get(mark.sink()));
                newest.put(mark.sink(), mark.at(before.batch(), before.next()));
            }
        }
    }

    /**
     * Whether the cut can close what is uncut, records of a lost cut included. One of a replay is for a single sink;
     * where others miss something of what it would close, that joins the next batch.
     */
    private boolean isForAllThatNeedIt(Cut cut) {
        return report.marks().values().stream()
                .filter(mark ->
                        mark.batch() < cut.batch() && state.uncutRecipients().include(mark.sink()))
                .allMatch(mark -> cut.shape().sink(mark.sink()) != null);
    }

    private void syncIfMuch() {
        long bytesMax = Math.min(SYNC_BYTES, store.segmentSize() / SYNC_SEGMENT_DIVISOR);
        if (positions.appended() - positions.synced() > bytesMax || !syncer.hasRoom()) {
            sync();
        }
    }

    private void sync() {
        while (syncer.work(0)) {
            positions.check();
        }
    }

    @Override
    public void close() {
        store.close();
    }
}
