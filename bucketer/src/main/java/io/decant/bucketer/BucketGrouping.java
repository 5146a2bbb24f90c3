package io.decant.bucketer;

/**
 * Groups records by bucket, keeping their order of arrival: a counting sort.
 *
 * <p>Every range of the batch counts its records per bucket; prefix sums then give it its own run of places in each
 * bucket, and all ranges are moved in parallel. Counts of every bucket for every range must not outgrow the batch
 * itself, so a batch of very many buckets (a hot key) is grouped as one range.
 */
final class BucketGrouping implements AutoCloseable {

    private final int buckets;
    private final int groups;
    private final int rangesPerGroup;
    private final LongArray places = LongArray.empty();

    BucketGrouping(long records, int buckets, int ranges) {
        this.buckets = buckets;
        boolean each = (long) buckets * ranges <= records;
        this.groups = each ? ranges : 1;
        this.rangesPerGroup = each ? 1 : ranges;
        places.growToZeros((long) buckets * groups);
    }

    /** How many groups of ranges can be worked on in parallel. */
    int groups() {
        return groups;
    }

    /** The first range of a group; of {@link #groups()}, how many ranges there are. */
    int firstRange(int group) {
        return group * rangesPerGroup;
    }

    /** Where a group's counts, afterwards its next places, lie: a long a bucket, used by one thread at a time. */
    long placesOf(int group) {
        return places.address() + (long) group * buckets * Long.BYTES;
    }

    /**
     * Turns counts into places, when all groups are counted, and writes where each bucket begins, and the last ends.
     */
    void place(LongArray starts) {
        starts.growTo(buckets + 1L);
        long place = 0;
        for (long bucket = 0; bucket < buckets; bucket++) {
            starts.set(bucket, place);
            for (int group = 0; group < groups; group++) {
                long counted = places.get((long) group * buckets + bucket);
                places.set((long) group * buckets + bucket, place);
                place += counted;
            }
        }
        starts.set(buckets, place);
    }

    @Override
    public void close() {
        places.close();
    }
}
