package io.decant.ingest.journal;

import io.decant.ingest.journal.Cut.CutHead;
import io.decant.ingest.journal.EntryCodec.Verdict;
import io.decant.ingest.journal.JournalImage.ImageShapes;
import io.decant.ingest.journal.JournalReport.Batch;
import io.decant.ingest.journal.JournalReport.Damage;
import io.decant.ingest.journal.JournalReport.Loss;
import io.decant.ingest.journal.JournalReport.Range;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a whole journal, in whatever state it is, and finds out what is in it and what is not any more. Where recovery
 * refuses at the first damage to something that still counts, the audit continues behind it.
 *
 * <p>What is missing shows in what is left: in positions, in the ordinals of entries, in those of streams, in the
 * numbers of batches, and in the totals that cuts and checkpoints keep of the records before them.
 */
public final class JournalAudit {

    private final JournalImage image;
    private final List<Hole> holes = new ArrayList<>();
    private final List<Damage> damages = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();
    private final List<Batch> batches = new ArrayList<>();
    private final List<JournalReport.Segment> segments = new ArrayList<>();
    private final List<StreamLoss> streamLosses = new ArrayList<>();
    private final List<Range> unknownCuts = new ArrayList<>();
    private final AuditedState state = new AuditedState();
    private final ImageShapes shapes;
    private final Map<StreamId, Long> ended = new HashMap<>();
    private final List<Uncut> uncut = new ArrayList<>();
    /** Ranges of which it is known how many records they held. */
    private final List<Hole> counted = new ArrayList<>();

    private long lastBatch;
    private long runStart;
    private long uncutMissing;
    private long end;
    private boolean knowing;
    /** The newest format of the entries. */
    private int format = EntryCodec.FORMAT_FIRST;

    private Hole lastHole;

    /** Positions between which the journal holds nothing good. */
    private record Hole(long from, long to) {}

    private record StreamLoss(Loss loss, Hole hole) {}

    private record Uncut(long position, long records, long bytes) {}

    private JournalAudit(JournalImage image) {
        this.image = image;
        this.shapes = new ImageShapes(image);
    }

    /**
     * Audits the journal under {@code dataDir}. Changes nothing and needs no lock: it may be asked beside a running
     * server.
     *
     * @throws JournalException where the files cannot be read at all
     */
    public static JournalReport of(Path dataDir) {
        try {
            return of(JournalImage.open(dataDir));
        } catch (IOException e) {
            throw new JournalException(
                    JournalException.Kind.UNREACHABLE,
                    "journal under " + dataDir + " cannot be read: " + e + "; fix this, or set another data-dir",
                    e);
        }
    }

    /** Audits what was found; {@link JournalRepair} continues from there. */
    static JournalReport of(JournalImage image) {
        return new JournalAudit(image).report();
    }

    private JournalReport report() {
        if (!image.idTrouble().isEmpty()) {
            damages.add(new Damage(Path.of("journal", "id"), 0, -1, image.idTrouble(), false));
        }
        strays();
        read();
        long delivered = delivered();
        if (!image.segments().isEmpty() && delivered < image.segments().get(0).base()) {
            missingBefore(delivered);
        }
        holes.forEach(hole -> damages.add(damage(hole, delivered)));
        List<Loss> losses = streamLosses.stream()
                .filter(loss -> loss.hole().to() > delivered)
                .map(StreamLoss::loss)
                .toList();
        // Where a hole reaches back into delivered data, it is not known how much of it was delivered.
        long byStreams = streamLosses.stream()
                .filter(loss -> loss.hole().from() >= delivered)
                .mapToLong(loss -> loss.loss().to() - loss.loss().from())
                .sum();
        boolean straddled = streamLosses.stream()
                .anyMatch(loss -> loss.hole().from() < delivered && loss.hole().to() > delivered);
        List<Batch> broken = batches.stream()
                .filter(batch -> batch.isBroken() && batch.end() > delivered)
                .toList();
        long byTotals = uncutMissing + broken.stream().mapToLong(Batch::missing).sum();
        return new JournalReport(
                JournalId.text(image.journalId()),
                format,
                segments,
                end,
                Math.min(end, image.synced()),
                runStart,
                delivered,
                lastBatch,
                batches.stream()
                        .map(batch -> batch.end() > delivered ? batch : batch.withoutMissing())
                        .toList(),
                uncut.stream().mapToLong(Uncut::records).sum(),
                uncut.stream().mapToLong(Uncut::bytes).sum(),
                state.marks(),
                state.streams(),
                state.exclusions(),
                state.plans(),
                state.done(),
                state.servedMillis(),
                damages,
                notices,
                losses,
                Math.max(byStreams, byTotals),
                straddled
                        || holes.stream()
                                .anyMatch(hole ->
                                        hole.to() > delivered && (!isCounted(hole) || format > EntryCodec.FORMAT_FIRST))
                        || image.strayBehind(),
                lostBatches(broken, delivered),
                refusal());
    }

