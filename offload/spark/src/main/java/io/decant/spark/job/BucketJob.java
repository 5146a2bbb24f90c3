package io.decant.spark.job;

import io.decant.bucketer.HotOrdinal;
import io.decant.config.FileFormat;
import io.decant.offload.staging.Multiplicities;
import io.decant.offload.staging.StagedBatch;
import io.decant.spark.job.CountTask.SegmentFacts;
import io.decant.spark.job.Segment.NumberedSegment;
import io.decant.spark.job.SegmentOutput.PartOutput;
import io.decant.spark.job.SegmentOutput.RunOutput;
import io.decant.spark.job.TailTask.TailRange;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.Partitioner;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.storage.StorageLevel;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;

/**
 * Runs the stages of a job one after the other, and puts in place what their tasks have written. What comes back to the
 * driver grows with segments and with buckets that have directories, never with records. For one thread at a time.
 */
public final class BucketJob {

    /** About as many hashes go to one task of the second stage. */
    private static final long SHARE_RECORDS = 1L << 20;

    private static final int SHARES_MAX = 4096;

    private final JavaSparkContext spark;
    private final long repeatedKeysMax;

    public BucketJob(JavaSparkContext spark) {
        this(spark, StagedBatch.REPEATED_KEYS_MAX);
    }

    /** With a bound that small batches reach. */
    BucketJob(JavaSparkContext spark, long repeatedKeysMax) {
        this.spark = spark;
        this.repeatedKeysMax = repeatedKeysMax;
    }

    /** Runs a job. Whatever it throws, nothing but the output's directory has changed. */
    public JobOutcome run(JobPlan plan) throws IOException {
        Path output = new Path(plan.output());
        FileSystem filesystem = Filesystems.of(output, spark.hadoopConfiguration());
        Path attempts = new Path(output, AttemptFiles.DIRECTORY);
        filesystem.mkdirs(attempts);
        Broadcast<SerializableConfiguration> conf =
                spark.broadcast(new SerializableConfiguration(spark.hadoopConfiguration()));
        JavaRDD<NumberedSegment> segments = StagedSegments.rdd(spark, plan.segments());
        JavaRDD<PrefixTask.Prefixed> prefixed = prefixed(segments, conf, plan);
        JavaRDD<Serializable> chained = null;
        try {
            Summaries summaries = new Summaries(prefixed.flatMap(prefix -> only(PrefixTask.Summary.class, prefix))
                    .collect());
            JavaRDD<SegmentShare> shares = prefixed.flatMap(prefix -> only(PrefixTask.Before.class, prefix))
                    .map(PrefixTask.Before::share);
            ChainTask.ChainSummary chain = null;
            if (plan.rule().isSeveral()) {
                chained = chained(segments, shares, conf, plan, summaries);
                chain = chained.flatMap(each -> only(ChainTask.ChainSummary.class, each))
                        .first();
                summaries.chained(chain);
                shares = chained.flatMap(each -> only(SegmentShare.class, each));
            }
            AssignPlan assign = assignPlan(plan, summaries, chain == null ? List.of() : chain.hottest());
            List<SegmentOutput> outputs = assigned(segments, shares, conf, assign);
            List<PartOutput> merged = merged(outputs, summaries.multiplicities(), conf, assign);
            JobOutcome outcome = new OutputAssembly(filesystem, output, assign, summaries).assemble(outputs, merged);
            filesystem.delete(attempts, true);
            return outcome;
        } finally {
            prefixed.unpersist(false);
            if (chained != null) {
                chained.unpersist(false);
            }
            conf.destroy();
        }
    }

    /** The first two stages. Kept, since both what the driver needs and what the segments need comes out of them. */
    private JavaRDD<PrefixTask.Prefixed> prefixed(
            JavaRDD<NumberedSegment> segments, Broadcast<SerializableConfiguration> conf, JobPlan plan) {
        int shares = shares(plan.segments());
        return segments.flatMapToPair(new CountTask(conf, plan.rule(), shares))
                .partitionBy(new NumberPartitioner(shares))
                .mapPartitions(new PrefixTask(plan.rule().isSeveral()))
                .persist(StorageLevel.MEMORY_AND_DISK());
    }

    /** In full waves, since the last one takes as long however few tasks it has. */
    private int shares(List<Segment> segments) {
        long records = segments.stream().mapToLong(Segment::records).sum();
        int wave = Math.max(1, Math.min(spark.defaultParallelism(), segments.size()));
        long waves = Math.max(1, (records + SHARE_RECORDS * wave - 1) / (SHARE_RECORDS * wave));
        return (int) Math.max(wave, Math.min(SHARES_MAX, waves * wave));
    }

    private static <T extends Serializable> Iterator<T> only(Class<T> type, Serializable which) {
        return Stream.of(which).filter(type::isInstance).map(type::cast).iterator();
    }

