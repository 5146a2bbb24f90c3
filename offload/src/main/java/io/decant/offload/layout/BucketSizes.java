package io.decant.offload.layout;

import java.util.ArrayList;
import java.util.List;

/**
 * A run of buckets of the same size. No bucket is larger than the one before it, so there are few runs: of n records no
 * more than &radic;(2n), however many buckets one hot key makes; more only where a format cannot carry some of the
 * records.
 *
 * @param buckets how many, at least 1
 * @param records of each of them; 0 where the format can carry none
 */
public record BucketSizes(long buckets, long records) {

    public BucketSizes {
        if (buckets < 1 || records < 0) {
            throw new IllegalArgumentException("invalid bucket sizes: " + buckets + " of " + records + " records");
        }
    }

    long allRecords() {
        return Math.multiplyExact(buckets, records);
    }

    /** Puts the sizes of buckets together, one bucket after the other. For one thread. */
    public static final class Runs {
        private final List<BucketSizes> runs = new ArrayList<>();
        private long buckets;
        private long records;

        /** @param bucketRecords records of the next bucket */
        public void add(long bucketRecords) {
            if (buckets > 0 && bucketRecords != records) {
                runs.add(new BucketSizes(buckets, records));
                buckets = 0;
            }
            records = bucketRecords;
            buckets++;
        }

        /** What was added so far. */
        public List<BucketSizes> list() {
            List<BucketSizes> list = new ArrayList<>(runs);
            if (buckets > 0) {
                list.add(new BucketSizes(buckets, records));
            }
            return list;
        }
    }
}
