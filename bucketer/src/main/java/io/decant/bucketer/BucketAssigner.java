package io.decant.bucketer;

import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * Parts batches into buckets: the k-th occurrence of a key goes to bucket k, from 0.
 *
 * <p>Hence no bucket holds a key twice, the buckets together are the batch, there are as few as any arrangement can have
 * (the highest multiplicity), and delivered in order a key's versions come in their order of arrival. Keys are compared
 * by hash; {@link KeyHasher} says what a collision costs.
 *
 * <p>May be shared by threads.
 */
public final class BucketAssigner {

    private final int threads;
    private final Executor executor;

    /**
     * An assigner that uses up to {@code threads} threads, the calling one among them.
     *
     * @param threads at least 1
     * @param executor where the others come from; if it refuses, is saturated or runs tasks on the calling thread, that
     *     costs speed and nothing else
     */
    public BucketAssigner(int threads, Executor executor) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads: " + threads + ", must be at least 1");
        }
        this.threads = threads;
        this.executor = Objects.requireNonNull(executor, "executor");
    }

    /**
     * Assigns a batch. The result, order included, depends on the records and the keying alone, never on threads or
     * timing.
     *
     * @param chunks read only during this call, and may be closed after it; the memory they describe must stay
     * @return to be closed by the caller
     * @throws ChunkMismatchException when a chunk does not hold what was announced
     */
    public Assignment assign(Chunks chunks, Keying keying) {
        throw new UnsupportedOperationException();
    }
}
