package io.decant.ingest.journal;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BiPredicate;

/**
 * Everything the journal knows beside the records themselves, as of a position: what a checkpoint holds. The writer applies
 * each entry to it as it appends; recovery applies the same entries as it reads them; so the two cannot disagree.
 *
 * <p>Owned by one thread: recovery's, then the writer's.
 */
public final class JournalState {

    /** Most bytes that one kept stream takes in a checkpoint, its names at their longest. */
    public static final int KEPT_STREAM_BYTES_MAX =
            2 * Short.BYTES + StreamId.SOURCE_BYTES_MAX + StreamId.NAME_BYTES_MAX + StreamPosition.ENCODED_BYTES;

    /**
     * How far the wall clock may be behind the start of the last window, in milliseconds, before windows go back with it. What is less is
     * a clock that is being corrected; what is more, one that had been wrong.
     */
    public static final long CLOCK_BEHIND_MILLIS_MAX = TimeUnit.DAYS.toMillis(1);

    /**
     * @param next ordinal of the record after the last one
     * @param lastSeenMillis arrival of the last record
     * @param resume where the stream goes on beside that
     */
    public record StreamPosition(long next, long lastSeenMillis, ResumePoint resume) {

        private static final int ENCODED_BYTES = 2 * Long.BYTES + ResumePoint.ENCODED_BYTES;
    }

    private long lastBatch;
    private long cutEnd;
    private long windowStartMillis;
    private long windowEndMillis;
    private long uncutRecords;
    private long uncutBytes;
    private long uncutArrivalMillis;
    private Recipients uncutRecipients = Recipients.EVERY_SINK;
    private final Map<StreamId, StreamPosition> streams = new LinkedHashMap<>();
    private final Map<String, Mark> marks = new LinkedHashMap<>();

    /**
     * The state that a repaired journal begins with, at {@code position}: the batch {@code lastBatch} and everything before it
     * is delivered to all sinks.
     */
    static JournalState repaired(
            long position, long lastBatch, Set<String> sinks, Map<StreamId, StreamPosition> streams) {
        JournalState state = new JournalState();
        state.lastBatch = lastBatch;
        state.cutEnd = position;
        state.streams.putAll(streams);
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
        apply(block.stream(), block.first(), block.records(), block.bytes(), block.arrivalMillis(), block.resume());
    }

    void apply(BlockHeader block) {
        apply(
                block.stream(),
                block.first(),
                block.records(),
                block.payloadBytes(),
                block.arrivalMillis(),
                block.resume());
    }

    private void apply(StreamId stream, long first, int records, int bytes, long arrivalMillis, ResumePoint resume) {
        Recipients recipients = Recipients.of(stream);
        if (uncutRecords == 0) {
            uncutArrivalMillis = arrivalMillis;
            uncutRecipients = recipients;
        } else if (!recipients.equals(uncutRecipients)) {
            // Only a repair puts blocks whose cuts are lost together; then nobody may miss any.
            uncutRecipients = Recipients.EVERY_SINK;
        }
        uncutRecords += records;
        uncutBytes += bytes;
        if (stream.kept()) {
            StreamPosition before = streams.get(stream);
            // A stream that begins anew at 0 was forgotten by its source, or is another one of its name; one that goes
            // on
            // from nothing was forgotten by the journal, which may forget sooner. Anything else is a gap, or goes back.
            boolean goesOn = before != null && first != 0;
            if (goesOn && (first != before.next() || (resume.isKnown() && !resume.follows(before.resume())))) {
                throw new IllegalStateException("stream " + stream + " jumps to record " + first + " from "
                        + before.next() + ", to resume at " + resume + " after " + before.resume());
            }
            streams.put(stream, new StreamPosition(first + records, arrivalMillis, resume));
        }
    }

    /**
     * What the writer asks before it writes: an entry that does not follow from what is before it would be found by every later
     * start.
     *
     * @throws IllegalStateException where the cut does not follow
     */
    void check(Cut cut) {
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

    void apply(Cut cut, long end) {
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
    }

    void forget(String sink) {
        marks.remove(sink);
    }

    /**
     * Where nothing is uncut and every sink has everything, lets the next batch begin at {@code position}: nothing before it is
     * needed then. The marks and checkpoints there would otherwise stay until the next delivery, and each start adds some.
     */
    void skipTo(long position) {
        if (uncutRecords == 0 && delivered() == cutEnd) {
            cutEnd = position;
            marks.replaceAll((sink, mark) -> mark.at(mark.batch(), position));
        }
    }

    /**
     * Drops streams of which nothing came for too long. Their source may still know them, since it counts from the end of a
     * connection: then the next block brings the stream back as it goes on.
     */
    void forgetStreams(BiPredicate<StreamId, StreamPosition> forgotten) {
        streams.entrySet().removeIf(entry -> forgotten.test(entry.getKey(), entry.getValue()));
    }

    /** This state's bytes, for a checkpoint of a segment that begins at {@code base}. */
    ByteBuffer encode(long segment, long base) {
        int bytes = 9 * Long.BYTES + EntryCodec.encodedBytes(uncutRecipients.replay()) + 2 * Integer.BYTES;
        for (StreamId stream : streams.keySet()) {
            bytes += EntryCodec.encodedBytes(stream.source())
                    + EntryCodec.encodedBytes(stream.name())
                    + StreamPosition.ENCODED_BYTES;
        }
        for (Mark mark : marks.values()) {
            bytes += EntryCodec.encodedBytes(mark);
        }
        ByteBuffer target = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        target.putLong(segment)
                .putLong(base)
                .putLong(lastBatch)
                .putLong(cutEnd)
                .putLong(windowStartMillis)
                .putLong(windowEndMillis)
                .putLong(uncutRecords)
                .putLong(uncutBytes)
                .putLong(uncutArrivalMillis);
        EntryCodec.putString(target, uncutRecipients.replay());
        target.putInt(streams.size());
        streams.forEach((stream, position) -> {
            EntryCodec.putString(target, stream.source());
            EntryCodec.putString(target, stream.name());
            target.putLong(position.next()).putLong(position.lastSeenMillis());
            BlockHeader.putResume(target, position.resume());
        });
        target.putInt(marks.size());
        for (Mark mark : marks.values()) {
            EntryCodec.putMark(target, mark);
        }
        return target.flip();
    }

    /** What a checkpoint said. */
    record Checkpoint(long segment, long base, JournalState state) {}

    static Checkpoint decode(ByteBuffer source) {
        long segment = source.getLong();
        long base = source.getLong();
        JournalState state = new JournalState();
        state.lastBatch = source.getLong();
        state.cutEnd = source.getLong();
        state.windowStartMillis = source.getLong();
        state.windowEndMillis = source.getLong();
        state.uncutRecords = source.getLong();
        state.uncutBytes = source.getLong();
        state.uncutArrivalMillis = source.getLong();
        state.uncutRecipients = new Recipients(EntryCodec.getString(source));
        for (int i = source.getInt(); i > 0; i--) {
            StreamId stream = new StreamId(EntryCodec.getString(source), EntryCodec.getString(source), true);
            state.streams.put(
                    stream, new StreamPosition(source.getLong(), source.getLong(), BlockHeader.getResume(source)));
        }
        for (int i = source.getInt(); i > 0; i--) {
            Mark mark = EntryCodec.getMark(source);
            state.marks.put(mark.sink(), mark);
        }
        return new Checkpoint(segment, base, state);
    }
}
