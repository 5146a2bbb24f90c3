package io.decant.ingest.batch;

import io.decant.bucketer.Memory;
import io.decant.offload.staging.RunIndexEntry;

/**
 * Finds the slice of a bucket in one run, by the run's index. Buckets are mostly asked for in order, and then the next
 * entry is the one. Owned by one thread.
 */
final class StagedIndex {

    private static final int OFFSET_AT = 8;

    private final StagedPages pages;
    private final int file;
    private long entries = -1;
    private long next;

    /** @param file the index's number among the files of the pages */
    StagedIndex(StagedPages pages, int file) {
        this.pages = pages;
        this.file = file;
    }

    /** Turns to the first entry of {@code bucket} or a later one. */
    void turnTo(int bucket) {
        if (entries < 0) {
            entries = pages.length(file) / RunIndexEntry.BYTES;
        }
        if (next < entries && bucketAt(next) < bucket) {
            next++;
        }
        boolean here = bucketAt(next) >= bucket && (next == 0 || bucketAt(next - 1) < bucket);
        if (!here) {
            next = search(bucket);
        }
    }

    /** The last entry has a bucket beyond all, so there is always one. */
    private long search(int bucket) {
        long low = 0;
        long high = entries - 1;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (bucketAt(middle) < bucket) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The bucket of the entry that was turned to. */
    int bucket() {
        return bucketAt(next);
    }

    int records() {
        return (int) (Memory.getLongLittleEndian(entry(next)) >>> Integer.SIZE);
    }

    /** Where in the run the slice begins. */
    long offset() {
        return Memory.getLongLittleEndian(entry(next) + OFFSET_AT);
    }

    private int bucketAt(long number) {
        return (int) Memory.getLongLittleEndian(entry(number));
    }

    private long entry(long number) {
        return pages.address(file, number * RunIndexEntry.BYTES, RunIndexEntry.BYTES);
    }
}
