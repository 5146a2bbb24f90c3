package io.decant.spark.job;

import io.decant.offload.staging.Multiplicities;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * Buckets that one task merges.
 *
 * @param sink for which sink, by its place in the plan
 * @param part the number of the part that it writes
 * @param from the first bucket
 * @param to behind the last bucket
 */
record TailRange(int sink, int part, int from, int to) implements Serializable {

    /** About as many records a task. */
    static final long RECORDS = 1L << 20;

    /** Divides the merged buckets of a sink's tail into ranges of about the same number of records. */
    static List<TailRange> of(int sink, TailPlan tail, Multiplicities multiplicities) {
        List<TailRange> ranges = new ArrayList<>();
        int from = tail.mergedFrom();
        while (from < tail.buckets()) {
            long last = multiplicities.recordsBefore(from) + RECORDS;
            int to = last < multiplicities.records()
                    ? Math.max(from + 1, multiplicities.bucketOf(last))
                    : tail.buckets();
            ranges.add(new TailRange(sink, tail.mergedPart(ranges.size()), from, to));
            from = to;
        }
        return ranges;
    }
}
