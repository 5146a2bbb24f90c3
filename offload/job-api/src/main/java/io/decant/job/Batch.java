package io.decant.job;

import java.time.Instant;
import java.util.Map;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;

/** A batch, as a {@link BatchJob} gets it. It is for the driver: tasks cannot use it, but can use its RDDs' records. */
public interface Batch {

    /** {@code <name>-<journal id>-<sink>-<batch>}: the same in each attempt, also after a crash. */
    String id();

    /** The batch's number in its journal, from 1. */
    long number();

    /** Start of the batch's window, inclusive. */
    Instant windowStart();

    /** End of the batch's window, exclusive. */
    Instant windowEnd();

    /**
     * The records, after transforms, without line ends. Within a partition they are in order of arrival, and so are the
     * partitions. Of records from Kafka these are the values; that of a tombstone is empty.
     */
    JavaRDD<byte[]> records();

    /** {@link #records()} as UTF-8 text; bytes that are no UTF-8 become U+FFFD. */
    JavaRDD<String> lines();

    /**
     * Each record with a key and the bucket that it is in, from 0: no bucket has a key twice. Records without a key are
     * left out where they are dead letters ({@code bucket.missing-key: dlq}).
     */
    JavaPairRDD<Integer, byte[]> buckets();

    /**
     * URI of a directory for this attempt alone, which does not exist yet: Spark's and Hadoop's writers make it. What
     * lies there when {@link BatchJob#run} returns is published.
     */
    String output();

    /** The sink's {@code settings}. */
    Map<String, String> settings();
}
