package io.decant.spark.wordcount;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.streaming.Durations;
import org.apache.spark.streaming.api.java.JavaDStream;
import org.apache.spark.streaming.api.java.JavaPairDStream;
import org.apache.spark.streaming.api.java.JavaStreamingContext;
import scala.Tuple2;

/**
 * Spark's own example, {@code JavaNetworkWordCount}, on batches of lines that are given to it: {@code socketTextStream}
 * would cut them by its clock.
 */
final class DStreamCounts {

    private static final Pattern SPACE = Pattern.compile(" ");

    private DStreamCounts() {}

    /** The number of each word, batch by batch. */
    @SuppressWarnings("deprecation") // Spark's advice is Structured Streaming, which is not what is compared
    static List<Map<String, Long>> of(JavaSparkContext spark, List<List<String>> batches) throws InterruptedException {
        List<Map<String, Long>> counts = new ArrayList<>();
        CountDownLatch counted = new CountDownLatch(batches.size());
        // Stopped at the end, and not the Spark context, which other tests use.
        JavaStreamingContext streaming = new JavaStreamingContext(spark, Durations.milliseconds(100));
        try {
            Queue<JavaRDD<String>> queue = new ArrayDeque<>();
            batches.forEach(batch -> queue.add(spark.parallelize(batch, 2)));
            JavaDStream<String> lines = streaming.queueStream(queue);
            JavaDStream<String> words =
                    lines.flatMap(line -> Arrays.asList(SPACE.split(line)).iterator());
            JavaPairDStream<String, Long> wordCounts =
                    words.mapToPair(word -> new Tuple2<>(word, 1L)).reduceByKey(Long::sum);
            wordCounts.foreachRDD(rdd -> {
                // Behind the last batch of the queue come empty ones.
                if (counts.size() < batches.size()) {
                    counts.add(new TreeMap<>(rdd.collectAsMap()));
                    counted.countDown();
                }
            });
            streaming.start();
            counted.await();
        } finally {
            streaming.stop(false);
        }
        return counts;
    }
}
