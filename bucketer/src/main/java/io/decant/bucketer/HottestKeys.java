package io.decant.bucketer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Which key of each slot came most often, and where; of several the one whose last record came first. A key that came
 * once is none. Owned by one thread.
 */
final class HottestKeys {

    private static final long NONE = -1;

    private final long[] counts;
    private final long[] records;

    HottestKeys(int slots) {
        counts = new long[slots];
        records = new long[slots];
        Arrays.fill(records, NONE);
    }

    /** A record has a key that came so often by now. */
    void came(int slot, long count, long record) {
        if (count > counts[slot] && count > 1) {
            counts[slot] = count;
            records[slot] = record;
        }
    }

    /** Makes something of a key, its number of records, and a record that has it. */
    interface Maker<T> {
        T make(String name, long record, long count);
    }

    /** One for each name of which a key came more than once, in the order of the slots. */
    <T> List<T> byName(IntFunction<String> names, Maker<T> maker) {
        Map<String, Integer> best = new LinkedHashMap<>();
        for (int slot = 0; slot < counts.length; slot++) {
            if (records[slot] != NONE) {
                best.merge(names.apply(slot), slot, this::hotter);
            }
        }
        List<T> made = new ArrayList<>();
        best.forEach((name, slot) -> made.add(maker.make(name, records[slot], counts[slot])));
        return List.copyOf(made);
    }

    private int hotter(int slot, int other) {
        boolean same = counts[slot] == counts[other];
        return counts[slot] > counts[other] || (same && records[slot] <= records[other]) ? slot : other;
    }
}
