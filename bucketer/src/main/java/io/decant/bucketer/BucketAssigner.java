package io.decant.bucketer;

import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * Parts batches into buckets: the k-th occurrence of a key goes to bucket k, from 0.
 *
 * <p>Hence no bucket holds a key twice, the buckets together are the batch, there are as few as any arrangement can
 * have (the highest multiplicity), and delivered in order a key's versions come in their order of arrival. Keys are
 * compared by hash; {@link KeyHasher} says what a collision costs.
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
    private volatile boolean stopped;

    /**
     * An assigner that uses up to {@code threads} threads, the calling one among them.
     *
     * @param threads at least 1
     * @param executor where the others come from; if it refuses, is saturated or runs tasks on the calling thread, that
     *     costs speed and nothing else
     */
    public BucketAssigner(int threads, Executor executor) {
        this(threads, executor, PARALLEL_RECORDS_MIN, HashPartitions.RECORDS_TARGET);
    }

    /** With sizes that let small batches go the ways of large ones. */
    BucketAssigner(int threads, Executor executor, int parallelRecordsMin, int partitionRecords) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + ", must be at least 1");
        }
        this.threads = threads;
        this.executor = Objects.requireNonNull(executor, "executor");
        this.parallelRecordsMin = parallelRecordsMin;
        this.partitionRecords = partitionRecords;
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
     * Finds and hashes the keys of the records from {@code from} to {@code to} (exclusive) on the calling thread, in
     * order of arrival, and keeps nothing of it: throws what a record among them makes an assignment throw.
     *
     * @param chunks read only during this call; the memory they describe must stay
     * @throws AssignmentStoppedException after {@link #stop}
     */
    public void probe(Chunks chunks, Keying keying, long from, long to) {
        KeyProbe.run(chunks, keying, from, to, () -> stopped);
    }

    /** Has assignments end after a few records more, those of today and all to come; returns at once. */
    public void stop() {
        stopped = true;
    }

    /** @param keylessOut whether records without a key belong to no bucket, or are their own key */
    Assignment assign(Chunks chunks, Supplier<KeyHasher> hashers, boolean keylessOut, boolean arrivals) {
        chunks.requireOpen();
        boolean alone = threads == 1 || chunks.records() < parallelRecordsMin;
        int ranges = alone ? 1 : threads * RANGES_PER_THREAD;
        HashPartitions partitions = new HashPartitions(chunks.records(), partitionRecords, ranges);
        try (BatchAssignment batch =
                new BatchAssignment(chunks, partitions, ranges, alone ? 1 : threads, executor, () -> stopped)) {
            return batch.run(hashers, keylessOut, arrivals);
        }
    }
}
