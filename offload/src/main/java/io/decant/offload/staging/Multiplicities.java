package io.decant.offload.staging;

import io.decant.offload.layout.BucketSizes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;

/**
 * How often keys occur in a batch, and so how large each bucket is: bucket b holds, once each, the keys that occur more
 * than b times. Sizes fall from bucket to bucket, and change only where some key ends: as often as there are different
 * multiplicities, which for a batch of n records are fewer than &radic;(2n), however many buckets one hot key makes.
 *
 * <p>Immutable.
 */
public final class Multiplicities {

    /** Steps: buckets from {@code first[i]} to {@code first[i + 1]} have {@code records[i]} each. */
    private final int[] first;

    private final long[] records;
    /** Records of all buckets before {@code first[i]}. */
    private final long[] before;

    private Multiplicities(int[] first, long[] records) {
        this.first = first;
        this.records = records;
        this.before = new long[first.length];
        for (int step = 1; step < first.length; step++) {
            long more = Math.multiplyExact(records[step - 1], (long) first[step] - first[step - 1]);
            before[step] = Math.addExact(before[step - 1], more);
        }
    }

    /**
     * Of counts.
     *
     * @param keys how many keys there are of each multiplicity, at least one of each
     */
    public static Multiplicities of(SortedMap<Integer, Long> keys) {
        int[] first = new int[keys.size() + 1];
        long[] records = new long[keys.size()];
        long left = keys.values().stream().mapToLong(Long::longValue).sum();
        int step = 0;
        for (var entry : keys.entrySet()) {
            records[step++] = left;
            first[step] = entry.getKey();
            left -= entry.getValue();
        }
        return new Multiplicities(first, records);
    }

    /** Of buckets that have so many records each, at least one. */
    public static Multiplicities ofSizes(long[] sizes) {
        int[] first = new int[sizes.length + 1];
        long[] records = new long[sizes.length];
        int steps = 0;
        for (int bucket = 0; bucket < sizes.length; bucket++) {
            if (steps == 0 || records[steps - 1] != sizes[bucket]) {
                records[steps++] = sizes[bucket];
            }
            first[steps] = bucket + 1;
        }
        return new Multiplicities(Arrays.copyOf(first, steps + 1), Arrays.copyOf(records, steps));
    }

    /** How many buckets. */
    public int buckets() {
        return first[first.length - 1];
    }

    /** Records of all buckets. */
    public long records() {
        return before[before.length - 1];
    }

    /** Records of a bucket: at least 1, and with one key no more than the bucket before it has. */
    public long records(int bucket) {
        Objects.checkIndex(bucket, buckets());
        return records[stepOf(bucket)];
    }

    /** Records of all buckets before this one; {@code bucket} may be {@link #buckets()}. */
    public long recordsBefore(int bucket) {
        Objects.checkIndex(bucket, buckets() + 1);
        int step = bucket == buckets() ? records.length : stepOf(bucket);
        return before[step] + (step == records.length ? 0 : records[step] * (bucket - first[step]));
    }

    /** The bucket that holds the record with this number, counted bucket by bucket from 0. */
    public int bucketOf(long record) {
        Objects.checkIndex(record, records());
        int found = Arrays.binarySearch(before, record);
        int step = found >= 0 ? found : -found - 2;
        return (int) (first[step] + (record - before[step]) / records[step]);
    }

    private int stepOf(int bucket) {
        int found = Arrays.binarySearch(first, bucket);
        return found >= 0 ? found : -found - 2;
    }

    /** The sizes of the buckets from {@code firstBucket} on, as a manifest writes them. */
    public List<BucketSizes> sizesFrom(int firstBucket) {
        List<BucketSizes> sizes = new ArrayList<>();
        for (int step = 0; step < records.length; step++) {
            if (first[step + 1] > firstBucket) {
                sizes.add(new BucketSizes(first[step + 1] - Math.max(first[step], firstBucket), records[step]));
            }
        }
        return sizes;
    }

    /** For each step, the bucket that ends it (exclusive) and the records of each of its buckets, in turn. */
    List<Long> toList() {
        List<Long> steps = new ArrayList<>();
        for (int step = 0; step < records.length; step++) {
            steps.add((long) first[step + 1]);
            steps.add(records[step]);
        }
        return steps;
    }

    static Multiplicities fromList(List<Long> steps) throws StagingFormatException {
        if (steps.size() % 2 != 0) {
            throw new StagingFormatException("invalid bucket sizes: " + steps);
        }
        int[] first = new int[steps.size() / 2 + 1];
        long[] records = new long[steps.size() / 2];
        for (int step = 0; step < records.length; step++) {
            long end = steps.get(2 * step);
            if (end > Integer.MAX_VALUE) {
                throw new StagingFormatException("too many buckets: " + steps);
            }
            first[step + 1] = (int) Math.max(end, 0);
            records[step] = steps.get(2 * step + 1);
            if (first[step + 1] <= first[step] || records[step] < 1) {
                throw new StagingFormatException("invalid bucket sizes: " + steps);
            }
        }
        try {
            return new Multiplicities(first, records);
        } catch (ArithmeticException e) {
            throw new StagingFormatException("too many records: " + steps);
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Multiplicities sizes
                && Arrays.equals(first, sizes.first)
                && Arrays.equals(records, sizes.records);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(first) * 31 + Arrays.hashCode(records);
    }

    @Override
    public String toString() {
        return buckets() + " buckets, " + records() + " records";
    }
}
