package io.decant.bucketer;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads the most frequent keys off the buckets: bucket b holds, once each, the keys that occur more than b times. So
 * the keys of the last bucket are the hottest, and going down, a bucket has a new key exactly where it is larger than
 * the one above. No count per key need be kept.
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
                if (hashes.add(hash(assignment, bucket, ordinal, hasher))) {
                    found.add(example(assignment, bucket, ordinal, hasher.isBesideValue()));
                }
            }
        }
        return List.copyOf(found);
    }

    private static long hash(Assignment assignment, int bucket, long ordinal, KeyHasher hasher) {
        long frame = assignment.frame(bucket, ordinal);
        return frame != 0
                ? hasher.hashFrame(frame)
                : hasher.hash(assignment.address(bucket, ordinal), assignment.length(bucket, ordinal));
    }

    /** A record whose key has its last occurrence in {@code bucket}, or that key where a value does not show it. */
    static HotKey example(Assignment assignment, int bucket, long ordinal, boolean keysBesideValues) {
        long frame = assignment.frame(bucket, ordinal);
        if (frame != 0 && keysBesideValues && Frame.hasKey(frame)) {
            return new HotKey(Frame.keyAddress(frame), Frame.keyLength(frame), bucket + 1L);
        }
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
