package io.decant.ingest.pipeline;

import io.decant.ingest.batch.BatchOffload;
import io.decant.ingest.batch.Extraction;
import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.Shape;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;

/**
 * What a {@link Pipeline} is handed in from outside.
 *
 * @param clock the wall clock
 * @param random seeds of key hashes
 * @param assignThreads how many threads split a batch, the caller's included
 * @param assignExecutor runs the others
 * @param limits how the journal groups what it writes
 * @param backlogBytesMax undelivered bytes beyond which sources wait
 * @param offload what large batches are split by; empty: all are split here
 * @param nanoTime the monotonic clock, by which the stages are run too
 * @param reshape what becomes of the shape that the settings make of a batch: a test may add what no setting makes
 * @param extraction what becomes of the extraction of keys: a test may have it fail
 */
public record PipelineContext(
        InstantSource clock,
        RandomGenerator random,
        int assignThreads,
        Executor assignExecutor,
        GroupLimits limits,
        long backlogBytesMax,
        Optional<BatchOffload.OffloadContext> offload,
        LongSupplier nanoTime,
        UnaryOperator<Shape> reshape,
        UnaryOperator<Extraction> extraction) {}
