package io.decant.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.endtoend.CompiledJob;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A node that hangs: Spark gives the task of a suspended executor to another one, and the output is there once. */
@ExtendWith(SharedCluster.class)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class SpeculationIT {

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    /** What Spark wants of the JVM, and what takes the least from others while it starts. */
    private static final String QUICK_TO_START =
            System.getProperty("decant.spark.opens") + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    /**
     * A stage that reads and writes, of two tasks. The second one names its process and waits while there is a file
     * {@code hold}; whoever runs it when that is no longer there goes on.
     */
    private static final String JOB = """
            import io.decant.job.Batch;
            import io.decant.job.BatchJob;
            import java.nio.file.Files;
            import java.nio.file.Path;
            import java.util.List;
            import org.apache.spark.api.java.JavaSparkContext;

            public class Halves implements BatchJob {
                public void run(JavaSparkContext spark, Batch batch) {
                    String folder = batch.settings().get("folder");
                    spark.parallelize(List.of("one", "two"), 2)
                            .map(half -> held(half, folder))
                            .saveAsTextFile(batch.output());
                }

                static String held(String half, String folder) throws Exception {
                    Path hold = Path.of(folder, "hold");
                    if (half.equals("two")) {
                        Files.writeString(Path.of(folder, "writing-" + ProcessHandle.current().pid()), "");
                        while (Files.exists(hold)) {
                            Thread.sleep(50);
                        }
                    }
                    return half;
                }
            }
            """;

    /**
     * Two stages, of which the first leaves what it made at both executors; once there is no file {@code hold}, the
     * second one fetches it once more and writes.
     */
    private static final String SHUFFLE = """
            import io.decant.job.Batch;
            import io.decant.job.BatchJob;
            import java.nio.file.Files;
            import java.nio.file.Path;
            import java.util.List;
            import org.apache.spark.api.java.JavaPairRDD;
            import org.apache.spark.api.java.JavaSparkContext;
            import scala.Tuple2;

            public class Halves implements BatchJob {
                public void run(JavaSparkContext spark, Batch batch) throws Exception {
                    Path folder = Path.of(batch.settings().get("folder"));
                    String name = folder.toString();
                    JavaPairRDD<String, Long> counts = spark.parallelize(List.of("one", "two"), 2)
                            .mapToPair(half -> met(half, name))
                            .reduceByKey(Long::sum, 2);
                    counts.count();
                    Files.writeString(folder.resolve("counted"), "");
                    while (Files.exists(folder.resolve("hold"))) {
                        Thread.sleep(50);
                    }
                    counts.keys().saveAsTextFile(batch.output());
                }

                /** Each executor has one of the two tasks. */
                static Tuple2<String, Long> met(String half, String folder) throws Exception {
                    Files.writeString(Path.of(folder, "writing-" + ProcessHandle.current().pid()), "");
                    while (Files.exists(Path.of(folder, "hold")) && Path.of(folder).toFile().list(
                            (in, file) -> file.startsWith("writing-")).length < 2) {
                        Thread.sleep(50);
                    }
                    return new Tuple2<>(half, 1L);
                }
            }
            """;

    @TempDir
    Path folder;

    private DecantServer server;
    private HadoopCluster cluster;
    private org.apache.hadoop.fs.Path root;
    private Path hold;
    private long suspended;

    @AfterEach
    void mend() throws IOException, InterruptedException {
        if (suspended != 0) {
            signal("CONT", suspended);
        }
        if (server != null) {
            server.close();
        }
        cluster.mend();
    }

    @Test
    void shouldWriteABatchOnceThoughAnExecutorIsSuspended(HadoopCluster shared) throws Exception {
        // Spark does not give the executor up in the meantime.
        start(shared, JOB, "spark.network.timeout: 600s");
        Lines.send(server.port(), List.of("a record"));
        Await.until("a task writes", PATIENCE, () -> !writers().isEmpty());
        suspended = writers().get(0);
        signal("STOP", suspended);
        Files.delete(hold);
        server.awaitDelivered("halves", 1, PATIENCE);
        assertThat(writers()).hasSize(2);
        assertThat(files()).isEqualTo(List.of("_SUCCESS", "_manifest.json", "part-00000 one", "part-00001 two"));

        // It goes on with what it was at, and finds its attempt removed.
        signal("CONT", suspended);
        suspended = 0;
        Lines.send(server.port(), List.of("another one"));
        server.awaitDelivered("halves", 2, PATIENCE);
        assertThat(server.stop()).as("%s", server.lastLines()).isZero();
        Await.until("no application is left", PATIENCE, () -> cluster.unfinishedApplications()
                .isEmpty());
        assertThat(files())
                .isEqualTo(List.of(
                        "_SUCCESS",
                        "_SUCCESS",
                        "_manifest.json",
                        "_manifest.json",
                        "part-00000 one",
                        "part-00000 one",
                        "part-00001 two",
                        "part-00001 two"));
        assertThat(cluster.fileSystem().exists(new org.apache.hadoop.fs.Path(root, "_staging")))
                .isFalse();
    }

    /**
     * Prints how long a batch takes whose shuffled data is at the executor that is suspended; docs/cluster.md quotes it.
     * Run by name, since Spark waits for {@code spark.network.timeout}.
     */
    @Test
    @EnabledIfSystemProperty(named = "decant.network-timeout", matches = ".+")
    void shouldPrintHowLongAShuffleWaitsForASuspendedExecutor(HadoopCluster shared) throws Exception {
        String timeout = System.getProperty("decant.network-timeout");
        start(shared, SHUFFLE, "spark.network.timeout: " + timeout + "\n    spark.network.timeoutInterval: 1s");
        Lines.send(server.port(), List.of("a record"));
        Await.until("the first stages are done", PATIENCE, () -> Files.exists(folder.resolve("counted")));
        suspended = writers().get(0);
        signal("STOP", suspended);
        long startNanos = System.nanoTime();
        Files.delete(hold);
        server.awaitDelivered("halves", 1, Duration.ofMinutes(8));
        System.out.printf(
                "with spark.network.timeout %s, the batch was there %.1f s after an executor with shuffled data was"
                        + " suspended%n%s%n",
                timeout,
                (System.nanoTime() - startNanos) / 1e9,
                server.sink("halves").getJsonObject("lastRun"));
        assertThat(files()).contains("_SUCCESS", "_manifest.json");
        // YARN has ended it.
        suspended = 0;
    }

    /** @param more of Spark's properties */
    private void start(HadoopCluster shared, String job, String more) throws IOException {
        cluster = shared;
        root = new org.apache.hadoop.fs.Path("/speculation/" + folder.getFileName());
        CompiledJob.write(folder, folder.resolve("halves.jar"), "Halves", job);
        hold = Files.createFile(folder.resolve("hold"));
        Path home = Files.createDirectories(folder.resolve("home"));
        server = DecantServer.start(
                home, """
                batch: {interval: 200ms}
                offload:
                  master: yarn
                  staging: %1$s%2$s-staging
                  hadoop-conf: %3$s
                  driver-memory: 512MiB
                  # So large that each node has room for one.
                  executor-memory: 1GiB
                  executor-cores: 1
                  executor-instances: 2
                  driver-host: 127.0.0.1
                  properties:
                    spark.speculation: "true"
                    spark.speculation.quantile: "0.5"
                    %6$s
                    spark.yarn.report.interval: 200ms
                    spark.yarn.scheduler.heartbeat.interval-ms: "500"
                    spark.executor.extraJavaOptions: "%4$s"
                    spark.yarn.am.extraJavaOptions: "%4$s"
                sinks:
                  halves: {type: spark, class: Halves, jars: [../halves.jar], uri: "%1$s%2$s", settings: {folder: "%5$s"}}
                """.formatted(cluster.uri(), root, cluster.hadoopConf(), QUICK_TO_START, folder, more));
    }

    private static void signal(String name, long process) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** Processes that have begun with the second half, in no order. */
    private List<Long> writers() throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            return found.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("writing-"))
                    .map(name -> Long.valueOf(name.substring("writing-".length())))
                    .toList();
        }
    }

    /** Names of all files of all batches, with what is in the parts. */
    private List<String> files() throws IOException {
        List<String> files = new ArrayList<>();
        RemoteIterator<LocatedFileStatus> found = cluster.fileSystem().listFiles(root, true);
        while (found.hasNext()) {
            FileStatus file = found.next();
            String name = file.getPath().getName();
            files.add(name.startsWith("part-") ? name + " " + read(file.getPath()) : name);
        }
        files.sort(null);
        return files;
    }

    private String read(org.apache.hadoop.fs.Path file) throws IOException {
        try (InputStream in = cluster.fileSystem().open(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }
}
