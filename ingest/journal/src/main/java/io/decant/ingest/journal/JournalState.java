package io.decant.ingest.journal;

import io.decant.ingest.journal.Cut.CutHead;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Everything the journal knows beside the records themselves, as of a position: what a checkpoint holds. The writer
 * applies each entry to it as it appends; recovery applies the same entries as it reads them; so the two cannot
 * disagree.
 *
 * <p>Owned by one thread: recovery's, then the writer's.
 */
public final class JournalState {

    /** Most bytes that one kept stream takes in a checkpoint, its names at their longest; a cursor comes on top. */
    public static final int KEPT_STREAM_BYTES_MAX = 2 * Short.BYTES
            + StreamId.SOURCE_BYTES_MAX
            + StreamId.NAME_BYTES_MAX
            + StreamPosition.ENCODED_BYTES
            + StreamPosition.SEEN_BYTES
            // Length of the cursor.
            + Short.BYTES;

    /** Most bytes of a checkpoint that shapes, records set aside and imports take, all at their longest. */
    static final long FORMAT2_BYTES_MAX = (long) Shapes.HELD_MAX * (Integer.BYTES + Shape.BYTES_MAX)
            + (long) Exclusions.COUNT_MAX * Exclusion.BYTES_MAX
            + Imports.BYTES_MAX;

    /**
     * How far the wall clock may be behind the start of the last window, in milliseconds, before windows go back with
     * it. What is less is a clock that is being corrected; what is more, one that had been wrong.
     */
    public static final long CLOCK_BEHIND_MILLIS_MAX = TimeUnit.DAYS.toMillis(1);

    /**
     * @param next ordinal of the record after the last one
     * @param lastSeenMillis arrival of the last record, by the wall clock
     * @param resume where the stream continues beside that
     * @param seenServedMillis what was served when the last record came: never less than the journal had noted by then,
     *     and never more than it has noted by now
     * @param cursor of the last block; none where it has none
     */
    public record StreamPosition(
            long next, long lastSeenMillis, ResumePoint resume, long seenServedMillis, OpaqueBytes cursor) {

        static final int ENCODED_BYTES = 2 * Long.BYTES + ResumePoint.ENCODED_BYTES;
        private static final int SEEN_BYTES = Long.BYTES;

        /** As of a journal that knows nothing of the time served, of a stream without a cursor. */
        public StreamPosition(long next, long lastSeenMillis, ResumePoint resume) {
            this(next, lastSeenMillis, resume, 0, OpaqueBytes.NONE);
        }

        StreamPosition seen(long servedMillis) {
            return new StreamPosition(next, lastSeenMillis, resume, servedMillis, cursor);
        }

        StreamPosition with(OpaqueBytes otherCursor) {
            return new StreamPosition(next, lastSeenMillis, resume, seenServedMillis, otherCursor);
        }
    }

    static final int NUMBERS_BYTES = 7 * Long.BYTES;

    private long lastBatch;
    private long cutEnd;
    private long windowStartMillis;
    private long windowEndMillis;
    private long uncutRecords;
    private long uncutBytes;
    private long uncutArrivalMillis;
    private Recipients uncutRecipients = Recipients.EVERY_SINK;
    private final Map<StreamId, StreamPosition> streams = new LinkedHashMap<>();
    private final RequestStreams requests = new RequestStreams();
    private final Map<String, Mark> marks = new LinkedHashMap<>();
    private final Shapes shapes = new Shapes();
    private final Exclusions exclusions = new Exclusions();
    private final Imports imports = new Imports();
    private long servedMillis;
    /** Kept streams of which something came since the time served was last noted. */
    private final Set<StreamId> seen = new HashSet<>();

    /**
     * The state that a repaired journal begins with, at {@code position}: the batch {@code lastBatch} and everything
     * before it is delivered to all sinks.
     */
    static JournalState repaired(
            long position,
            long lastBatch,
            Set<String> sinks,
            Map<StreamId, StreamPosition> streams,
            long servedMillis) {
        JournalState state = new JournalState();
        state.servedMillis = servedMillis;
        state.lastBatch = lastBatch;
        state.cutEnd = position;
        streams.forEach(state::restore);
        sinks.forEach(sink -> state.marks.put(sink, new Mark(sink, lastBatch, position, 0, 0)));
        return state;
    }

