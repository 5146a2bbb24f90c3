package io.decant.ingest.history;

import java.util.function.IntToLongFunction;

/**
 * The records of each bucket of a batch, as a picture can show them: of more than {@value #VALUES_MAX} buckets several
 * consecutive ones are one value.
 *
 * @param bucketsPerValue how many; the last value may be of fewer
 * @param records of the first buckets, of the next, and so on
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record BucketPicture(int bucketsPerValue, long[] records) {

    public static final int VALUES_MAX = 512;

    /** Asks for each bucket once. */
    public static BucketPicture of(int buckets, IntToLongFunction recordsOf) {
        int perValue = Math.max(1, (int) ((buckets + VALUES_MAX - 1L) / VALUES_MAX));
        long[] records = new long[(int) ((buckets + perValue - 1L) / perValue)];
        for (int bucket = 0; bucket < buckets; bucket++) {
            records[bucket / perValue] += recordsOf.applyAsLong(bucket);
        }
        return new BucketPicture(perValue, records);
    }
}
