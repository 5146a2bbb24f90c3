package io.decant.jobs;

import io.decant.bucketer.KeyExtractor;
import io.decant.bucketer.KeyOptions;
import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Memory;
import io.decant.job.Batch;
import io.decant.job.BatchJob;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.FlatMapFunction;
import scala.Tuple2;

/**
 * The keys that come most often. Writes one file with a line for each, {@code count<tab>key}, the most frequent first
 * and of equally frequent ones by key.
 *
 * <p>Settings: {@code key}, as {@code bucket.key} has it, by default {@code record}; {@code csv-delimiter}; and
 * {@code count}, how many keys, from 1 to 100,000, by default 10. Of a key's bytes the first 1,024 count.
 */
public final class TopKeys implements BatchJob {

    private static final int COUNT_DEFAULT = 10;
    private static final int COUNT_MAX = 100_000;
    private static final int KEY_BYTES_MAX = 1_024;
    /** Of a partition, before they go on to be added up. */
    private static final int KEYS_HELD_MAX = 100_000;

    @Override
    public void run(JavaSparkContext spark, Batch batch) {
        int count = count(batch.settings().get("count"));
        String key = KeyOptions.read(
                        List.of(batch.settings().getOrDefault("key", "record")),
                        "none",
                        batch.settings().getOrDefault("csv-delimiter", ","))
                .toString();
        List<Tuple2<String, Long>> top = batch.records()
                .mapPartitions(new CountKeys(key))
                .mapToPair(counted -> counted)
                .reduceByKey(Long::sum)
                .takeOrdered(count, new MostFirst());
        List<String> lines =
                top.stream().map(each -> each._2() + "\t" + each._1()).toList();
        spark.parallelize(lines, 1).saveAsTextFile(batch.output());
    }

    private static int count(String text) {
        if (text == null) {
            return COUNT_DEFAULT;
        }
        try {
            int count = Integer.parseInt(text);
            if (count >= 1 && count <= COUNT_MAX) {
                return count;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new IllegalArgumentException("setting count: '" + text + "' is no number from 1 to " + COUNT_MAX);
    }

    /** The most frequent first. */
    private static final class MostFirst implements Comparator<Tuple2<String, Long>>, Serializable {

        @Override
        public int compare(Tuple2<String, Long> one, Tuple2<String, Long> other) {
            int byCount = Long.compare(other._2(), one._2());
            return byCount == 0 ? one._1().compareTo(other._1()) : byCount;
        }
    }

    /** Counts the keys of a partition; a key may come more than once. */
    private static final class CountKeys implements FlatMapFunction<Iterator<byte[]>, Tuple2<String, Long>> {

        private final String key;

        CountKeys(String key) {
            this.key = key;
        }

        @Override
        public Iterator<Tuple2<String, Long>> call(Iterator<byte[]> records) {
            return new Iterator<>() {
                private final KeyExtractor extractor = KeySpec.of(key).newExtractor();
                private Iterator<Tuple2<String, Long>> counted =
                        List.<Tuple2<String, Long>>of().iterator();

                @Override
                public boolean hasNext() {
                    while (!counted.hasNext() && records.hasNext()) {
                        counted = countSome(records, extractor);
                    }
                    return counted.hasNext();
                }

                @Override
                public Tuple2<String, Long> next() {
                    if (!hasNext()) {
                        throw new NoSuchElementException();
                    }
                    return counted.next();
                }
            };
        }

        /** As many records as have {@link #KEYS_HELD_MAX} keys. A record without a key is its own. */
        private static Iterator<Tuple2<String, Long>> countSome(Iterator<byte[]> records, KeyExtractor extractor) {
            Map<String, Long> counts = new HashMap<>();
            while (records.hasNext() && counts.size() < KEYS_HELD_MAX) {
                counts.merge(keyOf(records.next(), extractor), 1L, Long::sum);
            }
            List<Tuple2<String, Long>> pairs = new ArrayList<>();
            counts.forEach((found, count) -> pairs.add(new Tuple2<>(found, count)));
            return pairs.iterator();
        }

        private static String keyOf(byte[] record, KeyExtractor extractor) {
            long bytes = Math.max(1, record.length);
            long address = Memory.allocate(bytes);
            try {
                Memory.copyFromArray(record, 0, record.length, address);
                byte[] found = extractor.find(address, record.length) ? extractor.firstBytes(KEY_BYTES_MAX) : record;
                return new String(found, 0, Math.min(found.length, KEY_BYTES_MAX), StandardCharsets.UTF_8);
            } finally {
                Memory.free(address, bytes);
            }
        }
    }
}
