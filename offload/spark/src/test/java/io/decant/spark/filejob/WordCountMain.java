package io.decant.spark.filejob;

import io.decant.jobs.WordCount;
import io.decant.offload.protocol.SparkSettings;
import io.decant.spark.driver.SparkStart;
import io.decant.spark.job.KeyRule;
import io.decant.spark.report.Slots;
import io.decant.spark.userjob.SyncedHdfs;
import io.decant.spark.userjob.UserJob;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.api.java.JavaSparkContext;
import scala.Tuple2;

/**
 * Compares {@code decant job WordCount} with the same four RDDs as one writes them without Decant, in one context and in
 * turn; what either writes is removed again.
 */
public final class WordCountMain {

    private static final double NANOS_PER_SECOND = 1e9;

    private WordCountMain() {}

    /**
     * Runs the comparison, and prints a line for each round and one for the medians.
     *
     * @param arguments folder of Spark's jars; of the Hadoop configuration, or empty; master; URI of a text; URI of a
     *     folder for the outputs; rounds
     */
    public static void main(String[] arguments) throws Exception {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        Path jars = Path.of(arguments[0]);
        SparkSettings settings = settings(arguments[2], arguments[1]);
        Configuration hadoop = SparkStart.hadoop(settings, jars);
        Slots slots = SparkStart.slots(settings, hadoop);
        int rounds = Integer.parseInt(arguments[5]);
        List<Double> ours = new ArrayList<>();
        List<Double> plain = new ArrayList<>();
        List<Double> ratios = new ArrayList<>();
        try (JavaSparkContext spark = SparkStart.start(settings, jars, slots)) {
            // The first round warms both.
            for (int round = 0; round <= rounds; round++) {
                Work ourWork = () -> job(spark, hadoop, arguments[3], arguments[4] + "/ours");
                Work plainWork = () -> program(spark, arguments[3], arguments[4] + "/plain");
                // Either is the first one in turn.
                boolean isOursFirst = round % 2 == 0;
                double first = seconds(isOursFirst ? ourWork : plainWork);
                double second = seconds(isOursFirst ? plainWork : ourWork);
                double job = isOursFirst ? first : second;
                double program = isOursFirst ? second : first;
                remove(hadoop, arguments[4] + "/ours");
                remove(hadoop, arguments[4] + "/plain");
                out.printf(Locale.ROOT, "round %d: decant job %.1f s, plain program %.1f s%n", round, job, program);
                if (round > 0) {
                    ours.add(job);
                    plain.add(program);
                    ratios.add(job / program);
                }
            }
        }
        out.printf(
                Locale.ROOT,
                "medians of %d rounds: decant job %.1f s, plain program %.1f s, ratio of a round %.2f (%.2f to %.2f)%n",
                rounds,
                median(ours),
                median(plain),
                median(ratios),
                Collections.min(ratios),
                Collections.max(ratios));
    }

    private static SparkSettings settings(String master, String hadoopConf) throws URISyntaxException {
        Path tests = Path.of(WordCountMain.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        SparkSettings local = SparkSettings.local(master);
        return new SparkSettings(
                master,
                "word count",
                "decant-word-count",
                hadoopConf,
                local.queue(),
                local.executorMemoryBytes(),
                local.executorCores(),
                local.executorInstances(),
                local.archive(),
                local.host(),
                Map.of(
                        // As decant job has it; so what the plain program writes is synced as well.
                        "spark.hadoop.fs.hdfs.impl",
                        SyncedHdfs.class.getName(),
                        // The plain program's functions are of this class.
                        "spark.executor.extraClassPath",
                        tests.toString()));
    }

    private static void job(JavaSparkContext spark, Configuration hadoop, String input, String output)
            throws Exception {
        FileJob files = new FileJob(hadoop);
        files.run(
                spark,
                files.look(List.of(input), output),
                UserJob.load(WordCount.class.getName(), WordCountMain.class.getClassLoader()),
                new KeyRule("record", "record", 0),
                Map.of());
    }

    private static void program(JavaSparkContext spark, String input, String output) {
        spark.textFile(input)
                .flatMap(line -> Arrays.asList(line.split("\\s+")).iterator())
                .mapToPair(word -> new Tuple2<>(word, 1))
                .reduceByKey(Integer::sum)
                .saveAsTextFile(output);
    }

    private interface Work {
        void run() throws Exception;
    }

    private static double seconds(Work work) throws Exception {
        long start = System.nanoTime();
        work.run();
        return (System.nanoTime() - start) / NANOS_PER_SECOND;
    }

    private static void remove(Configuration hadoop, String output) throws IOException {
        org.apache.hadoop.fs.Path path = new org.apache.hadoop.fs.Path(output);
        FileSystem filesystem = path.getFileSystem(hadoop);
        filesystem.delete(path, true);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().skip(values.size() / 2).findFirst().orElse(Double.NaN);
    }
}
