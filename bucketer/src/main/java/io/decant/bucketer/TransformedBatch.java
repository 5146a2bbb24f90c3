package io.decant.bucketer;

import java.util.List;
import java.util.function.Supplier;

/**
 * A batch whose records went through transforms, split into buckets by a {@link BucketAssigner}. Refers to the records
 * in the memory of the batch's chunks, and to these where it reads them again: both must stay until this is closed.
 *
 * <p>Any number of threads may ask for buckets at once, each for its own; {@link #close()} must come after the last of
 * those is closed.
 */
public final class TransformedBatch implements AutoCloseable {

    private final Keying keying;
    private final boolean frames;
    private final long records;
    private final FailedRecords failed;
    private final List<StepCounts> counts;
    private final Supplier<OutputLayout> layouts;
    private final AutoCloseable shared;
    private final OutputMemory memory;
    private volatile boolean closed;

    /**
     * @param records of the batch, before the transforms
     * @param layouts makes one for each reader, to be closed by it
     * @param shared what they share, freed at the end
     * @param memory what transforms have built
     */
    TransformedBatch(
            Keying keying,
            boolean frames,
            long records,
            FailedRecords failed,
            List<StepCounts> counts,
            Supplier<OutputLayout> layouts,
            AutoCloseable shared,
            OutputMemory memory) {
        this.keying = keying;
        this.frames = frames;
        this.records = records;
        this.failed = failed;
        this.counts = counts;
        this.layouts = layouts;
        this.shared = shared;
        this.memory = memory;
    }

    /** The buckets, for the use of one thread; to be closed by the caller. */
    public ArrivalBuckets newBuckets() {
        if (closed) {
            throw new IllegalStateException("this batch is closed");
        }
        return new OutputBuckets(this, layouts.get());
    }

    /** Records of the batch, before the transforms. */
    public long records() {
        return records;
    }

    /** What the steps of each of {@link Keying#transforms} did; not to be changed. */
    public List<StepCounts> counts() {
        return counts;
    }

    Keying keying() {
        return keying;
    }

    boolean hasFrames() {
        return frames;
    }

    FailedRecords failedRecords() {
        return failed;
    }

    boolean isClosed() {
        return closed;
    }

    /** Frees the memory. Again: nothing. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            failed.close();
            memory.close();
            try {
                shared.close();
            } catch (Exception e) {
                throw new IllegalStateException("memory cannot fail to be freed", e);
            }
        }
    }
}
