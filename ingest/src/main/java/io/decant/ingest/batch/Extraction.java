package io.decant.ingest.batch;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.Chunks;
import io.decant.bucketer.Keying;
import io.decant.bucketer.TransformedBatch;

/**
 * What is done to the records of a batch to split them into buckets. It depends on their content, so one of them may
 * make it fail, each time. Thread-safe.
 */
public interface Extraction {

    /**
     * Splits a batch.
     *
     * @param arrivals whether to keep in which order the records came
     * @param alone on this thread only, so that no two records take memory at the same time
     * @return to be closed by the caller
     * @throws io.decant.bucketer.AssignmentStoppedException after {@link #stop}
     */
    Assignment assign(Chunks chunks, Keying keying, boolean arrivals, boolean alone);

    /**
     * Splits a batch whose records go through transforms before.
     *
     * @param chunks these must stay until the result is closed
     * @param alone on this thread only, so that no two records take memory at the same time
     * @return to be closed by the caller
     * @throws io.decant.bucketer.AssignmentStoppedException after {@link #stop}
     */
    TransformedBatch assignTransformed(Chunks chunks, Keying keying, boolean alone);

    /**
     * Does the same to the records from {@code from} to {@code to} (exclusive), by ordinal in the batch, and keeps
     * nothing of it.
     *
     * @throws io.decant.bucketer.AssignmentStoppedException after {@link #stop}
     */
    void probe(Chunks chunks, Keying keying, long from, long to);

    /** Makes both end early, now and in future. */
    void stop();
}
