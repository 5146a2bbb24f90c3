package io.decant.spark.compare;

import io.decant.offload.protocol.SparkSettings;
import io.decant.spark.driver.SparkStart;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Prints how long the job takes, and how long a secondary sort does, on two executors of a YARN that runs on this
 * machine.
 */
public final class ComparisonMain {

    private static final long EXECUTOR_BYTES = 1L << 30;
    private static final int EXECUTORS = 2;
    private static final String BLOCK_BYTES = Long.toString(128L << 20);

    private ComparisonMain() {}

    /**
     * @param arguments folder of Spark's jars, folder of the Hadoop configuration, an empty folder, rounds, names of
     * {@link Shape}s
     */
    public static void main(String[] arguments) throws Exception {
        Path jars = Path.of(arguments[0]);
        Path folder = Path.of(arguments[2]);
        int rounds = Integer.parseInt(arguments[3]);
        PrintStream out = System.out;
        out.println(machine(folder));
        out.printf(
                "Medians of %d rounds in turn, with the least and the most; a ratio is of the rounds' own.%n", rounds);
        try (JavaSparkContext spark = SparkStart.start(settings(arguments[1]), jars)) {
            FileSystem filesystem = FileSystem.get(spark.hadoopConfiguration());
            for (int shape = 4; shape < arguments.length; shape++) {
                new Comparison(spark, filesystem, out)
                        .run(
                                Shape.valueOf(arguments[shape].toUpperCase(Locale.ROOT)),
                                rounds,
                                new org.apache.hadoop.fs.Path("/comparison"),
                                folder);
            }
        }
    }

    private static SparkSettings settings(String hadoopConf) throws Exception {
        return new SparkSettings(
                SparkSettings.YARN,
                "decant comparison",
                "decant-comparison-" + ProcessHandle.current().pid(),
                hadoopConf,
                "",
                EXECUTOR_BYTES,
                1,
                EXECUTORS,
                "",
                "127.0.0.1",
                Map.of(
                        // All nodes are this machine, and find the sort where it was compiled.
                        "spark.executor.extraClassPath",
                        Path.of(ComparisonMain.class
                                        .getProtectionDomain()
                                        .getCodeSource()
                                        .getLocation()
                                        .toURI())
                                .toString(),
                        "spark.kryo.classesToRegister",
                        SortKey.class.getName(),
                        "spark.hadoop.dfs.blocksize",
                        BLOCK_BYTES));
    }

    private static String machine(Path folder) throws IOException {
        return String.format(
                Locale.ROOT,
                "%d cores (%s), %s %s, JDK %s, %s",
                Runtime.getRuntime().availableProcessors(),
                Files.readAllLines(Path.of("/proc/cpuinfo")).stream()
                        .filter(line -> line.startsWith("model name"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip())
                        .findFirst()
                        .orElse("unknown"),
                System.getProperty("os.name"),
                System.getProperty("os.version"),
                System.getProperty("java.version"),
                Files.getFileStore(folder).type());
    }
}
