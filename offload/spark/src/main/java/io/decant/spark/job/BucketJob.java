package io.decant.spark.job;

import io.decant.config.FileFormat;
import io.decant.offload.staging.Multiplicities;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * Runs the stages of a job one after the other, and puts in place what their tasks have written. What comes back to the
 * driver grows with segments and with buckets that have directories, never with records. For one thread at a time.
 */
public final class BucketJob {

    /** About as many hashes go to one task of the second stage. */
    private static final long SHARE_RECORDS = 1L << 20;

    private static final int SHARES_MAX = 4096;

    private final JavaSparkContext spark;

    public BucketJob(JavaSparkContext spark) {
        this.spark = spark;
    }

    /** Runs a job. Whatever it throws, nothing but the output's directory has changed. */
    public JobOutcome run(JobPlan plan) throws IOException {
        Path output = new Path(plan.output());
        FileSystem filesystem = Filesystems.of(output, spark.hadoopConfiguration());
        Path attempts = new Path(output, AttemptFiles.DIRECTORY);
        filesystem.mkdirs(attempts);
        Broadcast<SerializableConfiguration> conf =
                spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
        JavaRDD<NumberedSegment> segments = segments(plan.segments());
        JavaRDD<PrefixTask.Prefixed> prefixed = prefixed(segments, conf, plan);
        try {
            Summaries summaries = new Summaries(prefixed.flatMap(prefix -> only(PrefixTask.Summary.class, prefix))
                    .collect());
            AssignPlan assign = assignPlan(plan, summaries);
            List<SegmentOutput> outputs = assigned(segments, prefixed, conf, assign);
            List<PartOutput> merged = merged(outputs, summaries.multiplicities(), conf, assign);
            JobOutcome outcome = new OutputAssembly(filesystem, output, assign, summaries).assemble(outputs, merged);
            filesystem.delete(attempts, true);
            return outcome;
        } finally {
            prefixed.unpersist(false);
            conf.destroy();
        }
    }

    /** A partition each, where it lies. */
    private JavaRDD<NumberedSegment> segments(List<Segment> segments) {
        List<Tuple2<NumberedSegment, Seq<String>>> located = new ArrayList<>();
        for (Segment segment : segments) {
            located.add(new Tuple2<>(
                    new NumberedSegment(located.size(), segment),
                    CollectionConverters.asScala(segment.hosts()).toList()));
        }
        return spark.sc()
                .makeRDD(
                        CollectionConverters.asScala(located).toList(),
                        ClassTag$.MODULE$.<NumberedSegment>apply(NumberedSegment.class))
                .toJavaRDD();
    }

    /** The first two stages. Kept, since both what the driver needs and what the segments need comes out of them. */
    private JavaRDD<PrefixTask.Prefixed> prefixed(
            JavaRDD<NumberedSegment> segments, Broadcast<SerializableConfiguration> conf, JobPlan plan) {
        int shares = shares(plan.segments());
        return segments.flatMapToPair(new CountTask(conf, plan.rule(), shares))
                .partitionBy(new NumberPartitioner(shares))
                .mapPartitions(new PrefixTask())
                .persist(StorageLevel.MEMORY_AND_DISK());
    }

    /** In full waves, since the last one takes as long however few tasks it has. */
    private int shares(List<Segment> segments) {
        long records = segments.stream().mapToLong(Segment::records).sum();
        int wave = Math.max(1, Math.min(spark.defaultParallelism(), segments.size()));
        long waves = Math.max(1, (records + SHARE_RECORDS * wave - 1) / (SHARE_RECORDS * wave));
        return (int) Math.max(wave, Math.min(SHARES_MAX, waves * wave));
    }

    private static <T extends PrefixTask.Prefixed> Iterator<T> only(Class<T> type, PrefixTask.Prefixed prefixed) {
        return Stream.of(prefixed).filter(type::isInstance).map(type::cast).iterator();
    }

    private static AssignPlan assignPlan(JobPlan plan, Summaries summaries) {
        Multiplicities multiplicities = summaries.multiplicities();
        List<SinkPlan> sinks = new ArrayList<>();
        List<TailPlan> tails = new ArrayList<>();
        for (SinkPlan sink : plan.sinks()) {
            if (summaries.canBeFinished(sink)) {
                sinks.add(sink);
                tails.add(TailPlan.of(
                        sink.bucketDirs(), multiplicities, plan.segments().size()));
            }
        }
        boolean runs = plan.runs() || sinks.size() < plan.sinks().size();
        int merged = tails.stream().mapToInt(TailPlan::mergedFrom).min().orElse(multiplicities.buckets());
        return new AssignPlan(
                plan.output(), plan.rule(), sinks, tails, runs, runs ? 0 : merged, multiplicities.buckets());
    }

    private static List<SegmentOutput> assigned(
            JavaRDD<NumberedSegment> segments,
            JavaRDD<PrefixTask.Prefixed> prefixed,
            Broadcast<SerializableConfiguration> conf,
            AssignPlan plan) {
        JavaPairRDD<Integer, HashShare> before = prefixed.flatMap(prefix -> only(PrefixTask.Before.class, prefix))
                .mapToPair(share -> new Tuple2<>(share.share().segment(), share.share()))
                .partitionBy(new NumberPartitioner(segments.getNumPartitions()));
        return segments.zipPartitions(before, new AssignTask(conf, plan)).collect().stream()
                .sorted(Comparator.comparingInt(SegmentOutput::segment))
                .toList();
    }

    private List<PartOutput> merged(
            List<SegmentOutput> outputs,
            Multiplicities multiplicities,
            Broadcast<SerializableConfiguration> conf,
            AssignPlan plan) {
        List<TailRange> ranges = new ArrayList<>();
        for (int sink = 0; sink < plan.tails().size(); sink++) {
            ranges.addAll(TailRange.of(sink, plan.tails().get(sink), multiplicities));
        }
        if (ranges.isEmpty()) {
            return List.of();
        }
        List<RunOutput> runs = outputs.stream()
                .map(SegmentOutput::run)
                .filter(Objects::nonNull)
                .toList();
        return spark.parallelize(ranges, ranges.size())
                .map(new TailTask(conf, plan, runs))
                .collect();
    }

    /** What the second stage has told the driver. */
    static final class Summaries {
        private final Multiplicities multiplicities;
        private final List<SegmentFacts> facts;

        Summaries(List<PrefixTask.Summary> summaries) {
            TreeMap<Integer, Long> keys = new TreeMap<>();
            summaries.forEach(
                    summary -> summary.multiplicities().forEach((times, count) -> keys.merge(times, count, Long::sum)));
            this.multiplicities = Multiplicities.of(keys);
            this.facts = summaries.get(0).facts();
        }

        Multiplicities multiplicities() {
            return multiplicities;
        }

        /**
         * Whether a batch directory can be finished without a record being given up, which is the server's to do: with
         * a reason, into its dead letters. Envelopes are the server's as well.
         */
        boolean canBeFinished(SinkPlan sink) {
            return sink.format() == FileFormat.LINES
                    && facts.stream().allMatch(segment -> segment.unfitForLines() == 0);
        }

        long keyless() {
            return facts.stream().mapToLong(SegmentFacts::keyless).sum();
        }
    }
}
