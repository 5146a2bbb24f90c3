package io.decant.spark.job;

import io.decant.bucketer.ChainedBuckets;
import io.decant.bucketer.HotOrdinal;
import io.decant.spark.job.ContendedTask.Contended;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.FlatMapFunction;
import scala.Tuple2;

/**
 * With several keys: finds the buckets of all records that share a key with another one, in order of arrival. There is
 * one such task; it gets hashes and no records.
 */
final class ChainTask implements FlatMapFunction<Iterator<Tuple2<Integer, Contended>>, Serializable> {

    private final KeyRule rule;
    private final long keys;

    /** @param keys how many different ones come more than once */
    ChainTask(KeyRule rule, long keys) {
        this.rule = rule;
        this.keys = keys;
    }

    /**
     * What one segment needs.
     *
     * @param records ordinals among its records that belong to buckets
     * @param buckets of these; all others are in bucket 0
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record ChainedRecords(int segment, int[] records, int[] buckets) implements SegmentShare {}

    /**
     * What the driver needs.
     *
     * @param sizes how many of the records that came here each bucket has
     * @param hottest of each key
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record ChainSummary(long[] sizes, ArrayList<HotOrdinal> hottest) implements Serializable {}

    /** @param segments in order */
    @Override
    public Iterator<Serializable> call(Iterator<Tuple2<Integer, Contended>> segments) {
        List<Serializable> out = new ArrayList<>();
        try (ChainedBuckets chain = new ChainedBuckets(rule.keying(), keys)) {
            segments.forEachRemaining(segment -> {
                int number = segment._2().segment();
                int[] buckets = chain.next(number, segment._2().records());
                out.add(new ChainedRecords(number, segment._2().records().records(), buckets));
            });
            out.add(new ChainSummary(chain.sizes(), new ArrayList<>(chain.hottest())));
        }
        return out.iterator();
    }
}
