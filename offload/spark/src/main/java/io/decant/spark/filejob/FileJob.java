package io.decant.spark.filejob;

import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import io.decant.offload.files.LocalFiles;
import io.decant.offload.layout.BatchNames;
import io.decant.offload.staging.BlockFileLimits;
import io.decant.spark.command.CommandException;
import io.decant.spark.command.InputFiles;
import io.decant.spark.command.OutputPlace;
import io.decant.spark.command.PackedFiles;
import io.decant.spark.filejob.FileBatch.BatchFacts;
import io.decant.spark.job.BucketJob;
import io.decant.spark.job.BucketJob.JobPlan;
import io.decant.spark.job.Filesystems;
import io.decant.spark.job.KeyRule;
import io.decant.spark.job.LineInput;
import io.decant.spark.job.Publishing;
import io.decant.spark.job.SinkPlan;
import io.decant.spark.report.Slots;
import io.decant.spark.report.TaskForecast;
import io.decant.spark.userjob.UserJob;
import io.decant.spark.userjob.UserJobException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.mapred.FileSplit;
import org.apache.hadoop.mapred.JobConf;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Runs a job over files; its output is there whole or not at all. For one thread. */
final class FileJob {

    /** Of an attempt: what is published, and what is split where the job asks for buckets. */
    private static final String OUTPUT = "output";

    private static final String BUCKETS = "buckets";

    private static final int ID_BYTES = 4;

    private final Configuration conf;

    FileJob(Configuration conf) {
        this.conf = conf;
    }

    /**
     * What is to be read and where the result goes, looked at before Spark starts.
     *
     * @param packed those of the files that are gzip or zstd
     * @param splits that the files are read in
     */
    record Place(InputFiles input, Set<FileStatus> packed, List<FileSplit> splits, OutputPlace output) {

        Place {
            packed = Set.copyOf(packed);
            splits = List.copyOf(splits);
        }

        /** Whether it is known on which hosts the input lies. */
        boolean hasHosts() {
            return input.files().stream()
                    .anyMatch(file -> !"file".equals(file.getPath().toUri().getScheme()));
        }

        /** What the job's stages that read the input will be. */
        TaskForecast forecast(Slots slots) {
            List<FileStatus> plain = input.files().stream()
                    .filter(file -> !packed.contains(file) && file.getLen() > 0)
                    .toList();
            Set<Path> packedPaths =
                    Set.copyOf(packed.stream().map(FileStatus::getPath).toList());
            return new TaskForecast(
                    splits.size(),
                    plain.stream().mapToLong(FileStatus::getLen).sum(),
                    // The last one of a file may be a tenth longer, or shorter.
                    splits.stream()
                            .filter(split -> split.getStart() == 0 && !packedPaths.contains(split.getPath()))
                            .mapToLong(FileSplit::getLength)
                            .max()
                            .orElse(0),
                    plain.size(),
                    packed.size(),
                    packed.stream().mapToLong(FileStatus::getLen).sum(),
                    false,
                    slots);
        }
    }

    /** Looks at both. */
    Place look(List<String> inputs, String output) throws IOException, CommandException {
        OutputPlace place = OutputPlace.of(output, conf);
        InputFiles found = InputFiles.find(inputs, conf);
        Set<FileStatus> packed = PackedFiles.among(found.files(), conf);
        return new Place(found, packed, LineFiles.splits(input(conf, found, packed)), place);
    }

    private static JobConf input(Configuration conf, InputFiles files, Set<FileStatus> packed) {
        JobConf input = new JobConf(conf);
        LineFiles.set(input, files.files(), packed);
        return input;
    }

    /**
     * Runs a job and publishes what it wrote.
     *
     * @param rule what {@code buckets} goes by
     * @throws UserJobException what the job has thrown, as its cause
     */
    void run(JavaSparkContext spark, Place place, UserJob job, KeyRule rule, Map<String, String> settings)
            throws IOException, CommandException, UserJobException {
        FileSystem filesystem = place.output().filesystem();
        Path target = place.output().path();
        // Readers of Hadoop's kind pass over what begins with an underscore.
        Path own = new Path(target.getParent(), "_" + target.getName() + "-" + UUID.randomUUID());
        Path written = new Path(own, OUTPUT);
        try {
            filesystem.mkdirs(own);
            Configuration hadoop = spark.hadoopConfiguration();
            BatchFacts facts = facts(place.input().files(), written, settings);
            job.run(
                    spark,
                    new FileBatch(
                            spark,
                            input(hadoop, place.input(), place.packed()),
                            facts,
                            () -> numbered(spark, place, rule, new Path(own, BUCKETS))));
            filesystem.mkdirs(written);
            if (Filesystems.isLocal(filesystem)) {
                LocalFiles.forceContents(java.nio.file.Path.of(written.toUri().getPath()));
            }
            if (!Publishing.publish(filesystem, written, target, conf)) {
                throw new CommandException(target + ": somebody else has made it meanwhile");
            }
        } finally {
            filesystem.delete(own, true);
        }
    }

    /** All that does not change unless the files do. */
    private static BatchFacts facts(List<FileStatus> files, Path output, Map<String, String> settings) {
        MessageDigest digest;
        try {
            digest = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
        long first = Long.MAX_VALUE;
        long last = 0;
        for (FileStatus file : files) {
            digest.update(file.getPath().toString().getBytes(StandardCharsets.UTF_8));
            digest.update(ByteBuffer.allocate(2 * Long.BYTES)
                    .putLong(file.getLen())
                    .putLong(file.getModificationTime())
                    .flip());
            first = Math.min(first, file.getModificationTime());
            last = Math.max(last, file.getModificationTime());
        }
        String id = "files-" + HexFormat.of().formatHex(digest.digest(), 0, ID_BYTES);
        return new BatchFacts(
                id,
                Instant.ofEpochMilli(Math.min(first, last)),
                Instant.ofEpochMilli(last + 1),
                output.toString(),
                settings);
    }

    /**
     * Splits the files, and reads what came out: of all buckets one tail, whose lines begin with the bucket's number.
     */
    private static JavaRDD<byte[]> numbered(JavaSparkContext spark, Place place, KeyRule rule, Path directory) {
        try {
            Configuration hadoop = spark.hadoopConfiguration();
            FileSystem filesystem = Filesystems.of(directory, hadoop);
            filesystem.mkdirs(directory);
            LineInput input = new LineInput(hadoop, BlockFileLimits.forBlocksOf(BlockFileLimits.BYTES_DEFAULT));
            SinkPlan tail = new SinkPlan("", "", FileFormat.LINES, FileCompression.NONE, 0);
            new BucketJob(spark)
                    .run(new JobPlan(
                            rule,
                            input.segments(
                                    spark, input.cut(place.input().files(), place.packed()), directory.toString()),
                            List.of(tail),
                            false,
                            directory.toString()));
            Path parts = new Path(directory, BatchNames.TAIL);
            List<FileStatus> files = filesystem.exists(parts)
                    ? Stream.of(filesystem.listStatus(parts)).sorted().toList()
                    : List.of();
            return FileBatch.records(spark, input(hadoop, new InputFiles(files, List.of()), Set.of()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
