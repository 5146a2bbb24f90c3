package io.decant.offload.layout;

import java.util.List;

/**
 * The tail of a batch: buckets that share files, a {@link TailLine} a record.
 *
 * @param firstBucket every bucket from this one on is in the tail
 * @param content of its files; the prefix of each line is part of the bytes
 * @param sizes how large the buckets are, in order
 */
public record TailEntry(int firstBucket, Content content, List<BucketSizes> sizes) {

    public TailEntry {
        sizes = List.copyOf(sizes);
        long records = 0;
        for (BucketSizes run : sizes) {
            records = Math.addExact(records, run.allRecords());
        }
        if (firstBucket < 0 || records == 0 || records != content.records()) {
            throw new IllegalArgumentException("invalid tail: first bucket " + firstBucket + ", " + content
                    + ", records of its" + " buckets " + records);
        }
    }

    /** How many buckets it holds, at least 1. */
    public long buckets() {
        return sizes.stream().mapToLong(BucketSizes::buckets).sum();
    }
}