    /** Number of the last batch that was cut; 0 before the first. */
    public long lastBatch() {
        return lastBatch;
    }

    /** Position behind the last cut: where the uncut blocks begin. */
    public long cutEnd() {
        return cutEnd;
    }

    /** Start of the last cut's window, milliseconds since the epoch; 0 before the first. */
    public long windowStartMillis() {
        return windowStartMillis;
    }

    /** End of the last cut's window; 0 before the first. */
    public long windowEndMillis() {
        return windowEndMillis;
    }

    public long uncutRecords() {
        return uncutRecords;
    }

    public long uncutBytes() {
        return uncutBytes;
    }

    /** Arrival of the first uncut block; meaningless where there is none. */
    public long uncutArrivalMillis() {
        return uncutArrivalMillis;
    }

    /** Whom the uncut blocks are for; meaningless where there is none. */
    public Recipients uncutRecipients() {
        return uncutRecipients;
    }

    public Map<StreamId, StreamPosition> streams() {
        return Collections.unmodifiableMap(streams);
    }

    /** The newest mark of each sink. */
    public Map<String, Mark> marks() {
        return Collections.unmodifiableMap(marks);
    }

    /** How long servers have served until the journal last noted it, in milliseconds. */
    public long servedMillis() {
        return servedMillis;
    }

    /**
     * The records that are set aside of a batch, by ordinal; of one that every sink has whole none are known any more.
     */
    public List<Exclusion> exclusions(long batch) {
        return exclusions.of(batch);
    }

    /** All that are set aside of batches which not every sink has whole, by batch and ordinal. */
    public List<Exclusion> exclusions() {
        return exclusions.all();
    }

    /** What an import is going to read. */
    public Optional<ImportPlan> plan(String source) {
        return imports.plan(source);
    }

    /** What an import has read, table by table. */
    public List<ImportDone> done(String source) {
        return imports.done(source);
    }

    Imports imports() {
        return imports;
    }

    /**
     * The transforms of each source that a cut named lately, as the last one that named it did: for what such a source
     * left uncut when it was removed from the settings.
     */
    public Map<String, List<String>> lastTransforms() {
        Map<String, List<String>> last = new HashMap<>();
        shapes.held().values().forEach(shape -> last.putAll(shape.transforms()));
        return last;
    }

    /** How the newest batch for a sink was to go to it; empty: there is none that is still known. */
    public Optional<SinkShape> lastShape(String sink) {
        return shapes.held().entrySet().stream()
                .filter(shape -> shape.getValue().sink(sink) != null)
                .max(Map.Entry.comparingByKey())
                .map(shape -> shape.getValue().sink(sink));
    }

    Shapes shapes() {
        return shapes;
    }

    /** The batch up to which every sink has everything. */
    public long deliveredBatch() {
        return marks.values().stream().mapToLong(Mark::batch).min().orElse(lastBatch);
    }

    /** Position before which every sink has everything. */
    public long delivered() {
        long delivered = cutEnd;
        for (Mark mark : marks.values()) {
            delivered = Math.min(delivered, mark.next());
        }
        return delivered;
    }

    /** Position before which at least one sink has everything: those that are behind read what is older. */
    long deliveredByOne() {
        long delivered = marks.isEmpty() ? cutEnd : 0;
        for (Mark mark : marks.values()) {
            delivered = Math.max(delivered, mark.next());
        }
        return delivered;
    }

    void apply(Block block) {
        apply(
                block.stream(),
                block.first(),
                block.records(),
                block.bytes(),
                block.arrivalMillis(),
                block.resume(),
                block.cursor());
    }

    void apply(BlockHeader block) {
        apply(
                block.stream(),
                block.first(),
                block.records(),
                block.payloadBytes(),
                block.arrivalMillis(),
                block.resume(),
                block.cursor());
    }