    private static AssignPlan assignPlan(JobPlan plan, Summaries summaries, List<HotOrdinal> hottest) {
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
                plan.output(),
                plan.rule(),
                sinks,
                tails,
                runs,
                runs ? 0 : merged,
                multiplicities.buckets(),
                new ArrayList<>(hottest));
    }

    private static JavaPairRDD<Integer, SegmentShare> bySegment(
            JavaRDD<NumberedSegment> segments, JavaRDD<SegmentShare> shares) {
        return shares.mapToPair(share -> new Tuple2<>(share.segment(), share))
                .partitionBy(new NumberPartitioner(segments.getNumPartitions()));
    }

    /**
     * With several keys, two stages more: which records share keys with others, and one task that finds their buckets.
     */
    private JavaRDD<Serializable> chained(
            JavaRDD<NumberedSegment> segments,
            JavaRDD<SegmentShare> repeated,
            Broadcast<SerializableConfiguration> conf,
            JobPlan plan,
            Summaries summaries)
            throws IOException {
        long keys = summaries.repeatedKeys();
        if (keys > repeatedKeysMax) {
            throw new IOException(String.format(
                    Locale.ROOT,
                    "several keys: %,d keys come more than once in the batch, and one task of the job can hold %,d"
                            + " of them; cut smaller batches, or leave out the key that repeats most",
                    keys,
                    repeatedKeysMax));
        }
        return segments.zipPartitions(bySegment(segments, repeated), new ContendedTask(conf, plan.rule()))
                .mapToPair(contended -> new Tuple2<>(contended.segment(), contended))
                .repartitionAndSortWithinPartitions(new OnePartition())
                .mapPartitions(new ChainTask(plan.rule(), keys))
                .persist(StorageLevel.MEMORY_AND_DISK());
    }

    private static List<SegmentOutput> assigned(
            JavaRDD<NumberedSegment> segments,
            JavaRDD<SegmentShare> shares,
            Broadcast<SerializableConfiguration> conf,
            AssignPlan plan) {
        return segments.zipPartitions(bySegment(segments, shares), new AssignTask(conf, plan)).collect().stream()
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
        private Multiplicities multiplicities;
        private final long repeatedKeys;
        private final List<SegmentFacts> facts;

        Summaries(List<PrefixTask.Summary> summaries) {
            TreeMap<Integer, Long> keys = new TreeMap<>();
            summaries.forEach(
                    summary -> summary.multiplicities().forEach((times, count) -> keys.merge(times, count, Long::sum)));
            this.multiplicities = Multiplicities.of(keys);
            this.repeatedKeys =
                    keys.tailMap(2).values().stream().mapToLong(Long::longValue).sum();
            this.facts = summaries.get(0).facts();
        }

        /** How many different keys come more than once. */
        long repeatedKeys() {
            return repeatedKeys;
        }

        /** With several keys, buckets are not as large as keys are many. */
        void chained(ChainTask.ChainSummary chain) {
            long keyed = facts.stream().mapToLong(SegmentFacts::keyed).sum();
            long[] sizes = Arrays.copyOf(chain.sizes(), Math.max(chain.sizes().length, keyed > 0 ? 1 : 0));
            if (sizes.length > 0) {
                sizes[0] += keyed - LongStream.of(chain.sizes()).sum();
            }
            multiplicities = Multiplicities.ofSizes(sizes);
        }

        Multiplicities multiplicities() {
            return multiplicities;
        }

        /**
         * Whether a batch directory can be finished without a dead letter, which is the server's to do: with
         * a reason, into its dead letters. Envelopes are the server's as well.
         */
        boolean canBeFinished(SinkPlan sink) {
            return sink.format() == FileFormat.LINES
                    && facts.stream().allMatch(segment -> segment.unfitForLines() == 0);
        }

        long read() {
            return facts.stream().mapToLong(SegmentFacts::read).sum();
        }

        long keyless() {
            return facts.stream().mapToLong(SegmentFacts::keyless).sum();
        }
    }

    /** All to one task. */
    private static final class OnePartition extends Partitioner {

        @Override
        public int numPartitions() {
            return 1;
        }

        @Override
        public int getPartition(Object key) {
            return 0;
        }
    }

    /** Sends what has a number to the partition of that number. */
    private static final class NumberPartitioner extends Partitioner {

        private final int partitions;

        NumberPartitioner(int partitions) {
            this.partitions = partitions;
        }

        @Override
        public int numPartitions() {
            return partitions;
        }

        @Override
        public int getPartition(Object key) {
            return (Integer) key;
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof NumberPartitioner partitioner && partitioner.partitions == partitions;
        }

        @Override
        public int hashCode() {
            return partitions;
        }
    }

    /**
     * What a job is to make.
     *
     * @param segments of the batch, in order of arrival
     * @param output URI of the directory that it writes in, which is there and empty
     * @param runs whether runs are wanted
     */
    public record JobPlan(KeyRule rule, List<Segment> segments, List<SinkPlan> sinks, boolean runs, String output) {

        public JobPlan {
            segments = List.copyOf(segments);
            sinks = List.copyOf(sinks);
        }
    }
}
