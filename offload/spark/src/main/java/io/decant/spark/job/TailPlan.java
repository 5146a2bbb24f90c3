package io.decant.spark.job;

import io.decant.offload.staging.Multiplicities;
import java.io.Serializable;

/**
 * Who writes which parts of a tail. A bucket that is large has many records of each segment, and each segment's task
 * writes its own part; buckets that are small, which may be millions, are merged from runs by tasks with a range of
 * buckets each. So no task has much more than others to write, no matter how records spread over buckets, and no part
 * is tiny.
 *
 * @param firstBucket of the tail
 * @param mergedFrom from this bucket on they are merged
 * @param buckets of the batch
 * @param segments of the batch
 */
record TailPlan(int firstBucket, int mergedFrom, int buckets, int segments) implements Serializable {

    /** A bucket with fewer records of each segment, on average, is merged. */
    static final int SEGMENT_RECORDS_MIN = 16 * 1024;

    /** Leaves digits for merged parts. */
    static final int DIRECT_PARTS_MAX = 50_000;

    static TailPlan of(int bucketDirs, Multiplicities multiplicities, int segments) {
        int buckets = multiplicities.buckets();
        int first = Math.min(bucketDirs, buckets);
        long last = Math.min(buckets, first + (long) DIRECT_PARTS_MAX / Math.max(1, segments));
        int merged = first;
        while (merged < last && multiplicities.records(merged) >= (long) SEGMENT_RECORDS_MIN * segments) {
            merged++;
        }
        return new TailPlan(first, merged, buckets, segments);
    }

    boolean isMerged(int bucket) {
        return bucket >= mergedFrom;
    }

    boolean hasMerged() {
        return mergedFrom < buckets;
    }

    boolean isEmpty() {
        return firstBucket == buckets;
    }

    /** The number of the part that a segment's task writes of a bucket. */
    int directPart(int bucket, int segment) {
        return (bucket - firstBucket) * segments + segment;
    }

    /** The number of the part that the n-th merging task writes: behind all others. */
    int mergedPart(int task) {
        return directPart(mergedFrom, 0) + task;
    }
}
