package io.decant.bucketer;

/** Buckets in memory, that know of each record which one of the batch it is, or is made of. */
public interface ArrivalBuckets extends Buckets {

    /** {@link #index} of a record that is the only one that its record became. */
    int ONLY = -1;

    /**
     * Which record of the batch this is, or is made of, in order of arrival, from 0; {@link Chunks#chunkOf} finds its
     * chunk.
     */
    long arrival(int bucket, long ordinal);

    /** Which of the records it is, from 0, that its record became where there are several; else {@link #ONLY}. */
    int index(int bucket, long ordinal);

    /** The same as {@link #arrival} of a record without a key, where {@link #hasTransforms}. */
    long keylessArrival(long ordinal);

    /** Whether records are made by transforms; if not, all lie where they arrived. */
    boolean hasTransforms();

    /** Records that could not be transformed, and are in no bucket. */
    default long failed() {
        return 0;
    }

    /** Where such a record begins: a line, or the value in a {@link Frame}. */
    default long failedAddress(long ordinal) {
        throw new IndexOutOfBoundsException(ordinal);
    }

    /** Bytes of such a record, without its newline. */
    default int failedLength(long ordinal) {
        throw new IndexOutOfBoundsException(ordinal);
    }

    /** The {@link Frame} that such a record lies in; 0 for a line. */
    default long failedFrame(long ordinal) {
        throw new IndexOutOfBoundsException(ordinal);
    }

    /** Which record of the batch such a record is. */
    default long failedArrival(long ordinal) {
        throw new IndexOutOfBoundsException(ordinal);
    }

    /** Why it could not be transformed. */
    default TransformFailure failure(long ordinal) {
        throw new IndexOutOfBoundsException(ordinal);
    }
}
