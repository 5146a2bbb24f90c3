package io.decant.spark.job;

import io.decant.bucketer.KeySpec;
import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import io.decant.offload.layout.BatchId;
import io.decant.offload.layout.BatchNames;
import io.decant.offload.layout.Manifest;
import io.decant.offload.protocol.SinkOutput;
import io.decant.offload.staging.JobResult;
import io.decant.offload.staging.StagedBatch;
import io.decant.spark.job.BucketJob.JobPlan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Splits a staged batch. The output is written below a name that no other submission has and renamed when it is whole:
 * submitted again, a job finds it and does nothing; submitted twice concurrently, one of the two comes second and
 * throws its own away. For one thread at a time.
 */
public final class StagedJob {

    private final JavaSparkContext spark;
    private final Path staged;
    private final String attempt;
    private final FileSystem filesystem;

    /**
     * @param staged URI of the staged batch's directory
     * @param attempt names this submission: no other one, of any driver, has the same
     */
    public StagedJob(JavaSparkContext spark, String staged, String attempt) throws IOException {
        this.spark = spark;
        this.staged = new Path(staged);
        this.attempt = attempt;
        this.filesystem = Filesystems.of(this.staged, spark.hadoopConfiguration());
    }

    /** Where the output is, or will be. */
    public String out() {
        return new Path(staged, StagedBatch.OUT).toString();
    }

    /** The same as below, and nobody is told. */
    public JobResult run(List<SinkOutput> sinks, boolean runs) throws IOException {
        return run(sinks, runs, batch -> {});
    }

    /**
     * Does the job, unless it is done already.
     *
     * @param begins told of the batch before the first stage; not where the job is done already
     * @throws io.decant.offload.staging.StagingFormatException when what is staged cannot be read, now or later
     */
    public JobResult run(List<SinkOutput> sinks, boolean runs, Consumer<StagedBatch> begins) throws IOException {
        Path out = new Path(out());
        Optional<JobResult> before = result(out);
        if (before.isPresent()) {
            return before.get();
        }
        StagedBatch batch = StagedSegments.batch(filesystem, staged);
        begins.accept(batch);
        Path own = new Path(staged, StagedBatch.OUT + "-" + attempt);
        try {
            JobResult result = write(batch, sinks, runs, own);
            if (Publishing.publish(filesystem, own, out, configuration())) {
                return result;
            }
            return result(out).orElseThrow(() -> new IOException(out + " is there and has no result"));
        } finally {
            filesystem.delete(own, true);
        }
    }

    private JobResult write(StagedBatch batch, List<SinkOutput> outputs, boolean runs, Path own) throws IOException {
        List<SinkPlan> sinks = outputs.stream().map(StagedJob::plan).toList();
        KeyRule rule =
                new KeyRule(batch.key(), batch.missingKey(), batch.hashSeed()).withTransforms(batch.transforms());
        JobOutcome outcome = new BucketJob(spark)
                .run(new JobPlan(rule, StagedSegments.of(filesystem, staged, batch), sinks, runs, own.toString()));
        Map<String, String> finished = new HashMap<>();
        for (SinkPlan sink : sinks) {
            JobOutcome.SinkContent content = outcome.sinks().get(sink.sink());
            if (content != null) {
                finished.put(
                        sink.sink(),
                        sink.directory().substring(0, sink.directory().length() - 1));
                Manifest manifest = manifest(batch, sink, content);
                write(new Path(own, sink.directory() + BatchNames.MANIFEST), manifest.toJson());
            }
        }
        JobResult result = new JobResult(
                batch.batch(),
                outcome.multiplicities(),
                outcome.keyless(),
                outcome.hottest(),
                outcome.runs(),
                outcome.keylessRuns(),
                outcome.read(),
                outcome.failedRuns(),
                finished,
                outcome.hottestByName());
        write(new Path(own, JobResult.FILE_NAME), result.toJson().getBytes(StandardCharsets.UTF_8));
        return result;
    }

    private static SinkPlan plan(SinkOutput sink) {
        return new SinkPlan(
                sink.sink(),
                JobResult.SINKS + "/" + sink.sink() + "/",
                FileFormat.valueOf(sink.format().toUpperCase(Locale.ROOT)),
                FileCompression.valueOf(sink.compression().toUpperCase(Locale.ROOT)),
                sink.maxBucketDirs());
    }

    private static Manifest manifest(StagedBatch batch, SinkPlan sink, JobOutcome.SinkContent content) {
        BatchId id = new BatchId(
                batch.server(),
                batch.journalId(),
                batch.batch(),
                Instant.ofEpochMilli(batch.windowStartMillis()),
                Instant.ofEpochMilli(batch.windowEndMillis()));
        return new Manifest(
                Optional.of(id),
                sink.sink(),
                KeySpec.shown(batch.key()),
                sink.format(),
                sink.compression(),
                0,
                content.buckets(),
                content.tail());
    }

    private Optional<JobResult> result(Path out) throws IOException {
        Path file = new Path(out, JobResult.FILE_NAME);
        return filesystem.exists(file) ? Optional.of(JobResult.fromJson(text(file))) : Optional.empty();
    }

    private String text(Path file) throws IOException {
        try (InputStream in = filesystem.open(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private void write(Path file, byte[] bytes) throws IOException {
        Publishing.write(filesystem, file, bytes);
    }

    private Configuration configuration() {
        return spark.hadoopConfiguration();
    }
}
