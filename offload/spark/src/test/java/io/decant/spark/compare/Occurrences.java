package io.decant.spark.compare;

import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.util.CollectionAccumulator;
import scala.Tuple2;

/**
 * Numbers records that come by hash and sequence: the count of equal ones before is the bucket. They go on with bucket
 * and sequence for a key. Behind the last it tells by how often keys came how many they were. Owned by one thread.
 */
final class Occurrences implements Iterator<Tuple2<SortKey, byte[]>> {

    private final Iterator<Tuple2<SortKey, byte[]>> records;
    private final CollectionAccumulator<Map<Integer, Long>> told;
    private final TreeMap<Integer, Long> keys = new TreeMap<>();
    private long hash;
    private int bucket;

    Occurrences(Iterator<Tuple2<SortKey, byte[]>> records, CollectionAccumulator<Map<Integer, Long>> told) {
        this.records = records;
        this.told = told;
    }

    @Override
    public boolean hasNext() {
        if (records.hasNext()) {
            return true;
        }
        endKey();
        if (!keys.isEmpty()) {
            told.add(new TreeMap<>(keys));
            keys.clear();
        }
        return false;
    }

    @Override
    public Tuple2<SortKey, byte[]> next() {
        Tuple2<SortKey, byte[]> record = records.next();
        if (record._1().first() != hash) {
            endKey();
            hash = record._1().first();
        }
        return new Tuple2<>(new SortKey(bucket++, record._1().sequence()), record._2());
    }

    private void endKey() {
        if (bucket > 0) {
            keys.merge(bucket, 1L, Long::sum);
            bucket = 0;
        }
    }
}
