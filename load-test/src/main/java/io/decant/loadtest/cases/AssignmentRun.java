package io.decant.loadtest.cases;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.Keying;
import io.decant.bucketer.SeenHashes;
import io.decant.harness.Fingerprint;
import io.decant.loadtest.load.LinesFile;
import io.decant.loadtest.load.RecordShape;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Bucket assignment by itself, in this process, over records in memory. Owned by one thread. */
final class AssignmentRun implements AutoCloseable {

    private final RecordShape shape;
    private final LinesFile lines;
    private final Chunks chunks;
    private final Keying keying;
    private final ExecutorService executor = Executors.newCachedThreadPool(task -> {
        Thread thread = new Thread(task, "assign");
        thread.setDaemon(true);
        return thread;
    });

    AssignmentRun(RecordShape shape, LinesFile lines, long seed) {
        this.shape = shape;
        this.lines = lines;
        this.chunks = lines.chunks(shape);
        this.keying = Keying.wholeRecord(seed);
    }

    /** Assigns all; returns the seconds that took. */
    double seconds(int threads) {
        BucketAssigner assigner = new BucketAssigner(threads, executor);
        long start = System.nanoTime();
        try (Assignment assignment = assigner.assign(chunks, keying)) {
            double took = (System.nanoTime() - start) / 1e9;
            // Used, so that nothing of it can be left out.
            return assignment.records() == chunks.records() ? took : Double.NaN;
        }
    }

    /** Records a second. */
    double pace(int threads) {
        return chunks.records() / seconds(threads);
    }

    /**
     * What the buckets are.
     *
     * @param distinct records of bucket 0, which is how many different keys there are
     * @param buckets how many, which is the highest multiplicity
     * @param distinctWithin rule 1: no bucket holds a key twice
     * @param complete rule 2: together they are what went in
     */
    record Checked(long distinct, long buckets, boolean distinctWithin, boolean complete) {
        boolean held() {
            return distinctWithin && complete;
        }
    }

    /** Walks through all buckets. */
    Checked check(int threads) {
        KeyHasher hasher = keying.newHasher();
        boolean distinctWithin = true;
        long records = 0;
        long bytes = 0;
        long sum = 0;
        try (Assignment assignment = new BucketAssigner(threads, executor).assign(chunks, keying);
                SeenHashes seen = new SeenHashes()) {
            for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
                seen.clear();
                for (long i = 0; i < assignment.records(bucket); i++) {
                    int length = assignment.length(bucket, i);
                    long hash = hasher.hash(assignment.address(bucket, i), length);
                    distinctWithin &= seen.add(hash);
                    records++;
                    bytes += length;
                    sum += hash;
                }
            }
            boolean complete = new Fingerprint(records, bytes, sum).equals(lines.fingerprint(shape, hasher));
            return new Checked(assignment.records(0), assignment.buckets(), distinctWithin, complete);
        }
    }

    @Override
    public void close() {
        executor.shutdown();
        chunks.close();
    }
}