    private void apply(
            StreamId stream,
            long first,
            int records,
            int bytes,
            long arrivalMillis,
            ResumePoint resume,
            OpaqueBytes cursor) {
        Recipients recipients = Recipients.of(stream);
        if (uncutRecords == 0) {
            uncutArrivalMillis = arrivalMillis;
            uncutRecipients = recipients;
        } else if (!recipients.equals(uncutRecipients)) {
            // Only a repair puts blocks whose cuts are lost together; then no block may be missing.
            uncutRecipients = Recipients.EVERY_SINK;
        }
        uncutRecords += records;
        uncutBytes += bytes;
        if (stream.kept()) {
            StreamPosition before = streams.get(stream);
            // A stream that begins again at 0 was forgotten by its source, or is another one of its name; one that
            // continues from nothing was forgotten by the journal, which may forget sooner. Anything else is a gap, or
            // goes back.
            boolean goesOn = before != null && first != 0;
            if (goesOn && (first != before.next() || (resume.isKnown() && !resume.follows(before.resume())))) {
                throw new IllegalStateException("stream " + stream + " jumps to record " + first + " from "
                        + before.next() + ", to resume at " + resume + " after " + before.resume());
            }
            put(stream, new StreamPosition(first + records, arrivalMillis, resume, servedMillis, cursor));
            seen.add(stream);
        }
    }

    private void put(StreamId stream, StreamPosition position) {
        if (streams.put(stream, position) == null) {
            requests.add(stream, oldest -> {
                streams.remove(oldest);
                seen.remove(oldest);
            });
        }
    }

    /**
     * Bounds the streams of requests of each source: beyond it the oldest are forgotten. {@link #requestBytes} says
     * what each counts. Without it, {@link #requestHeapBytes} holds for each source.
     */
    public void limitRequests(long bytesOfSource) {
        requests.limit(bytesOfSource);
    }

    /** What the stream of a request counts, by its name, against {@link #limitRequests}. */
    public static long requestBytes(String name) {
        return RequestStreams.bytes(name);
    }

    /** What the streams of requests may count that take so many bytes of a checkpoint at the most. */
    public static long requestBytesOfCheckpoint(long checkpointBytes) {
        return RequestStreams.bytesOfCheckpoint(checkpointBytes);
    }

    /** Heap that the streams of requests of all sources may take together. */
    public static long requestHeapBytes() {
        return RequestStreams.heapBytes();
    }

    /**
     * What the writer asks before it writes: an entry that does not follow from what is before it would be found by
     * every later start.
     *
     * @throws IllegalStateException where the cut does not follow
     */
    void check(CutHead cut) {
        if (cut.batch() != lastBatch + 1
                || cut.start() != cutEnd
                || cut.records() != uncutRecords
                || cut.bytes() != uncutBytes) {
            throw new IllegalStateException(cut + " does not close what is uncut: batch " + (lastBatch + 1) + ", start "
                    + cutEnd + ", records " + uncutRecords + ", bytes " + uncutBytes);
        }
        if (!mayFollow(cut.windowStartMillis())) {
            throw new IllegalStateException(
                    "the window of " + cut + " begins before the last one, " + windowStartMillis);
        }
    }

    /** Whether a window that begins then may follow the last one: windows go forward, or back by more than a day. */
    boolean mayFollow(long startMillis) {
        return startMillis >= windowStartMillis || windowStartMillis - startMillis > CLOCK_BEHIND_MILLIS_MAX;
    }

    void apply(CutHead cut, long end) {
        check(cut);
        lastBatch = cut.batch();
        cutEnd = end;
        windowStartMillis = cut.windowStartMillis();
        windowEndMillis = cut.windowEndMillis();
        uncutRecords = 0;
        uncutBytes = 0;
    }

