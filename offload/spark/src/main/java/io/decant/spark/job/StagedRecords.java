package io.decant.spark.job;

import io.decant.bucketer.KeySpec;
import io.decant.bucketer.Memory;
import io.decant.bucketer.MissingKey;
import io.decant.bucketer.SegmentAssigner;
import io.decant.bucketer.SegmentBuckets;
import io.decant.offload.protocol.SinkOutput;
import io.decant.offload.staging.JobResult;
import io.decant.offload.staging.RunFile;
import io.decant.offload.staging.RunIndexEntry;
import io.decant.offload.staging.StagedBatch;
import io.decant.spark.job.Segment.NumberedSegment;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaPairRDD;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.SerializableConfiguration;
import org.apache.spark.util.TaskCompletionListener;
import scala.Tuple2;

/** The records of a staged batch as RDDs. For one thread at a time. */
public final class StagedRecords {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final JavaSparkContext spark;
    private final Path staged;
    private final StagedBatch batch;
    private final FileSystem filesystem;

    /**
     * @param staged URI of the staged batch's directory
     * @throws io.decant.offload.staging.StagingFormatException where there is none
     */
    public StagedRecords(JavaSparkContext spark, String staged) throws IOException {
        this.spark = spark;
        this.staged = new Path(URI.create(staged));
        this.filesystem = Filesystems.of(this.staged, spark.hadoopConfiguration());
        this.batch = StagedSegments.batch(filesystem, this.staged);
    }

    /** What the batch is. */
    public StagedBatch batch() {
        return batch;
    }

    /**
     * What transforms have made of the batch's records, without line ends; of frames, the values, where that of a
     * tombstone is empty. A partition for each block file, in order of arrival.
     */
    public JavaRDD<byte[]> records() throws IOException {
        // By a key that every record has, in one bucket: what is left is the order of arrival.
        KeyRule rule = new KeyRule(
                        KeySpec.RECORD.toString(), MissingKey.RECORD.name().toLowerCase(Locale.ROOT), 0)
                .withTransforms(batch.transforms());
        SerializableConfiguration conf = new SerializableConfiguration(spark.hadoopConfiguration());
        return StagedSegments.rdd(spark, StagedSegments.of(filesystem, staged, batch))
                .mapPartitions(segments -> records(segments, rule, conf.value()));
    }

    private static Iterator<byte[]> records(Iterator<NumberedSegment> segments, KeyRule rule, Configuration conf)
            throws IOException {
        if (!segments.hasNext()) {
            return Collections.emptyIterator();
        }
        return new ArrivedRecords(segments.next().segment().load(conf, rule), rule);
    }

    /**
     * Each record with the bucket that the batch's key puts it in. A partition for each block file, by bucket, then
     * arrival; a bucket is what all partitions have of it, in their order. Splits the batch with the first call, which
     * runs stages of its own.
     */
    public JavaPairRDD<Integer, byte[]> buckets() throws IOException {
        StagedJob job =
                new StagedJob(spark, staged.toString(), UUID.randomUUID().toString());
        List<SinkOutput> none = List.of();
        JobResult result = job.run(none, true);
        String out = job.out();
        List<RunFile> runs = result.runs();
        SerializableConfiguration conf = new SerializableConfiguration(spark.hadoopConfiguration());
        return spark.parallelize(runs, Math.max(1, runs.size()))
                .mapPartitionsToPair(files -> bucketed(files, out, conf.value()));
    }

    private static Iterator<Tuple2<Integer, byte[]>> bucketed(Iterator<RunFile> files, String out, Configuration conf)
            throws IOException {
        if (!files.hasNext()) {
            return Collections.emptyIterator();
        }
        RunFile run = files.next();
        Path path = new Path(out, run.name());
        FileSystem filesystem = Filesystems.of(path, conf);
        return new BucketedRecords(new RunCursor(0, filesystem, path, new Path(out, run.indexName()), 0, BUFFER_BYTES));
    }

    /** The records of a segment by arrival. Its memory goes with the last of them, or with the task. */
    private static final class ArrivedRecords implements Iterator<byte[]> {

        private static final int[] NO_OTHER_BUCKETS = {};

        private final LoadedSegment loaded;
        private final SegmentAssigner assigner;
        private final SegmentBuckets records;
        private long next;
        private boolean closed;

        /** Takes the segment over, also where this throws. */
        ArrivedRecords(LoadedSegment loaded, KeyRule rule) {
            this.loaded = loaded;
            SegmentAssigner scanned = null;
            try {
                scanned = SegmentAssigner.scan(loaded.chunks(), rule.keying());
                assigner = scanned;
                records = scanned.assign(NO_OTHER_BUCKETS, NO_OTHER_BUCKETS);
            } catch (Throwable e) {
                if (scanned != null) {
                    scanned.close();
                }
                loaded.close();
                throw e;
            }
            loaded.reportRead();
            TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> close());
        }

        @Override
        public boolean hasNext() {
            if (closed) {
                return false;
            }
            if (next == records.records()) {
                close();
                return false;
            }
            return true;
        }

        @Override
        public byte[] next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            byte[] record = new byte[records.length(next)];
            Memory.copyToArray(records.address(next), record, 0, record.length);
            next++;
            return record;
        }

        private void close() {
            if (!closed) {
                closed = true;
                records.close();
                assigner.close();
                loaded.close();
            }
        }
    }

    /** The records of a run with their buckets. The files are closed with the last of them, or with the task. */
    private static final class BucketedRecords implements Iterator<Tuple2<Integer, byte[]>> {

        private final RunCursor run;
        private int passed;
        private boolean closed;

        BucketedRecords(RunCursor run) {
            this.run = run;
            TaskContext.get().addTaskCompletionListener((TaskCompletionListener) task -> close());
        }

        @Override
        public boolean hasNext() {
            if (closed) {
                return false;
            }
            if (run.bucket() == RunIndexEntry.END) {
                close();
                return false;
            }
            return true;
        }

        @Override
        public Tuple2<Integer, byte[]> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            try {
                Tuple2<Integer, byte[]> record = new Tuple2<>(run.bucket(), run.readRecord());
                if (++passed == run.records()) {
                    passed = 0;
                    run.next();
                }
                return record;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void close() {
            if (!closed) {
                closed = true;
                try {
                    run.close();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }
}