    private void strays() {
        for (JournalImage.Stray stray : image.strays()) {
            if (stray.verdict() == Verdict.GOOD) {
                notices.add(stray.file() + " was prepared or started, but never synced");
            } else {
                damages.add(new Damage(stray.file(), 0, -1, "the file is " + stray.why(), false));
            }
        }
    }

    private void read() {
        long synced = image.synced();
        for (int i = 0; i < image.segments().size(); i++) {
            JournalImage.Segment segment = image.segments().get(i);
            EntryScanner entries = image.entries(i);
            CheckpointPieces checkpoint = new CheckpointPieces();
            int count = 0;
            while (entries.next()) {
                format = Math.max(format, entries.format());
                long at = segment.base() + entries.documentOffset();
                if (entries.missing() > 0) {
                    long from = segment.base() + entries.gapFrom();
                    if (from >= synced) {
                        tail(segment, from);
                        return;
                    }
                    hole(from, at);
                }
                if (entries.mended()) {
                    notices.add(segment.file() + " at offset " + entries.documentOffset()
                            + ": the document's header is damaged, the entry in it is not");
                }
                if (entries.kind() == EntryKind.CHECKPOINT) {
                    CheckpointCodec.Checkpoint read = checkpoint.add(entries);
                    if (read != null) {
                        adopt(read);
                    }
                } else if (!applied(i, entries, at)) {
                    hole(at, segment.base() + entries.offset());
                }
                end = segment.base() + entries.offset();
                count++;
            }
            segments.add(new JournalReport.Segment(
                    segment.number(),
                    segment.file(),
                    segment.base(),
                    segment.end(),
                    segment.bytes().capacity(),
                    count,
                    checkpoint.whole()));
            long next = image.baseAfter(i);
            if (next != Long.MAX_VALUE && end != next) {
                if (end >= synced) {
                    tail(segment, end);
                    return;
                }
                hole(end, next);
            }
        }
    }

    private void tail(JournalImage.Segment segment, long from) {
        notices.add(segment.file() + " from offset " + (from - segment.base())
                + ": unfinished or damaged, and nothing shows that it was ever acknowledged;"
                + " 'decant run' cuts it off and keeps it under salvage");
    }

    private void hole(long from, long to) {
        lastHole = new Hole(from, to);
        holes.add(lastHole);
    }

    /** Takes over what a checkpoint knows, and notes what of that was not seen. */
    private void adopt(CheckpointCodec.Checkpoint checkpoint) {
        JournalState read = checkpoint.state();
        if (knowing && read.lastBatch() > lastBatch) {
            unknownCuts.add(new Range(lastBatch + 1, read.lastBatch()));
        }
        lastBatch = read.lastBatch();
        runStart = read.cutEnd();
        uncut.removeIf(seen -> seen.position() < runStart);
        uncutMissing = Math.max(
                0,
                read.uncutRecords() - uncut.stream().mapToLong(Uncut::records).sum());
        counted.add(new Hole(runStart, checkpoint.base()));
        read.streams().forEach((stream, position) -> {
            JournalState.StreamPosition seen = state.streams().get(stream);
            long next = seen == null ? 0 : nextOf(seen, position.resume());
            if (knowing && position.next() > next) {
                lost(stream, next, position.next());
            }
        });
        state.adopt(read);
        knowing = true;
    }

    /** Whether the entry can be read; nothing was taken of one that cannot. */
    private boolean applied(int segment, EntryScanner entries, long at) {
        try {
            apply(segment, entries, at);
            return true;
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            // A valid checksum over invalid content: no disk does that.
            notices.add(image.segments().get(segment).file() + " at offset " + entries.documentOffset()
                    + ": the entry's checksum is good, but it cannot be read (" + e + ")");
            return false;
        }
    }

    private void apply(int segment, EntryScanner entries, long at) {
        ByteBuffer body = entries.body();
        if (entries.kind() == EntryKind.BLOCKS) {
            List<BlockHeader> blocks = BlockHeader.all(body);
            blocks.forEach(this::apply);
            uncut.add(new Uncut(
                    at,
                    blocks.stream().mapToLong(BlockHeader::records).sum(),
                    blocks.stream().mapToLong(BlockHeader::payloadBytes).sum()));
        } else if (entries.kind() == EntryKind.CUT) {
            boolean shapeLost = shapes.cut(segment, entries) == null;
            apply(image.segments().get(segment), entries, EntryCodec.getCutHead(body), shapeLost);
        } else {
            state.apply(entries.kind(), body);
        }
    }

