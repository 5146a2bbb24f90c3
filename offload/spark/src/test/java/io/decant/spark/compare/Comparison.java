package io.decant.spark.compare;

import io.decant.offload.staging.BlockFileLimits;
import io.decant.offload.staging.Multiplicities;
import io.decant.spark.bucket.BucketRun;
import io.decant.spark.job.KeyRule;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileChecksum;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;

/** The job, the sort and GNU's, in turn on the same records of one shape. For one thread. */
final class Comparison {

    private static final String TARGET = ", target at most 0.50";

    private final JavaSparkContext spark;
    private final FileSystem filesystem;
    private final PrintStream out;
    private final StageTimes stages = new StageTimes();
    private final Figures ours = new Figures();
    private final Figures sort = new Figures();
    private final Figures sortTwice = new Figures();
    private final Figures gnu = new Figures();

    Comparison(JavaSparkContext spark, FileSystem filesystem, PrintStream out) {
        this.spark = spark;
        this.filesystem = filesystem;
        this.out = out;
        spark.sc().addSparkListener(stages);
    }

    /**
     * Runs the rounds and one before them, which does not count, and prints the figures.
     *
     * @param folder on HDFS, and {@code local} on this machine: for input and output, all removed in the end
     * @throws IllegalStateException when the three do not make the same of it
     */
    void run(Shape shape, int rounds, Path folder, java.nio.file.Path local) throws Exception {
        Path input = new Path(folder, "input");
        java.nio.file.Path whole = local.resolve("lines");
        out.printf(Locale.ROOT, "%n%,d records of %d bytes, %s%n", Records.RECORDS, Records.RECORD_BYTES, shape);
        Records.write(shape, filesystem, input, whole);
        for (int round = 0; round <= rounds; round++) {
            round(input, new Path(folder, "output"), whole);
            if (round == 0) {
                List.of(ours, sort, sortTwice, gnu).forEach(Figures::clear);
            }
        }
        filesystem.delete(folder, true);
        java.nio.file.Files.delete(whole);
        out.printf("  decant bucket                             %s s%n", ours);
        out.printf(
                "  secondary sort                            %s s, ratio %s%s%n",
                sort, ours.over(sort), shape == Shape.PLAIN ? TARGET : "");
        out.printf("  secondary sort with the order of arrival  %s s, ratio %s%n", sortTwice, ours.over(sortTwice));
        out.printf("  GNU sort, which makes no buckets          %s s, ratio %s%n", gnu, ours.over(gnu));
    }

    private void round(Path input, Path output, java.nio.file.Path whole) throws Exception {
        Path byUs = new Path(output, "job");
        Multiplicities made = timed("decant bucket", ours, () -> bucket(input, byUs));
        require(made.records() == Records.RECORDS, made + " of " + Records.RECORDS + " records");
        Path byHash = new Path(output, "sort");
        requireSame(made, timed("secondary sort", sort, () -> sorted(SecondarySort.Order.HASH, input, byHash)));
        requireSameBytes(byUs, byHash);
        filesystem.delete(byHash, true);
        Path byArrival = new Path(output, "sort-twice");
        requireSame(
                made,
                timed(
                        "with the order of arrival",
                        sortTwice,
                        () -> sorted(SecondarySort.Order.ARRIVAL, input, byArrival)));
        requireSameFiles(byUs, byArrival);
        filesystem.delete(output, true);
        timed("GNU sort", gnu, () -> GnuSort.run(whole));
    }

    private <T> T timed(String what, Figures figures, Figures.Work<T> work) throws Exception {
        stages.take();
        T made = figures.time(work);
        out.printf(Locale.ROOT, "    %-26s %5.2f s  %s%n", what, figures.last(), stages.take());
        return made;
    }

    private Multiplicities sorted(SecondarySort.Order order, Path input, Path output) throws IOException {
        return new SecondarySort(spark, Records.FILES).run(order, input, output);
    }

    /** What {@code decant bucket INPUT OUTPUT} does once Spark runs. */
    private Multiplicities bucket(Path input, Path output) throws Exception {
        BucketRun run =
                new BucketRun(spark.hadoopConfiguration(), BlockFileLimits.forBlocksOf(BlockFileLimits.BYTES_DEFAULT));
        BucketRun.Place place = run.look(List.of(input.toString()), output.toString());
        return run.run(spark, place, new KeyRule("record", "record", 0));
    }

    private static void requireSame(Multiplicities ours, Multiplicities theirs) {
        require(ours.equals(theirs), ours + " by us, " + theirs + " by the sort");
    }

    /** Of every bucket that has a directory, and of the tail: its records are the same, so its bytes are as many. */
    private void requireSameBytes(Path byUs, Path bySort) throws IOException {
        for (String directory : directories(byUs)) {
            long bytes = bytes(new Path(byUs, directory));
            require(bytes == bytes(new Path(bySort, directory)), directory + " is not as large as the sort's");
        }
    }

    /** Part by part the same bytes, by HDFS's own checksums; but for the tail, whose parts the sort cuts otherwise. */
    private void requireSameFiles(Path byUs, Path bySort) throws IOException {
        requireSameBytes(byUs, bySort);
        for (String directory : directories(byUs)) {
            if (!directory.equals(SortOutput.TAIL)) {
                List<FileChecksum> ours = checksums(new Path(byUs, directory));
                require(ours.equals(checksums(new Path(bySort, directory))), directory + " is not the sort's");
            }
        }
    }

    private List<String> directories(Path output) throws IOException {
        return Stream.of(filesystem.listStatus(output))
                .filter(FileStatus::isDirectory)
                .map(status -> status.getPath().getName())
                .toList();
    }

    private long bytes(Path directory) throws IOException {
        return filesystem.getContentSummary(directory).getLength();
    }

    private List<FileChecksum> checksums(Path directory) throws IOException {
        List<FileChecksum> checksums = new ArrayList<>();
        for (FileStatus part : filesystem.listStatus(directory)) {
            checksums.add(filesystem.getFileChecksum(part.getPath()));
        }
        return checksums;
    }

    private static void require(boolean met, String otherwise) {
        if (!met) {
            throw new IllegalStateException(otherwise);
        }
    }
}
