package io.decant.ingest.sink;

/**
 * How far a sink is within a batch: all buckets before {@code bucket} are delivered, and of that bucket the records
 * before ordinal {@code first}.
 *
 * @param bucket from 0; the number of buckets once the batch is delivered whole
 * @param first ordinal within the bucket, always a boundary between two parts
 */
public record Progress(int bucket, long first) implements Comparable<Progress> {

    public static final Progress START = new Progress(0, 0);

    @Override
    public int compareTo(Progress other) {
        return bucket != other.bucket ? Integer.compare(bucket, other.bucket) : Long.compare(first, other.first);
    }
}
