package io.decant.ingest.batch;

import io.decant.ingest.batch.OpenBatch.ExcludedRecord;

/**
 * Records of a batch that could not be transformed and become dead letters, in order of arrival. For the thread that
 * reads the batch's buckets.
 */
public interface FailedTransforms {

    /** There are none. */
    FailedTransforms NONE = new FailedTransforms() {
        @Override
        public long count() {
            return 0;
        }

        @Override
        public ExcludedRecord record(long ordinal) {
            throw new IndexOutOfBoundsException(ordinal);
        }
    };

    long count();

    /** The record as it came, and why it failed; its memory is good until another one is asked for. */
    ExcludedRecord record(long ordinal);
}
