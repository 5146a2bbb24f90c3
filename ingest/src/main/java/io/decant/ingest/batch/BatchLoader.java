package io.decant.ingest.batch;

import io.decant.bucketer.ArrivalBuckets;
import io.decant.bucketer.Assignment;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Keying;
import io.decant.bucketer.MissingKey;
import io.decant.bucketer.Remainder;
import io.decant.bucketer.Transform;
import io.decant.bucketer.TransformedBatch;
import io.decant.ingest.batch.OpenBatch.ExcludedRecord;
import io.decant.ingest.journal.BlockView;
import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.Exclusion;
import io.decant.ingest.journal.JournalReader;
import io.decant.ingest.journal.JournalView;
import io.decant.ingest.journal.Shape;
import io.decant.ingest.journal.SinkShape;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Brings a batch from the journal: maps its range and splits its records into buckets, by the shape that its cut froze.
 */
public final class BatchLoader {

    private final JournalView journal;
    private final Extraction extraction;
    private final ExcludedRecords excluded;
    private final BatchTrials trials;
    private final byte[] salt;
    private final Consumer<List<TransformCounts>> counted;

    /**
     * @param salt of {@code json-hash}; null: there is none
     * @param counted told what transforms did, whenever a batch was loaded that has some
     */
    public BatchLoader(
            JournalView journal,
            Extraction extraction,
            ExcludedRecords excluded,
            BatchTrials trials,
            byte[] salt,
            Consumer<List<TransformCounts>> counted) {
        this.journal = journal;
        this.extraction = extraction;
        this.excluded = excluded;
        this.trials = trials;
        this.salt = salt;
        this.counted = counted;
    }

    /**
     * A batch in memory, and the mapped segments that it lies in.
     *
     * @param batch one that is closed with this
     * @param end position behind its cut: where the next batch begins
     * @param readers gives the batch to a reader, for one thread: the one that all share, or one that the reader closes
     */
    public record Loaded(OpenBatch batch, long end, JournalReader reader, Supplier<OpenBatch> readers)
            implements AutoCloseable {

        @Override
        public void close() {
            batch.close();
            reader.close();
        }
    }

    /** Makes running and future loading end early; any thread. */
    public void stop() {
        extraction.stop();
    }

    /** Notes that a batch which was split elsewhere is there for a sink. */
    void opened(long batch) {
        trials.opened(batch);
    }

    /**
     * Loads a batch.
     *
     * @param cut the position {@code cut}: everything before it is synced, and the batch's closing cut is
     * @param found told the closing cut before the records are split, which may take long
     * @throws io.decant.bucketer.AssignmentStoppedException after {@link #stop}
     * @throws io.decant.ingest.journal.JournalException of kind {@code FOREIGN} where a newer version cut it in a way
     *     that this one does not know
     * @throws BatchTrialException where the batch cannot be processed as it is
     */
    public Loaded load(BatchPlace place, long cut, Consumer<Cut> found) {
        JournalReader reader = journal.read(place.start());
        Chunks chunks = new Chunks(journal::wasRead);
        try {
            Cut closing = readBatch(reader, cut, chunks);
            place.require(closing);
            if (chunks.records() != closing.records()) {
                throw new IllegalStateException("batch " + closing.batch() + " has " + chunks.records()
                        + " records, its cut says " + closing.records());
            }
            found.accept(closing);
            BatchTransforms transforms = KnownShape.require(closing, salt);
            List<Exclusion> setAside = excluded.of(closing.batch(), reader.position(), cut);
            if (!transforms.isEmpty()) {
                chunks = numbered(chunks, transforms, reader);
            }
            Remainder remainder = setAside.isEmpty() ? null : Remainder.of(chunks, ExcludedRecords.ordinals(setAside));
            if (remainder != null) {
                chunks.close();
                chunks = remainder.chunks();
            }
            Batch batch = new Batch(
                    closing,
                    chunks,
                    reader,
                    remainder,
                    ExcludedRecords.found(setAside, remainder, reader::addressOf),
                    transforms,
                    new BatchBlocks(journal, closing, place.start(), cut, ExcludedRecords.ordinals(setAside)));
            return chunks.hasTransforms() ? loadTransformed(batch, setAside) : load(batch, setAside);
        } catch (Throwable e) {
            chunks.close();
            reader.close();
            throw e;
        }
    }

    /** How a cut says that records are told apart. */
    static Keying keying(Cut cut, List<Transform> transforms) {
        return new Keying(
                KeySpec.of(cut.shape().key()),
                MissingKey.valueOf(cut.shape().missingKey().toUpperCase(Locale.ROOT)),
                cut.shape().hashSeed(),
                transforms);
    }

    private static Cut readBatch(JournalReader reader, long cut, Chunks chunks) {
        return reader.readBatch(cut, chunks::add);
    }

