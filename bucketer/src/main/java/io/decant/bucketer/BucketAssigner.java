package io.decant.bucketer;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.LongStream;

/**
 * Splits batches into buckets: the k-th occurrence of a key goes to bucket k, from 0. Where records have several keys,
 * a record goes to the first bucket behind all earlier records that share a key with it ({@link KeyChains}).
 *
 * <p>Hence no bucket holds a key twice, the buckets together are the batch, and delivered in order a key's versions
 * come in their order of arrival. There are as few buckets as any arrangement with that order can have: with one key,
 * the highest multiplicity; with several, the longest chain of records of which each shares a key with the next. Keys
 * are compared by hash; {@link KeyHasher} says what a collision costs.
 *
 * <p>May be shared by threads.
 */
public final class BucketAssigner {

    /** Below this a batch is done before another thread has woken up. */
    private static final int PARALLEL_RECORDS_MIN = 8 * 1024;

    /** More ranges than threads, so that a thread which is held up leaves its share to the others. */
    private static final int RANGES_PER_THREAD = 4;

    private final int threads;
    private final Executor executor;
    private final int parallelRecordsMin;
    private final int partitionRecords;
    private final OutputBounds outputBounds;
    private volatile boolean stopped;

    /**
     * An assigner that uses up to {@code threads} threads, the calling one among them.
     *
     * @param threads at least 1
     * @param executor where the others come from; if it refuses, is saturated or runs tasks on the calling thread, that
     *     costs speed and nothing else
     */
    public BucketAssigner(int threads, Executor executor) {
        this(threads, executor, PARALLEL_RECORDS_MIN, HashPartitions.RECORDS_TARGET, OutputBounds.DEFAULT);
    }

    /** With sizes that let small batches go the ways of large ones. */
    BucketAssigner(int threads, Executor executor, int parallelRecordsMin, int partitionRecords) {
        this(threads, executor, parallelRecordsMin, partitionRecords, OutputBounds.DEFAULT);
    }

