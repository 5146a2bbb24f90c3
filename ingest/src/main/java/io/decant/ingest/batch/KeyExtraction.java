package io.decant.ingest.batch;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.Keying;
import io.decant.bucketer.TransformedBatch;

/** Finds the keys of records, and counts them, by a {@link BucketAssigner}. */
public final class KeyExtraction implements Extraction {

    private final BucketAssigner parallel;
    private final BucketAssigner alone = new BucketAssigner(1, Runnable::run);

    public KeyExtraction(BucketAssigner parallel) {
        this.parallel = parallel;
    }

    @Override
    public Assignment assign(Chunks chunks, Keying keying, boolean arrivals, boolean onThisThread) {
        return (onThisThread ? alone : parallel).assign(chunks, keying, arrivals);
    }

    @Override
    public TransformedBatch assignTransformed(Chunks chunks, Keying keying, boolean onThisThread) {
        return (onThisThread ? alone : parallel).assignTransformed(chunks, keying);
    }

    @Override
    public void probe(Chunks chunks, Keying keying, long from, long to) {
        alone.probe(chunks, keying, from, to);
    }

    @Override
    public void stop() {
        parallel.stop();
        alone.stop();
    }
}
