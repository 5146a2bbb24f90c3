package io.decant.ingest.pipeline;

import io.decant.ingest.batch.BatchOffload;
import io.decant.ingest.journal.GroupLimits;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What a {@link Pipeline} is handed in from outside.
 *
 * @param clock the wall clock
 * @param random seeds of key hashes
 * @param assignThreads how many threads part a batch, the caller's included
 * @param assignExecutor runs the others
 * @param limits how the journal groups what it writes
 * @param backlogBytesMax undelivered bytes beyond which sources wait
 * @param offload what large batches are parted by; empty: all are parted here
 */
public record World(
        InstantSource clock,
        RandomGenerator random,
        int assignThreads,
        Executor assignExecutor,
        GroupLimits limits,
        long backlogBytesMax,
        Optional<BatchOffload.Ground> offload) {

    /** A world in which all batches are parted here. */
    public World(
            InstantSource clock,
            RandomGenerator random,
            int assignThreads,
            Executor assignExecutor,
            GroupLimits limits,
            long backlogBytesMax) {
        this(clock, random, assignThreads, assignExecutor, limits, backlogBytesMax, Optional.empty());
    }
}
