package io.decant.spark.bucket;

import io.decant.bucketer.KeySpec;
import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import io.decant.offload.layout.BatchNames;
import io.decant.offload.layout.Manifest;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.Multiplicities;
import io.decant.spark.command.CommandException;
import io.decant.spark.command.InputFiles;
import io.decant.spark.command.OutputPlace;
import io.decant.spark.command.PackedFiles;
import io.decant.spark.job.BucketJob;
import io.decant.spark.job.BucketJob.JobPlan;
import io.decant.spark.job.JobOutcome;
import io.decant.spark.job.KeyRule;
import io.decant.spark.job.LineInput;
import io.decant.spark.job.LineInput.InputFile;
import io.decant.spark.job.Publishing;
import io.decant.spark.job.Segment;
import io.decant.spark.job.SinkPlan;
import io.decant.spark.report.Slots;
import io.decant.spark.report.TaskForecast;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
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
     * @param input the files, in order
     * @param notice what to say of files that are not read; empty: all are
     */
    public record Place(List<InputFile> input, Optional<String> notice, Path output, FileSystem filesystem) {

        public Place {
            input = List.copyOf(input);
        }

        /** Whether it is known on which hosts the input lies. */
        public boolean hasHosts() {
            return segments().anyMatch(segment -> !segment.hosts().isEmpty());
        }

        private Stream<Segment> segments() {
            return input.stream().flatMap(file -> file.pieces().stream()).flatMap(List::stream);
        }

        /** What the job's stages that read the input will be. */
        public TaskForecast forecast(Slots slots) {
            List<FileStatus> packed = input.stream()
                    .filter(file -> file.pieces().isEmpty())
                    .map(InputFile::status)
                    .toList();
            List<FileStatus> plain = input.stream()
                    .filter(file -> file.pieces().isPresent() && file.status().getLen() > 0)
                    .map(InputFile::status)
                    .toList();
            return new TaskForecast(
                    segments().count(),
                    plain.stream().mapToLong(FileStatus::getLen).sum(),
                    segments()
                            .filter(Segment.LineSegment.class::isInstance)
                            .mapToLong(segment ->
                                    ((Segment.LineSegment) segment).end() - ((Segment.LineSegment) segment).start())
                            .max()
                            .orElse(0),
                    plain.size(),
                    packed.size(),
                    packed.stream().mapToLong(FileStatus::getLen).sum(),
                    true,
                    slots);
        }
    }

    /**
     * Looks at both.
     *
     * @param inputs files, directories or patterns, in order
     */
    public Place look(List<String> inputs, String output) throws IOException, CommandException {
        OutputPlace place = OutputPlace.of(output, conf);
        InputFiles found = InputFiles.find(inputs, conf);
        List<InputFile> files = new LineInput(conf, limits).cut(found.files(), PackedFiles.among(found.files(), conf));
        return new Place(files, found.notice(), place.path(), place.filesystem());
    }

    /** Does the job. */
    public Multiplicities run(JavaSparkContext spark, Place place, KeyRule rule) throws IOException, CommandException {
        Path output = place.output();
        // Readers of Hadoop's kind pass over what begins with an underscore.
        Path own = new Path(output.getParent(), "_" + output.getName() + "-" + UUID.randomUUID());
        try {
            place.filesystem().mkdirs(own);
            List<Segment> segments =
                    new LineInput(spark.hadoopConfiguration(), limits).segments(spark, place.input(), own.toString());
            SinkPlan sink = new SinkPlan("", "", FileFormat.LINES, FileCompression.NONE, BUCKET_DIRECTORIES);
            JobOutcome outcome =
                    new BucketJob(spark).run(new JobPlan(rule, segments, List.of(sink), false, own.toString()));
            Publishing.write(
                    place.filesystem(),
                    new Path(own, BatchNames.MANIFEST),
                    manifest(rule, sink, outcome.sinks().get(sink.sink())).toJson());
            if (!Publishing.publish(place.filesystem(), own, output, conf)) {
                throw new CommandException(output + ": somebody else has made it meanwhile");
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
