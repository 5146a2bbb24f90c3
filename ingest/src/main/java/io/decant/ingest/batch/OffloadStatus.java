package io.decant.ingest.batch;

import io.decant.offload.client.OffloaderStatus;
import io.decant.offload.client.SparkWork;

/**
 * Offloading at one moment.
 *
 * @param batch the batch that is being offloaded, the first of them; 0: none is, or its cut cannot be looked at
 * @param error why it was not split the last time, or, where none is, why the place of the staged ones cannot be
 *     cleaned; empty as long as nothing went wrong
 * @param offloaded batches that were split since the start
 * @param failures attempts that came to nothing since the start
 * @param offloader what splits them
 * @param spark what Spark makes of them
 */
public record OffloadStatus(
        State state,
        long batch,
        String error,
        long offloaded,
        long failures,
        OffloaderStatus offloader,
        SparkWork spark) {

    /** What is being done for the batch. */
    public enum State {
        /** No batch is large. */
        IDLE,
        /** It is written to where Spark reads it. */
        STAGING,
        /** Spark splits it, or is about to. */
        RUNNING,
        /** It failed, and is tried again. */
        RETRYING
    }
}
