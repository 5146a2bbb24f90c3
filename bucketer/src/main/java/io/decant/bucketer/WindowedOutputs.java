package io.decant.bucketer;

import java.util.Map;

/**
 * The buckets of a batch that becomes more records than are held at once, of which one window and the one before it are
 * in memory. A record that is in neither has a window loaded that begins with it, or a little before: by one pass over
 * the batch, and where its keys are too many for one table, some more at the beginning of a bucket.
 *
 * <p>So it is made for reading buckets one after the other, from the first record to the last, and for going back a
 * little. Owned by one thread.
 */
final class WindowedOutputs implements OutputLayout {

    /** So much of a window lies before the record that it is loaded for. */
    private static final int BACK_SHARE = 8;

    private static final int NO_BUCKET = -1;

    private final OutputPasses passes;
    private OutputWindow current;
    private OutputWindow before;
    private OutputWindow keyless;
    /** Hashes of keys that occur more often than {@link #hotFrom}; null: none are known. */
    private HashCounts hot;

    private int hotFrom = NO_BUCKET;
    /** A bit for each output, in order of arrival: whether it is in bucket {@link #marksOf}. */
    private final LongArray marks = LongArray.empty();

    private int marksOf = NO_BUCKET;

    WindowedOutputs(OutputPasses passes) {
        this.passes = passes;
    }

    @Override
    public long records() {
        return passes.multiplicity().records();
    }

    @Override
    public int buckets() {
        return passes.multiplicity().buckets();
    }

    @Override
    public long records(int bucket) {
        return passes.multiplicity().records(bucket);
    }

    @Override
    public long place(int bucket, long ordinal) {
        if (current == null || !current.has(bucket, ordinal)) {
            turnTo(bucket, ordinal);
        }
        return current.place(bucket, ordinal);
    }

    @Override
    public long following(int bucket, long ordinal) {
        return current.following(bucket, ordinal);
    }

    @Override
    public OutputTable outputs() {
        return current.outputs();
    }

    private void turnTo(int bucket, long ordinal) {
        OutputWindow other = before;
        before = current;
        current = other;
        if (current != null && current.has(bucket, ordinal)) {
            return;
        }
        if (current != null) {
            current.close();
            current = null;
        }
        long window = passes.bounds().window();
        OutputWindow loaded = new OutputWindow(
                passes.multiplicity(),
                bucket,
                Math.max(0, ordinal - window / BACK_SHARE),
                window,
                isMarked(bucket),
                passes.bounds().builtBytes() / 2);
        try {
            load(loaded, bucket);
        } catch (Throwable e) {
            loaded.close();
            throw e;
        }
        current = loaded;
    }

    /** Whether a bucket has too many keys for one table, so that its records are found by marks. */
    private boolean isMarked(int bucket) {
        return passes.parts().size() > 1 && records(bucket) > passes.bounds().keys();
    }

    private void load(OutputWindow into, int bucket) {
        if (passes.parts().size() == 1) {
            try (HashCounts counts = new HashCounts(records(0))) {
                visit((visitor, hash, output, record) ->
                        into.take(counts.increment(hash), visitor.outputs(), output, record));
            }
        } else if (!isMarked(bucket)) {
            findHot(bucket);
            try (HashCounts counts = new HashCounts(hot.size())) {
                hot.forEach((hash, count) -> counts.add(hash, 1));
                visit((visitor, hash, output, record) ->
                        into.take(counts.incrementIfPresent(hash) - 1, visitor.outputs(), output, record));
            }
        } else {
            mark(bucket);
            long[] number = {0};
            visit((visitor, hash, output, record) -> {
                if (isMarked(number[0]++)) {
                    into.take(bucket, visitor.outputs(), output, record);
                }
            });
        }
    }

    /** Finds the keys that occur more often than {@code bucket}, unless it knows them and few more. */
    private void findHot(int bucket) {
        if (hot != null && bucket >= hotFrom) {
            return;
        }
        closeHot();
        HashCounts found = new HashCounts(records(bucket));
        try {
            for (HashRange part : passes.parts()) {
                try (HashCounts counts = new HashCounts(1)) {
                    visit((visitor, hash, output, record) -> {
                        if (part.has(hash)) {
                            counts.increment(hash);
                        }
                    });
                    counts.forEach((hash, count) -> {
                        if (count > bucket) {
                            found.add(hash, 1);
                        }
                    });
                }
            }
        } catch (Throwable e) {
            found.close();
            throw e;
        }
        hot = found;
        hotFrom = bucket;
    }

    /** Finds which outputs are in a bucket. */
    private void mark(int bucket) {
        if (marksOf == bucket) {
            return;
        }
        marksOf = NO_BUCKET;
        if (marks.length() == 0) {
            marks.growToZeros(records() / Long.SIZE + 1);
        } else {
            Memory.zero(marks.address(), marks.length() * Long.BYTES);
        }
        for (HashRange part : passes.parts()) {
            long[] number = {0};
            try (HashCounts counts = new HashCounts(1)) {
                visit((visitor, hash, output, record) -> {
                    if (part.has(hash) && counts.increment(hash) == bucket) {
                        long word = number[0] / Long.SIZE;
                        marks.set(word, marks.get(word) | 1L << number[0]);
                    }
                    number[0]++;
                });
            }
        }
        marksOf = bucket;
    }

    private boolean isMarked(long number) {
        return (marks.get(number / Long.SIZE) & 1L << number) != 0;
    }

    @Override
    public long keyless() {
        return passes.keyless();
    }

    @Override
    public long keylessPlace(long ordinal) {
        if (keyless == null || !keyless.has(0, ordinal)) {
            loadKeyless(ordinal);
        }
        return keyless.place(0, ordinal);
    }

    @Override
    public OutputTable keylessOutputs() {
        return keyless.outputs();
    }

    private void loadKeyless(long ordinal) {
        if (keyless != null) {
            keyless.close();
            keyless = null;
        }
        // As if they were one bucket.
        Multiplicity size = new Multiplicity(Map.of(1L, keyless()));
        OutputWindow loaded = new OutputWindow(
                size,
                0,
                ordinal,
                passes.bounds().window(),
                true,
                passes.bounds().builtBytes() / 2);
        try (OutputVisitor visitor = new OutputVisitor(passes.chunks(), passes.keying(), passes.stopped()) {
            @Override
            void keyed(long hash, int output, int record) {}

            @Override
            void keyless(int output, int record) {
                loaded.take(0, outputs(), output, record);
            }
        }) {
            visitor.visit();
        } catch (Throwable e) {
            loaded.close();
            throw e;
        }
        keyless = loaded;
    }

    /** What is done with each output that has a key. */
    private interface Visit {
        void keyed(OutputVisitor visitor, long hash, int output, int record);
    }

    private void visit(Visit each) {
        try (OutputVisitor visitor = new OutputVisitor(passes.chunks(), passes.keying(), passes.stopped()) {
            @Override
            void keyed(long hash, int output, int record) {
                each.keyed(this, hash, output, record);
            }
        }) {
            visitor.visit();
        }
    }

    private void closeHot() {
        if (hot != null) {
            hot.close();
            hot = null;
        }
    }

    @Override
    public void close() {
        for (OutputWindow window : new OutputWindow[] {current, before, keyless}) {
            if (window != null) {
                window.close();
            }
        }
        current = null;
        before = null;
        keyless = null;
        closeHot();
        marks.close();
    }
}
