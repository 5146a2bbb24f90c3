package io.decant.bucketer;

import java.util.Arrays;

/**
 * Splits the hash space by the top bits of the hash, so that the table of one partition fits into a core's cache and
 * partitions can be counted by different threads without sharing anything.
 *
 * <p>A stable radix partition by counting: every range of the batch counts its hashes per partition, prefix sums give
 * each range its own run of places in each partition, and so all ranges can be moved in parallel and arrival order is
 * kept. The same sums lead back: going through a range again in the same order finds each record's place again, so that
 * no record number has to be carried along. Literature: C. Balkesen et al., "Main-Memory Hash Joins on Multi-Core
 * CPUs", ICDE 2013.
 */
final class HashPartitions {

    /** About as many records a partition as make a table of half a mebibyte to a mebibyte. */
    static final int RECORDS_TARGET = 32 * 1024;

    /** More streams than this are written in parallel at the price of cache and TLB misses. */
    private static final int BITS_MAX = 10;

    private final int shift;
    private final int[][] places;
    private final int[] starts;

    /** As few partitions, a power of two, as have at most {@code partitionRecords} records on average. */
    HashPartitions(long records, int partitionRecords, int ranges) {
        int bits = Math.min(BITS_MAX, Long.SIZE - Long.numberOfLeadingZeros(records / partitionRecords));
        shift = Long.SIZE - 1 - bits;
        places = new int[ranges][1 << bits];
        starts = new int[(1 << bits) + 1];
    }

    int count() {
        return starts.length - 1;
    }

    /** Where a partition's hashes begin; of {@link #count()}, how many there are. */
    int start(int partition) {
        return starts[partition];
    }

    /** Counts a hash of a range; one thread a range. */
    void count(int range, long hash) {
        places[range][partition(hash)]++;
    }

    /** Turns counts into places, when all ranges are counted. */
    void place() {
        int place = 0;
        for (int partition = 0; partition < count(); partition++) {
            starts[partition] = place;
            for (int[] ofRange : places) {
                int counted = ofRange[partition];
                ofRange[partition] = place;
                place += counted;
            }
        }
        starts[count()] = place;
    }

    /** A range's next place in each partition, for a walk through the range: see {@link #partition}. */
    int[] placesOf(int range) {
        return Arrays.copyOf(places[range], count());
    }

    int partition(long hash) {
        return (int) (hash >>> 1 >>> shift);
    }
}
