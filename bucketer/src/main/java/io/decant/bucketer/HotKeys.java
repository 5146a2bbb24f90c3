package io.decant.bucketer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the most frequent keys off the buckets: bucket b holds, once each, the keys that occur more than b times. So the
 * keys of the last bucket are the hottest, and going down, a bucket has a new key exactly where it is larger than the
 * one above. No count per key need be kept.
 */
final class HotKeys {

    private HotKeys() {}

    static List<HotKey> top(Assignment assignment, int limit, KeyHasher hasher) {
        List<HotKey> found = new ArrayList<>();
        Set<Long> hashes = new HashSet<>();
        while (found.size() < limit && found.size() < distinctKeys(assignment)) {
            int bucket = lastLargerThan(assignment, found.size());
            long records = assignment.records(bucket);
            for (long ordinal = 0; ordinal < records && found.size() < limit; ordinal++) {
                long address = assignment.address(bucket, ordinal);
                if (hashes.add(hasher.hash(address, assignment.length(bucket, ordinal)))) {
                    found.add(example(assignment, bucket, ordinal));
                }
            }
        }
        return List.copyOf(found);
    }

    /** A record whose key has its last occurrence in {@code bucket}. */
    static HotKey example(Assignment assignment, int bucket, long ordinal) {
        return new HotKey(assignment.address(bucket, ordinal), assignment.length(bucket, ordinal), bucket + 1L);
    }

    private static long distinctKeys(Assignment assignment) {
        return assignment.buckets() == 0 ? 0 : assignment.records(0);
    }

    /** The last bucket with more than {@code records} records; sizes fall from bucket to bucket, so by bisection. */
    private static int lastLargerThan(Assignment assignment, long records) {
        int low = 0;
        int high = assignment.buckets() - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (assignment.records(middle) > records) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