    /** The same with bounds that small batches reach. */
    BucketAssigner(
            int threads, Executor executor, int parallelRecordsMin, int partitionRecords, OutputBounds outputBounds) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + ", must be at least 1");
        }
        this.threads = threads;
        this.executor = Objects.requireNonNull(executor, "executor");
        this.parallelRecordsMin = parallelRecordsMin;
        this.partitionRecords = partitionRecords;
        this.outputBounds = outputBounds;
    }

    /**
     * Most bytes that {@link #assignTransformed} takes off the heap while it splits a batch, what transforms build
     * included. Roughly: tables of passes take less. With several keys a batch that becomes more records than are held
     * of others takes more, in proportion.
     *
     * @param records of the batch, at most
     * @param keys that a record can have, {@link KeySpec#slots}
     */
    public static long bytesToTransform(long records, int keys) {
        return OutputBounds.DEFAULT.bytesWhileSplit(records, keys);
    }

    /** Most bytes of these that a {@link TransformedBatch} keeps until it is closed. */
    public static long bytesTransformed(long records) {
        return OutputBounds.DEFAULT.bytesOnceSplit(records);
    }

    /** The same without {@link Assignment#arrival}. */
    public Assignment assign(Chunks chunks, Keying keying) {
        return assign(chunks, keying, false);
    }

    /**
     * Assigns a batch. The result, order included, depends on the records and the keying alone, never on threads or
     * timing.
     *
     * @param chunks read only during this call, and may be closed after it; the memory they describe must stay
     * @param arrivals whether to keep {@link Assignment#arrival}, at 4 bytes a record
     * @return to be closed by the caller
     * @throws ChunkMismatchException when a chunk does not hold what was announced
     * @throws AssignmentStoppedException after {@link #stop}
     */
    public Assignment assign(Chunks chunks, Keying keying, boolean arrivals) {
        return assign(chunks, keying::newHasher, keying.leavesKeylessOut(), arrivals);
    }

    /**
     * Assigns a batch whose records go through {@link Keying#transforms} before. The result depends on the records and
     * the keying alone. Memory is bounded whatever they become, see {@link OutputBounds}.
     *
     * @param chunks these, and the memory they describe, must stay until the result is closed
     * @return to be closed by the caller
     * @throws ChunkMismatchException when a chunk does not hold what was announced
     * @throws AssignmentStoppedException after {@link #stop}
     */
    public TransformedBatch assignTransformed(Chunks chunks, Keying keying) {
        chunks.requireOpen();
        boolean alone = threads == 1 || chunks.records() < parallelRecordsMin;
        Ranges ranges = Ranges.of(chunks, alone ? 1 : threads * RANGES_PER_THREAD);
        int workers = alone ? 1 : threads;
        if (keying.transforms().stream().allMatch(Transform::onlyFilters)) {
            return assignFiltered(chunks, keying, ranges.count(), workers);
        }
        boolean several = keying.key().isSeveral();
        long inMemory = Math.max(chunks.records(), outputBounds.inMemory());
        long[] outputs = outputs(chunks, keying, ranges, workers, true);
        long most = LongStream.of(outputs).sum();
        if (most > inMemory || most * keying.key().slots() > Chunks.RECORDS_MAX) {
            outputs = outputs(chunks, keying, ranges, workers, false);
            most = LongStream.of(outputs).sum();
        }
        if (several) {
            KeyChains.requireRoom(keying.key().slots(), most);
        }
        if (!several && most > inMemory) {
            return OutputPasses.begin(chunks, keying, outputBounds, () -> stopped);
        }
        OutputMemory memory = new OutputMemory(outputBounds.builtBytes());
        OutputPlaces places = null;
        try {
            places = new OutputPlaces(ranges, outputs, memory, keying.transforms());
            try (BatchAssignment batch =
                    new BatchAssignment(chunks, places, partitionRecords, workers, executor, () -> stopped)) {
                InMemoryOutputs split =
                        batch.runTransformed(keying::newHasher, keying.leavesKeylessOut(), keying.transforms());
                return new TransformedBatch(
                        keying,
                        chunks.hasFrames(),
                        chunks.records(),
                        places.tally().takeFailed(),
                        places.tally().counts(),
                        () -> split,
                        split::free,
                        memory);
            }
        } catch (Throwable e) {
            memory.close();
            throw e;
        }
    }

    private TransformedBatch assignFiltered(Chunks chunks, Keying keying, int ranges, int workers) {
        try (TransformTally tally = new TransformTally(ranges, keying.transforms());
                BatchAssignment batch =
                        new BatchAssignment(chunks, partitionRecords, ranges, workers, executor, () -> stopped)) {
            InMemoryOutputs split =
                    batch.runFiltered(keying::newHasher, keying.leavesKeylessOut(), keying.transforms(), tally);
            return new TransformedBatch(
                    keying,
                    chunks.hasFrames(),
                    chunks.records(),
                    tally.takeFailed(),
                    tally.counts(),
                    () -> split,
                    split::free,
                    new OutputMemory(0));
        }
    }

    /**
     * How many records each range becomes, at most; counted only where one may become several.
     *
     * @param atMost whether more will do, where that takes less time
     */
    private long[] outputs(Chunks chunks, Keying keying, Ranges ranges, int workers, boolean atMost) {
        long[] outputs = new long[ranges.count()];
        for (int range = 0; range < outputs.length; range++) {
            outputs[range] = (long) ranges.firstRecord()[range + 1] - ranges.firstRecord()[range];
        }
        if (keying.transforms().stream().anyMatch(Transform::canSplit)) {
            ParallelTasks.run(
                    ranges.count(),
                    workers,
                    executor,
                    () -> new OutputCounter(chunks, ranges, keying.transforms(), atMost, outputs, () -> stopped));
        }
        return outputs;
    }

    /**
     * Finds and hashes the keys of the records from {@code from} to {@code to} (exclusive) on the calling thread, in
     * order of arrival, and keeps nothing of it: throws what a record among them makes an assignment throw.
     *
     * @param chunks read only during this call; the memory they describe must stay
     * @throws AssignmentStoppedException after {@link #stop}
     */
    public void probe(Chunks chunks, Keying keying, long from, long to) {
        KeyProbe.run(chunks, keying, from, to, () -> stopped);
    }

    /** Makes running and future assignments end after a few more records; returns immediately. */
    public void stop() {
        stopped = true;
    }

    /** @param keylessOut whether records without a key belong to no bucket, or are their own key */
    Assignment assign(Chunks chunks, Supplier<KeyHasher> hashers, boolean keylessOut, boolean arrivals) {
        chunks.requireOpen();
        boolean alone = threads == 1 || chunks.records() < parallelRecordsMin;
        int ranges = alone ? 1 : threads * RANGES_PER_THREAD;
        try (BatchAssignment batch =
                new BatchAssignment(chunks, partitionRecords, ranges, alone ? 1 : threads, executor, () -> stopped)) {
            return batch.run(hashers, keylessOut, arrivals);
        }
    }
}