    private void apply(BlockHeader block) {
        StreamId stream = block.stream();
        JournalState.StreamPosition seen = state.streams().get(stream);
        Long next = stream.kept() ? (seen == null ? null : (Long) nextOf(seen, block.resume())) : ended.get(stream);
        if (next != null && block.first() > next) {
            lost(stream, next, block.first());
        }
        if (stream.kept()) {
            state.apply(block);
        } else {
            ended.put(stream, block.first() + block.records());
        }
    }

    /** The record that should come next in a stream; the first, where another topic has its name by now. */
    private static long nextOf(JournalState.StreamPosition seen, ResumePoint resume) {
        return resume.topicId().equals(seen.resume().topicId()) ? seen.next() : 0;
    }

    private void lost(StreamId stream, long from, long to) {
        if (lastHole != null) {
            streamLosses.add(new StreamLoss(new Loss(stream.source(), stream.name(), from, to), lastHole));
        }
    }

    private void apply(JournalImage.Segment segment, EntryScanner entries, CutHead cut, boolean shapeLost) {
        uncut.removeIf(seen -> seen.position() < cut.start());
        long missing = cut.records() - uncut.stream().mapToLong(Uncut::records).sum();
        long cutEndsAt = segment.base() + entries.offset();
        boolean whole =
                image.segments().get(0).base() <= cut.start() && (lastHole == null || lastHole.to() <= cut.start());
        if (whole && (missing != 0 || (knowing && cut.batch() != lastBatch + 1))) {
            damages.add(new Damage(
                    segment.file(),
                    entries.documentOffset(),
                    entries.contentLength(),
                    "the cut of batch " + cut.batch() + " does not follow from what is before it",
                    false));
        }
        if (knowing && cut.batch() > lastBatch + 1) {
            unknownCuts.add(new Range(lastBatch + 1, cut.batch() - 1));
        }
        batches.add(new Batch(
                cut.batch(),
                cut.windowStartMillis(),
                cut.windowEndMillis(),
                cut.records(),
                cut.bytes(),
                cut.start(),
                cutEndsAt,
                Math.max(0, missing),
                shapeLost));
        counted.add(new Hole(cut.start(), cutEndsAt));
        lastBatch = cut.batch();
        runStart = cutEndsAt;
        uncutMissing = 0;
        uncut.clear();
        knowing = true;
    }

    private long delivered() {
        return Math.min(
                runStart,
                state.marks().values().stream().mapToLong(Mark::next).min().orElse(runStart));
    }

    private void missingBefore(long delivered) {
        holes.add(0, new Hole(delivered, image.segments().get(0).base()));
    }

    private boolean isCounted(Hole hole) {
        return counted.stream().anyMatch(range -> range.from() <= hole.from() && hole.to() <= range.to());
    }

    private Damage damage(Hole hole, long delivered) {
        JournalImage.Segment in = image.segments().get(0);
        for (JournalImage.Segment segment : image.segments()) {
            in = segment.base() <= hole.from() ? segment : in;
        }
        boolean before = hole.from() < in.base();
        return new Damage(
                in.file(),
                before ? 0 : hole.from() - in.base(),
                hole.to() - hole.from(),
                before
                        ? "the segments before this one are missing"
                        : hole.to() - in.base() > in.bytes().capacity()
                                ? "the rest of the segment, or a segment behind it, is missing"
                                : "no good entry in these bytes",
                hole.to() <= delivered);
    }

    private List<Range> lostBatches(List<Batch> broken, long delivered) {
        long deliveredBatch =
                state.marks().values().stream().mapToLong(Mark::batch).min().orElse(lastBatch);
        List<Range> lost = new ArrayList<>();
        for (Range range : unknownCuts) {
            if (range.last() > deliveredBatch) {
                lost.add(new Range(Math.max(range.first(), deliveredBatch + 1), range.last()));
            }
        }
        broken.forEach(batch -> lost.add(new Range(batch.number(), batch.number())));
        if (!image.segments().isEmpty() && delivered < image.segments().get(0).base() && !batches.isEmpty()) {
            long first = batches.get(0).number();
            if (first > deliveredBatch + 1) {
                lost.add(new Range(deliveredBatch + 1, first - 1));
            }
        }
        lost.sort(Comparator.comparingLong(Range::first));
        return lost.stream().distinct().toList();
    }

    /** Has recovery itself say whether it would go on from here, over files that it cannot change. */
    private String refusal() {
        if (!image.idTrouble().isEmpty()) {
            return "journal: " + image.idTrouble() + "; 'decant journal repair' restores it from the segments";
        }
        try {
            new JournalRecovery(new ReadOnlySegmentStore(image), image.journalId(), ignored -> {}).recover();
            return "";
        } catch (JournalException e) {
            return e.getMessage();
        }
    }
}
