package io.decant.ingest.batch;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.MissingKey;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.JournalReader;
import io.decant.ingest.journal.SegmentTable;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.SinkShape;
import java.util.Locale;
import java.util.function.Consumer;

/** Brings a batch from the journal: maps its range and parts its records into buckets, by the shape that its cut froze. */
public final class BatchLoader {

    private final SegmentTable segments;
    private final int journalId;
    private final String journalIdText;
    private final BucketAssigner assigner;

    public BatchLoader(SegmentTable segments, int journalId, String journalIdText, BucketAssigner assigner) {
        this.segments = segments;
        this.journalId = journalId;
        this.journalIdText = journalIdText;
        this.assigner = assigner;
    }

    /**
     * A batch in memory, and the mapped segments that it lies in.
     *
     * @param end position behind its cut: where the next batch begins
     */
    public record Loaded(OpenBatch batch, long end, JournalReader reader) implements AutoCloseable {

        @Override
        public void close() {
            batch.close();
            reader.close();
        }
    }

    /** Has loading end early, today and for ever; any thread. */
    public void stop() {
        assigner.stop();
    }

    /**
     * Loads the batch that begins at {@code start}.
     *
     * @param cut the position {@code cut}: everything before it is synced, and the batch's closing cut is
     * @param found told the closing cut before the records are parted, which may take long
     * @throws io.decant.bucketer.AssignmentStoppedException after {@link #stop}
     * @throws io.decant.ingest.journal.JournalException of kind {@code FOREIGN} where a newer version cut it in a way that this one does
     *     not know
     */
    public Loaded load(long start, long cut, Consumer<Cut> found) {
        JournalReader reader = new JournalReader(segments, journalId, start);
        Chunks chunks = new Chunks();
        try {
            Cut closing = reader.readBatch(cut, chunks::add);
            if (chunks.records() != closing.records()) {
                throw new IllegalStateException("batch " + closing.batch() + " has " + chunks.records()
                        + " records, its cut says " + closing.records());
            }
            found.accept(closing);
            KnownShape.require(closing);
            Keying keying = new Keying(
                    KeySpec.of(closing.shape().key()),
                    MissingKey.valueOf(closing.shape().missingKey().toUpperCase(Locale.ROOT)),
                    closing.shape().hashSeed());
            boolean origins = tellsOrigins(closing.shape());
            Assignment assignment = assigner.assign(chunks, keying, origins);
            if (!origins) {
                chunks.close();
            }
            return new Loaded(
                    new OpenBatch(journalIdText, closing, assignment, chunks, reader::addressOf, reader.hasReplay()),
                    reader.position(),
                    reader);
        } catch (Throwable e) {
            chunks.close();
            reader.close();
            throw e;
        }
    }

    /** Whether a sink says of each record where it came from. That costs memory: 4 bytes a record, 24 a block. */
    private static boolean tellsOrigins(Shape shape) {
        return shape.sinks().stream().anyMatch(sink -> sink.format().equals(SinkShape.ENVELOPE));
    }
}
