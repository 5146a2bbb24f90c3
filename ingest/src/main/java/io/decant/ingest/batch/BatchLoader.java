package io.decant.ingest.batch;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.MissingKey;
import io.decant.bucketer.Remainder;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.Exclusion;
import io.decant.ingest.journal.JournalReader;
import io.decant.ingest.journal.SegmentTable;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.SinkShape;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Brings a batch from the journal: maps its range and parts its records into buckets, by the shape that its cut froze.
 */
public final class BatchLoader {

    private final SegmentTable segments;
    private final int journalId;
    private final String journalIdText;
    private final Extraction extraction;
    private final ExcludedRecords excluded;
    private final BatchTrials trials;

    public BatchLoader(
            SegmentTable segments,
            int journalId,
            String journalIdText,
            Extraction extraction,
            ExcludedRecords excluded,
            BatchTrials trials) {
        this.segments = segments;
        this.journalId = journalId;
        this.journalIdText = journalIdText;
        this.extraction = extraction;
        this.excluded = excluded;
        this.trials = trials;
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
        extraction.stop();
    }

    /** Notes that a batch which was split elsewhere is there for a sink. */
    void opened(long batch) {
        trials.opened(batch);
    }

    /**
     * Loads the batch that begins at {@code start}.
     *
     * @param cut the position {@code cut}: everything before it is synced, and the batch's closing cut is
     * @param found told the closing cut before the records are split, which may take long
     * @throws io.decant.bucketer.AssignmentStoppedException after {@link #stop}
     * @throws io.decant.ingest.journal.JournalException of kind {@code FOREIGN} where a newer version cut it in a way
     *     that this one does not know
     * @throws BatchTrialException where the batch cannot be processed as it is
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
            List<Exclusion> setAside = excluded.of(closing.batch(), reader.position(), cut);
            Remainder remainder = setAside.isEmpty() ? null : Remainder.of(chunks, ExcludedRecords.ordinals(setAside));
            if (remainder != null) {
                chunks.close();
                chunks = remainder.chunks();
            }
            boolean origins = tellsOrigins(closing.shape());
            Assignment assignment = assign(closing, chunks, setAside, origins);
            // Dead letters say in which partition a frame came: 24 bytes a block.
            if (!origins && !assignment.hasFrames()) {
                chunks.close();
            }
            return new Loaded(
                    new OpenBatch(
                            journalIdText,
                            closing,
                            assignment,
                            chunks,
                            reader::addressOf,
                            reader.hasReplay(),
                            remainder,
                            ExcludedRecords.found(setAside, remainder, reader::addressOf)),
                    reader.position(),
                    reader);
        } catch (Throwable e) {
            chunks.close();
            reader.close();
            throw e;
        }
    }

    private Assignment assign(Cut cut, Chunks chunks, List<Exclusion> setAside, boolean origins) {
        Keying keying = new Keying(
                KeySpec.of(cut.shape().key()),
                MissingKey.valueOf(cut.shape().missingKey().toUpperCase(Locale.ROOT)),
                cut.shape().hashSeed());
        return trials.run(cut.batch(), chunks.records(), setAside, new BatchTrials.Trial<>() {
            @Override
            public Assignment run(boolean onThisThread) {
                return extraction.assign(chunks, keying, origins, onThisThread);
            }

            @Override
            public Set<String> sinks() {
                return cut.shape().sinks().stream().map(SinkShape::name).collect(Collectors.toSet());
            }

            @Override
            public void probe(long from, long to) {
                extraction.probe(chunks, keying, from, to);
            }
        });
    }

    /** Whether a sink says of each record where it came from. That costs memory: 4 bytes a record, 24 a block. */
    private static boolean tellsOrigins(Shape shape) {
        return shape.sinks().stream().anyMatch(sink -> sink.format().equals(SinkShape.ENVELOPE));
    }
}
