package io.decant.ingest.batch;

import io.decant.ingest.journal.Cut;

/**
 * Where a batch stands in the journal.
 *
 * @param number of the batch, from 1
 * @param start the position at which it begins: the end of the cut before it
 */
public record BatchPlace(long number, long start) {

    /** The place of the batch behind this one, whose closing cut ends at {@code end}. */
    public BatchPlace next(long end) {
        return new BatchPlace(number + 1, end);
    }

    /** Requires that what was found here is this batch. */
    void require(Cut found) {
        if (found.batch() != number) {
            throw new IllegalStateException(
                    "batch " + found.batch() + " is at " + start + ", where batch " + number + " should be");
        }
    }
}
