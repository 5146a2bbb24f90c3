package io.decant.bucketer;

/**
 * Turns records into records, one after the other. What came of one record stays until the next one: either a slice of
 * the record itself, or memory of this object.
 *
 * <p>Owned by one thread; {@link Transform#newTransformer()} makes one.
 */
public interface Transformer extends AutoCloseable {

    /** What {@link #transform} returns of a record that failed. */
    int FAILED = -1;

    /**
     * Transforms the record of {@code length} bytes at {@code address}, newline not included.
     *
     * @return how many records it became; {@link #FAILED} where it is to be a dead letter
     */
    int transform(long address, int length);

    /**
     * The same for a record without a value.
     *
     * @return 1 where it stays as it is, 0 where it is dropped
     */
    int transformTombstone();

    /**
     * The same as {@link #transform} of a transform that {@linkplain Transform#onlyFilters only filters}, after which
     * no output is asked for.
     *
     * @return 1 where the record stays, 0 where it is dropped, {@link #FAILED}
     */
    default int filter(long address, int length) {
        return transform(address, length);
    }

    /** Where an output begins, from 0: within the record, or in memory of this object. */
    long address(int output);

    /** Bytes of an output. */
    int length(int output);

    /** Which step the last record failed at and why, for {@link TransformFailure}. */
    int failure();

    /** What the steps have done since this was made: see {@link StepCounts}. */
    void addCounts(StepCounts counts);

    /** Frees the memory. Again: nothing. */
    @Override
    void close();
}
