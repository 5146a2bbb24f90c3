package io.decant.ingest.journal;

/**
 * A marker in the journal that closes a batch: the blocks since the cut before it.
 *
 * @param batch number of the batch, from 1, without gaps
 * @param windowStartMillis start of the batch's window, inclusive, milliseconds since the epoch
 * @param windowEndMillis end of the window, exclusive
 * @param start position from which the batch's blocks lie in the journal
 * @param records records of the batch, at least 1
 * @param bytes bytes of the records, a newline each included
 */
public record Cut(
        long batch, long windowStartMillis, long windowEndMillis, long start, long records, long bytes, Shape shape) {

    public Cut {
        if (batch < 1 || records < 1 || bytes < records || windowEndMillis <= windowStartMillis || start < 0) {
            throw new IllegalArgumentException("invalid cut: batch " + batch + ", records " + records + ", bytes "
                    + bytes + ", window " + windowStartMillis + ".." + windowEndMillis + ", start " + start);
        }
    }

    CutHead head() {
        return new CutHead(batch, windowStartMillis, windowEndMillis, start, records, bytes);
    }

    /** A {@link Cut} without its shape: what says which records are the batch. The same in every format. */
    record CutHead(long batch, long windowStartMillis, long windowEndMillis, long start, long records, long bytes) {}
}
