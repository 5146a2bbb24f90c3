package io.decant.spark.filejob;

import io.decant.job.Batch;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.hadoop.io.LongWritable;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.mapred.JobConf;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDDOperationScope$;
import scala.Tuple2;

/** Files, as a job gets them. For the thread of the job. */
final class FileBatch implements Batch {

    private final JavaSparkContext spark;
    private final JobConf input;
    private final BatchFacts facts;
    private final Supplier<JavaRDD<byte[]>> numbered;
    /** Made with the first call, which splits the files. */
    private JavaPairRDD<Integer, byte[]> buckets;

    /**
     * What a batch says of itself.
     *
     * @param output URI of a directory that is not there yet
     */
    record BatchFacts(String id, Instant windowStart, Instant windowEnd, String output, Map<String, String> settings) {

        BatchFacts {
            settings = Map.copyOf(settings);
        }
    }

    /**
     * @param input names the files, see {@link LineFiles#set}
     * @param numbered splits them, and has each line behind its bucket's number and a tab
     */
    FileBatch(JavaSparkContext spark, JobConf input, BatchFacts facts, Supplier<JavaRDD<byte[]>> numbered) {
        this.spark = spark;
        this.input = input;
        this.facts = facts;
        this.numbered = numbered;
    }

    @Override
    public String id() {
        return facts.id();
    }

    @Override
    public long number() {
        return 1;
    }

    @Override
    public Instant windowStart() {
        return facts.windowStart();
    }

    @Override
    public Instant windowEnd() {
        return facts.windowEnd();
    }

    @Override
    public JavaRDD<byte[]> records() {
        return records(spark, input);
    }

    @Override
    public JavaRDD<String> lines() {
        return lines(spark, input);
    }

    /** The lines of the files that a configuration names. */
    static JavaRDD<String> lines(JavaSparkContext spark, JobConf input) {
        return scoped(spark, "textFile", () -> read(spark, input).map(line -> LineFiles.text(line._2())));
    }

    /** One name for all RDDs that are made, as Spark's own operators have it. */
    private static <T> JavaRDD<T> scoped(JavaSparkContext spark, String name, Supplier<JavaRDD<T>> make) {
        return RDDOperationScope$.MODULE$.withScope(spark.sc(), name, false, true, make::get);
    }

    private static JavaPairRDD<LongWritable, Text> read(JavaSparkContext spark, JobConf input) {
        return spark.hadoopRDD(input, LineFiles.class, LongWritable.class, Text.class, LineFiles.SPLITS_MIN);
    }

    @Override
    public JavaPairRDD<Integer, byte[]> buckets() {
        if (buckets == null) {
            buckets = numbered.get().mapToPair(FileBatch::bucketAndRecord);
        }
        return buckets;
    }

    private static Tuple2<Integer, byte[]> bucketAndRecord(byte[] line) {
        int tab = 0;
        while (line[tab] != '\t') {
            tab++;
        }
        int bucket = Integer.parseInt(new String(line, 0, tab, StandardCharsets.US_ASCII));
        return new Tuple2<>(bucket, Arrays.copyOfRange(line, tab + 1, line.length));
    }

    /** The records of the files that a configuration names. */
    static JavaRDD<byte[]> records(JavaSparkContext spark, JobConf input) {
        return scoped(
                spark, "records", () -> read(spark, input).map(line -> line._2().copyBytes()));
    }

    @Override
    public String output() {
        return facts.output();
    }

    @Override
    public Map<String, String> settings() {
        return facts.settings();
    }
}
