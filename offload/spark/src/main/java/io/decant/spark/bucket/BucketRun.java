package io.decant.spark.bucket;

import io.decant.bucketer.KeySpec;
import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import io.decant.offload.layout.BatchNames;
import io.decant.offload.layout.Manifest;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.Multiplicities;
import io.decant.spark.job.BucketJob;
import io.decant.spark.job.BucketJob.JobPlan;
import io.decant.spark.job.Filesystems;
import io.decant.spark.job.JobOutcome;
import io.decant.spark.job.KeyRule;
import io.decant.spark.job.LineInput;
import io.decant.spark.job.Publishing;
import io.decant.spark.job.Segment;
import io.decant.spark.job.SinkPlan;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** Splits files of lines into a directory that is there whole or not at all. For one thread. */
public final class BucketRun {

    /** As many as a sink makes that is told nothing else. */
    private static final int BUCKET_DIRECTORIES = 64;

    private final Configuration conf;
    private final BlockFileLimits limits;

    /** @param limits of the pieces that files are read in */
    public BucketRun(Configuration conf, BlockFileLimits limits) {
        this.conf = conf;
        this.limits = limits;
    }

    /**
     * What is to be read and where the result goes, looked at before Spark starts.
     *
     * @param packed those of the input that are gzip or zstd
     */
    public record Place(List<FileStatus> input, Set<FileStatus> packed, Path output, FileSystem filesystem) {}

    /** Looks at both. */
    public Place look(String input, String output) throws IOException, BucketException {
        Path path = outputPath(output);
        FileSystem filesystem = Filesystems.of(path, conf);
        if (Filesystems.isObjectStore(filesystem)) {
            throw new BucketException(output + ": " + filesystem.getUri().getScheme()
                    + " has no atomic rename; write to HDFS or a local disk");
        }
        if (filesystem.exists(path)) {
            throw new BucketException(output + ": already exists; name a new directory");
        }
        List<FileStatus> files = InputFiles.find(input, conf);
        return new Place(files, PackedFiles.among(files, conf), filesystem.makeQualified(path), filesystem);
    }

    /** Hadoop takes what is before a colon for a scheme, here or when it renames. */
    private static Path outputPath(String output) throws BucketException {
        Path path;
        try {
            path = new Path(output);
        } catch (IllegalArgumentException e) {
            path = null;
        }
        if (path == null || path.getName().contains(":")) {
            throw new BucketException(output + ": a name with a colon cannot be written; name another");
        }
        return path;
    }

    /** Does the job. */
    public Multiplicities run(JavaSparkContext spark, Place place, KeyRule rule) throws IOException, BucketException {
        Path output = place.output();
        // Readers of Hadoop's kind pass over what begins with an underscore.
        Path own = new Path(output.getParent(), "_" + output.getName() + "-" + UUID.randomUUID());
        try {
            place.filesystem().mkdirs(own);
            List<Segment> segments =
                    new LineInput(spark, limits).segments(place.input(), place.packed(), own.toString());
            SinkPlan sink = new SinkPlan("", "", FileFormat.LINES, FileCompression.NONE, BUCKET_DIRECTORIES);
            JobOutcome outcome =
                    new BucketJob(spark).run(new JobPlan(rule, segments, List.of(sink), false, own.toString()));
            Publishing.write(
                    place.filesystem(),
                    new Path(own, BatchNames.MANIFEST),
                    manifest(rule, sink, outcome.sinks().get(sink.sink())).toJson());
            if (!Publishing.publish(place.filesystem(), own, output, conf)) {
                throw new BucketException(output + ": was created by another process meanwhile");
            }
            return outcome.multiplicities();
        } finally {
            place.filesystem().delete(own, true);
        }
    }

    private static Manifest manifest(KeyRule rule, SinkPlan sink, JobOutcome.SinkContent content) {
        return new Manifest(
                Optional.empty(),
                sink.sink(),
                KeySpec.shown(rule.key()),
                sink.format(),
                sink.compression(),
                0,
                content.buckets(),
                content.tail());
    }
}