    /**
     * The same for a mark.
     *
     * @throws IllegalStateException where it says no more than the one before it, or more than there is
     */
    void check(Mark mark) {
        Mark before = marks.get(mark.sink());
        if ((before != null && !mark.isBeyond(before)) || mark.batch() > lastBatch || mark.next() > cutEnd) {
            throw new IllegalStateException(mark + " does not follow " + before + " with batches up to " + lastBatch);
        }
    }

    void apply(Mark mark) {
        check(mark);
        marks.put(mark.sink(), mark);
        exclusions.delivered(deliveredBatch());
    }

    void forget(String sink) {
        marks.remove(sink);
        exclusions.delivered(deliveredBatch());
    }

    /**
     * The same for a record that is set aside. Whether a sink has begun its batch is asked before, by
     * {@link #mayFollow}: which sinks the batch is for is not known here.
     *
     * @throws IllegalStateException where its batch is not cut, or there is no room
     */
    void check(Exclusion exclusion) {
        exclusions.check(exclusion, lastBatch);
    }

    /** @param sinks that the batch is for, by the shape that its cut froze */
    boolean mayFollow(Exclusion exclusion, Set<String> sinks) {
        List<Mark> those = marks.values().stream()
                .filter(mark -> sinks.contains(mark.sink()))
                .toList();
        return exclusions.mayFollow(exclusion, lastBatch, those);
    }

    void apply(Exclusion exclusion) {
        check(exclusion);
        exclusions.add(exclusion);
    }

    void apply(ImportPlan plan) {
        imports.put(plan);
    }

    void apply(ImportDone done) {
        imports.put(done);
    }

    /**
     * The journal notes that servers have served so long: what came since it last did counts as seen now, never
     * earlier.
     */
    void served(long millis) {
        servedMillis = Math.max(servedMillis, millis);
        seen.forEach(stream -> streams.computeIfPresent(stream, (id, position) -> position.seen(servedMillis)));
        seen.clear();
    }

    /**
     * Where nothing is uncut and every sink has everything, lets the next batch begin at {@code position}: nothing
     * before it is needed then. The marks and checkpoints there would otherwise stay until the next delivery, and each
     * start adds some.
     */
    void skipTo(long position) {
        if (uncutRecords == 0 && delivered() == cutEnd) {
            cutEnd = position;
            marks.replaceAll((sink, mark) -> mark.at(mark.batch(), position));
        }
    }

    /**
     * Before a checkpoint: notes the time served, and drops what is no longer needed. The source of a stream may
     * still know it, since it counts from the end of a connection: then the next block brings the stream back.
     */
    void beforeCheckpoint(CheckpointRules rules) {
        served(rules.servedMillis());
        if (streams.entrySet().removeIf(entry -> rules.isForgotten(entry.getKey(), entry.getValue()))) {
            requests.reset(streams.keySet());
        }
        imports.drop(rules::isRemoved);
        shapes.dropUnused();
    }

    /** This state's bytes, for a checkpoint of a segment that begins at {@code base}. */
    ByteBuffer encode(long segment, long base) {
        return CheckpointCodec.encode(this, segment, base);
    }

    void putNumbers(ByteBuffer target) {
        target.putLong(lastBatch)
                .putLong(cutEnd)
                .putLong(windowStartMillis)
                .putLong(windowEndMillis)
                .putLong(uncutRecords)
                .putLong(uncutBytes)
                .putLong(uncutArrivalMillis);
    }

    void getNumbers(ByteBuffer source) {
        lastBatch = source.getLong();
        cutEnd = source.getLong();
        windowStartMillis = source.getLong();
        windowEndMillis = source.getLong();
        uncutRecords = source.getLong();
        uncutBytes = source.getLong();
        uncutArrivalMillis = source.getLong();
    }

    void restoreUncutRecipients(Recipients recipients) {
        uncutRecipients = recipients;
    }

    void restore(StreamId stream, StreamPosition position) {
        put(stream, position);
    }

    void restore(Mark mark) {
        marks.put(mark.sink(), mark);
    }

    /** It was checked when it was written; sinks may have begun its batch since. */
    void restore(Exclusion exclusion) {
        exclusions.add(exclusion);
    }
}
