package io.decant.bucketer;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * What is known of a batch that becomes more records than are held at once: how large its buckets are, and into which
 * parts of the hash space its keys must be divided so that the table of one part keeps its bound. Found by passes over
 * the batch, one for each part. Immutable; any thread.
 */
final class OutputPasses {

    private final Chunks chunks;
    private final Keying keying;
    private final OutputBounds bounds;
    private final BooleanSupplier stopped;
    private final Multiplicity multiplicity;
    private final List<HashRange> parts;
    private final long keyless;

    private OutputPasses(
            Chunks chunks,
            Keying keying,
            OutputBounds bounds,
            BooleanSupplier stopped,
            Multiplicity multiplicity,
            List<HashRange> parts,
            long keyless) {
        this.chunks = chunks;
        this.keying = keying;
        this.bounds = bounds;
        this.stopped = stopped;
        this.multiplicity = multiplicity;
        this.parts = parts;
        this.keyless = keyless;
    }

    static TransformedBatch begin(Chunks chunks, Keying keying, OutputBounds bounds, BooleanSupplier stopped) {
        FailedRecords failed = new FailedRecords();
        try {
            List<StepCounts> counts = TransformTally.newCounts(keying.transforms());
            Map<Long, Long> keysByTimes = new HashMap<>();
            List<HashRange> parts = new ArrayList<>();
            long keyless = 0;
            for (HashRange part = HashRange.ALL;
                    !part.isEmpty();
                    part = parts.get(parts.size() - 1).next()) {
                boolean first = parts.isEmpty();
                try (PartCounter counter =
                        new PartCounter(chunks, keying, bounds, stopped, part, first ? failed : null)) {
                    counter.visit();
                    counter.addTo(keysByTimes);
                    parts.add(counter.part);
                    if (first) {
                        keyless = counter.keyless;
                        counter.outputs().addCounts(counts);
                    }
                }
            }
            OutputPasses passes = new OutputPasses(
                    chunks, keying, bounds, stopped, new Multiplicity(keysByTimes), List.copyOf(parts), keyless);
            return new TransformedBatch(
                    keying,
                    chunks.hasFrames(),
                    chunks.records(),
                    failed,
                    counts,
                    () -> new WindowedOutputs(passes),
                    () -> {},
                    new OutputMemory(0));
        } catch (Throwable e) {
            failed.close();
            throw e;
        }
    }

    /** Counts the keys of a part of the hash space, which it makes smaller while they are too many for its table. */
    private static final class PartCounter extends OutputVisitor {
        private final OutputBounds bounds;
        /** Null where that is known. */
        private final FailedRecords failed;

        private HashRange part;
        private HashCounts table;
        private long keyless;

        PartCounter(
                Chunks chunks,
                Keying keying,
                OutputBounds bounds,
                BooleanSupplier stopped,
                HashRange part,
                FailedRecords failed) {
            super(chunks, keying, stopped);
            this.bounds = bounds;
            this.part = part;
            this.failed = failed;
            this.table = new HashCounts(1);
        }

        @Override
        void keyed(long hash, int output, int record) {
            if (part.has(hash)) {
                table.increment(hash);
                while (table.size() > bounds.keys()) {
                    halve();
                }
            }
        }

        private void halve() {
            part = part.lowerHalf();
            HashCounts whole = table;
            table = new HashCounts(bounds.keys() / 2);
            try {
                whole.forEach((hash, count) -> {
                    if (part.has(hash)) {
                        table.add(hash, count);
                    }
                });
            } finally {
                whole.close();
            }
        }

        @Override
        void keyless(int output, int record) {
            keyless++;
        }

        @Override
        void failed(int record) {
            if (failed != null) {
                failed.add(outputs().recordRef(), record, outputs().failure());
            }
        }

        void addTo(Map<Long, Long> keysByTimes) {
            table.forEach((hash, count) -> keysByTimes.merge(count, 1L, Long::sum));
        }

        @Override
        public void close() {
            super.close();
            table.close();
        }
    }

    Chunks chunks() {
        return chunks;
    }

    Keying keying() {
        return keying;
    }

    OutputBounds bounds() {
        return bounds;
    }

    BooleanSupplier stopped() {
        return stopped;
    }

    Multiplicity multiplicity() {
        return multiplicity;
    }

    /** The parts of the hash space. */
    List<HashRange> parts() {
        return parts;
    }

    /** Outputs without a key. */
    long keyless() {
        return keyless;
    }
}
