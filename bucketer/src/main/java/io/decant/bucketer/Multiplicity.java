package io.decant.bucketer;

import java.util.Map;
import java.util.TreeMap;

/**
 * How large the buckets of a batch are, without a number for each: buckets whose sizes are equal stand together, and
 * sizes fall. So it takes memory for different multiplicities only, which are no more than the root of twice the
 * records. Immutable.
 */
final class Multiplicity {

    /** Different multiplicities of keys, ascending. */
    private final long[] times;
    /** How many keys occur at least so often. */
    private final long[] keys;

    private final long records;

    /** @param keysByTimes how many keys there are that occur so often */
    Multiplicity(Map<Long, Long> keysByTimes) {
        TreeMap<Long, Long> sorted = new TreeMap<>(keysByTimes);
        times = sorted.keySet().stream().mapToLong(Long::longValue).toArray();
        keys = sorted.values().stream().mapToLong(Long::longValue).toArray();
        long sum = 0;
        for (int i = times.length - 1; i >= 0; i--) {
            sum += times[i] * keys[i];
            keys[i] += i + 1 < keys.length ? keys[i + 1] : 0;
        }
        records = sum;
    }

    /** How many buckets. */
    int buckets() {
        return times.length == 0 ? 0 : Math.toIntExact(times[times.length - 1]);
    }

    /** Records of all buckets. */
    long records() {
        return records;
    }

    /** Records of a bucket: keys that occur more often than its number. */
    long records(int bucket) {
        int low = 0;
        int high = times.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (times[middle] > bucket) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return keys[low];
    }
}