    /** What is known of a batch before its records are split. */
    private record Batch(
            Cut cut,
            Chunks chunks,
            JournalReader reader,
            Remainder remainder,
            List<ExcludedRecord> excluded,
            BatchTransforms transforms,
            BatchBlocks blocks) {

        Keying keying() {
            return BatchLoader.keying(cut, transforms.transforms());
        }

        OpenBatch open(String journalIdText, ArrivalBuckets buckets, FailedTransforms failed, Runnable release) {
            return new OpenBatch(
                    journalIdText,
                    cut,
                    buckets,
                    chunks,
                    reader::addressOf,
                    reader.hasReplay(),
                    remainder,
                    excluded,
                    failed,
                    blocks,
                    release);
        }

        /** Those that could not be transformed, as buckets know them. */
        FailedTransforms failed(ArrivalBuckets buckets) {
            JournalStreams streams = new JournalStreams(buckets, chunks, reader::addressOf);
            return new FailedTransforms() {
                @Override
                public long count() {
                    return buckets.failed();
                }

                @Override
                public ExcludedRecord record(long ordinal) {
                    long arrival = buckets.failedArrival(ordinal);
                    long frame = buckets.failedFrame(ordinal);
                    int transform = chunks.transform(chunks.chunkOf(arrival));
                    return new ExcludedRecord(
                            transforms.reason(transform, buckets.failure(ordinal)),
                            buckets.failedAddress(ordinal),
                            buckets.failedLength(ordinal),
                            frame,
                            frame == 0 ? "" : streams.ofArrival(arrival),
                            transforms.source(transform));
                }
            };
        }
    }

    /** The same chunks, each with the transform of its source. */
    private Chunks numbered(Chunks chunks, BatchTransforms transforms, JournalReader reader) {
        Chunks numbered = new Chunks(journal::wasRead);
        try {
            BlockView block = new BlockView();
            for (int chunk = 0; chunk < chunks.size(); chunk++) {
                block.set(reader.addressOf(chunks.tag(chunk)));
                numbered.add(
                        chunks.address(chunk),
                        chunks.length(chunk),
                        chunks.records(chunk),
                        chunks.tag(chunk),
                        chunks.isFramed(chunk),
                        transforms.of(block));
            }
        } catch (Throwable e) {
            numbered.close();
            throw e;
        }
        chunks.close();
        return numbered;
    }

    private Loaded load(Batch batch, List<Exclusion> setAside) {
        boolean origins = tellsOrigins(batch.cut().shape());
        Chunks chunks = batch.chunks();
        Keying keying = batch.keying();
        Assignment assignment = trials.run(
                batch.cut().batch(),
                chunks.records(),
                setAside,
                trial(batch, alone -> extraction.assign(chunks, keying, origins, alone)));
        // Dead letters say in which partition a frame came: 24 bytes a block.
        if (!origins && !assignment.hasFrames()) {
            chunks.close();
        }
        OpenBatch open = batch.open(journal.idText(), assignment, FailedTransforms.NONE, chunks::close);
        return new Loaded(open, batch.reader().position(), batch.reader(), () -> open);
    }

    private Loaded loadTransformed(Batch batch, List<Exclusion> setAside) {
        Keying keying = batch.keying();
        TransformedBatch transformed = trials.run(
                batch.cut().batch(),
                batch.chunks().records(),
                setAside,
                trial(batch, alone -> extraction.assignTransformed(batch.chunks(), keying, alone)));
        counted.accept(batch.transforms().counts(transformed.counts()));
        ArrivalBuckets own = transformed.newBuckets();
        OpenBatch open = batch.open(journal.idText(), own, batch.failed(own), () -> {
            transformed.close();
            batch.chunks().close();
        });
        return new Loaded(open, batch.reader().position(), batch.reader(), () -> {
            ArrivalBuckets buckets = transformed.newBuckets();
            return batch.open(journal.idText(), buckets, batch.failed(buckets), () -> {});
        });
    }

    private <T> BatchTrials.Trial<T> trial(Batch batch, Function<Boolean, T> assign) {
        Keying keying = batch.keying();
        return new BatchTrials.Trial<>() {
            @Override
            public T run(boolean onThisThread) {
                return assign.apply(onThisThread);
            }

            @Override
            public Set<String> sinks() {
                return batch.cut().shape().sinks().stream().map(SinkShape::name).collect(Collectors.toSet());
            }

            @Override
            public void probe(long from, long to) {
                extraction.probe(batch.chunks(), keying, from, to);
            }
        };
    }

    /** Whether a sink says of each record where it came from. That costs memory: 4 bytes a record, 24 a block. */
    private static boolean tellsOrigins(Shape shape) {
        return shape.sinks().stream().anyMatch(sink -> sink.format().equals(SinkShape.ENVELOPE));
    }
}
