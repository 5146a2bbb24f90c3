package io.decant.ingest.journal;

/**
 * How far a sink is, as the journal keeps it. Marks of a sink only grow; the newest stands for all before it.
 *
 * @param sink the sink's name
 * @param batch number of the last batch that it has whole; 0: none
 * @param next position at which the batch after that one begins
 * @param bucket buckets of the batch after that one which are delivered
 * @param first ordinal in the bucket after those up to which records are delivered
 */
public record Mark(String sink, long batch, long next, int bucket, long first) {

    public Mark {
        if (sink.isEmpty() || batch < 0 || next < 0 || bucket < 0 || first < 0) {
            throw new IllegalArgumentException("no mark: sink '" + sink + "', batch " + batch + ", next " + next
                    + ", bucket " + bucket + ", first " + first);
        }
    }

    /** Whether this mark says more than {@code other}. */
    boolean isBeyond(Mark other) {
        if (batch != other.batch) {
            return batch > other.batch;
        }
        return bucket != other.bucket ? bucket > other.bucket : first > other.first;
    }
}
