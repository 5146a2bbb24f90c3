package io.decant.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.decant.ingest.endtoend.CompiledJob;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.RemoteIterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A job of a user's own on a real YARN, over batches staged on a real HDFS, with its output there. */
@ExtendWith(SharedCluster.class)
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class JobsOnYarnIT {

    private static final Duration PATIENCE = Duration.ofMinutes(4);

    /** What Spark wants of the JVM, and what takes the least from others while it starts. */
    private static final String QUICK_TO_START =
            System.getProperty("decant.spark.opens") + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    /**
     * Classes of its own go to executors and come back. Files beside the settings have it wait: {@code hold} a task that
     * writes, which names its process first, and {@code hang} the driver.
     */
    private static final String JOB = """
            import io.decant.job.Batch;
            import io.decant.job.BatchJob;
            import java.io.Serializable;
            import java.nio.file.Files;
            import java.nio.file.Path;
            import java.nio.file.StandardOpenOption;
            import java.util.List;
            import org.apache.spark.api.java.JavaSparkContext;
            import scala.Tuple2;

            public class Words implements BatchJob {
                public static final class Word implements Serializable {
                    final String text;
                    Word(String text) { this.text = text; }
                }

                public void run(JavaSparkContext spark, Batch batch) throws Exception {
                    String folder = batch.settings().get("folder");
                    Files.writeString(Path.of(folder, "runs"), batch.id() + "\\n",
                            StandardOpenOption.CREATE, StandardOpenOption.APPEND);
                    if (batch.lines().map(Word::new).first().text.isEmpty()) {
                        throw new IllegalStateException("an empty line");
                    }
                    batch.lines().flatMap(line -> List.of(line.split(" ")).iterator())
                            .mapToPair(word -> new Tuple2<>(new Word(word).text, 1L))
                            .reduceByKey(Long::sum)
                            .sortByKey(true, 1)
                            .map(count -> held(count, folder))
                            .saveAsTextFile(batch.output() + "/counts");
                    waitFor(Path.of(folder, "hang"));
                }

                static <T> T held(T value, String folder) throws Exception {
                    Path hold = Path.of(folder, "hold");
                    if (Files.exists(hold)) {
                        Files.writeString(Path.of(folder, "writing-" + ProcessHandle.current().pid()), "");
                        waitFor(hold);
                    }
                    return value;
                }

                static void waitFor(Path file) throws Exception {
                    while (Files.exists(file)) {
                        Thread.sleep(50);
                    }
                }
            }
            """;

    @TempDir
    Path folder;

    private HadoopCluster cluster;
    private org.apache.hadoop.fs.Path root;
    private DecantServer server;

    @BeforeEach
    void start(HadoopCluster shared) throws IOException {
        cluster = shared;
        root = new org.apache.hadoop.fs.Path("/jobs/" + folder.getFileName());
        CompiledJob.write(folder, folder.resolve("words.jar"), "Words", JOB);
        Path home = Files.createDirectories(folder.resolve("home"));
        server = DecantServer.start(
                home, """
                batch: {interval: 200ms}
                offload:
                  master: yarn
                  staging: %1$s%2$s-staging
                  hadoop-conf: %3$s
                  driver-memory: 512MiB
                  executor-memory: 512MiB
                  executor-cores: 1
                  executor-instances: 2
                  driver-host: 127.0.0.1
                  properties:
                    spark.yarn.report.interval: 200ms
                    spark.yarn.scheduler.heartbeat.interval-ms: "500"
                    spark.executor.extraJavaOptions: "%4$s"
                    spark.yarn.am.extraJavaOptions: "%4$s"
                sinks:
                  words: {type: spark, class: Words, jars: [../words.jar], uri: "%1$s%2$s", settings: {folder: "%5$s"}}
                """.formatted(cluster.uri(), root, cluster.hadoopConf(), QUICK_TO_START, folder));
    }

    @AfterEach
    void mend() throws IOException {
        server.close();
        cluster.mend();
    }

    /** One after another in one server: a start of Spark on YARN takes longest of all this. */
    @Test
    void shouldWriteEachBatchOnceThoughExecutorDriverAndServerAreKilled() throws Exception {
        Lines.send(server.port(), List.of("to be", "or not to be"));
        server.awaitDelivered("words", 1, PATIENCE);
        assertThat(stages())
                .anyMatch(line -> line.matches(".* saveAsTextFile .* 1 task .*"))
                .last(STRING)
                .contains("read locally: ");

        Path hold = Files.createFile(folder.resolve("hold"));
        Lines.send(server.port(), List.of("that is the question"));
        Await.until("a task writes", PATIENCE, () -> writers().size() == 1);
        kill(writers().get(0));
        Await.until("another executor writes", PATIENCE, () -> writers().size() == 2);
        Files.delete(hold);
        server.awaitDelivered("words", 2, PATIENCE);
        assertThat(runs()).isEqualTo(2);
        assertThat(stages()).anyMatch(line -> line.contains("failed attempt"));

        Path hang = Files.createFile(folder.resolve("hang"));
        Lines.send(server.port(), List.of("whether tis nobler"));
        Await.until("the third batch runs", PATIENCE, () -> runs() == 3);
        server.driver().orElseThrow().destroyForcibly();
        Await.until("it runs again", PATIENCE, () -> runs() == 4);
        Files.delete(hang);
        server.awaitDelivered("words", 3, PATIENCE);

        Files.createFile(hang);
        Lines.send(server.port(), List.of("in the mind"));
        Await.until("the fourth batch runs", PATIENCE, () -> runs() == 5);
        server.kill();
        server.start();
        Await.until("it runs again", PATIENCE, () -> runs() == 6);
        Files.delete(hang);
        server.awaitDelivered("words", 4, PATIENCE);
        assertThat(server.stop()).as("%s", server.lastLines()).isZero();

        assertBatches(
                List.of(
                        "(be,2)\n(not,1)\n(or,1)\n(to,2)\n",
                        "(is,1)\n(question,1)\n(that,1)\n(the,1)\n",
                        "(nobler,1)\n(tis,1)\n(whether,1)\n",
                        "(in,1)\n(mind,1)\n(the,1)\n"),
                List.of(2L, 1L, 1L, 1L));
        Await.until("no application is left", PATIENCE, () -> cluster.unfinishedApplications()
                .isEmpty());
        assertThat(cluster.fileSystem().exists(new org.apache.hadoop.fs.Path(root, "_staging")))
                .isFalse();
        assertThat(cluster.fileSystem().globStatus(new org.apache.hadoop.fs.Path(root + "-staging/*/*/*")))
                .isEmpty();
    }

    /** What each batch is, and nothing else: no part of an attempt that came to nothing. */
    private void assertBatches(List<String> counts, List<Long> records) throws IOException {
        List<org.apache.hadoop.fs.Path> batches = batches();
        assertThat(batches).hasSameSizeAs(counts);
        for (int i = 0; i < counts.size(); i++) {
            org.apache.hadoop.fs.Path batch = batches.get(i);
            assertThat(files(batch)).containsExactly("_manifest.json", "counts/_SUCCESS", "counts/part-00000");
            assertThat(read(new org.apache.hadoop.fs.Path(batch, "counts/part-00000")))
                    .isEqualTo(counts.get(i));
            JsonObject manifest = new JsonObject(read(new org.apache.hadoop.fs.Path(batch, "_manifest.json")));
            assertThat(manifest.getString("id")).endsWith("-words-" + (i + 1));
            assertThat(manifest.getString("class")).isEqualTo("Words");
            assertThat(manifest.getLong("records")).isEqualTo(records.get(i));
        }
    }

    private List<String> files(org.apache.hadoop.fs.Path batch) throws IOException {
        List<String> files = new ArrayList<>();
        RemoteIterator<LocatedFileStatus> found = cluster.fileSystem().listFiles(batch, true);
        while (found.hasNext()) {
            String path = found.next().getPath().toString();
            files.add(path.substring(batch.toString().length() + 1));
        }
        files.sort(null);
        return files;
    }

    /** Processes that have begun to write while they are held, in no order. */
    private List<Long> writers() throws IOException {
        try (Stream<Path> found = Files.list(folder)) {
            return found.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("writing-"))
                    .map(name -> Long.valueOf(name.substring("writing-".length())))
                    .toList();
        }
    }

    private static void kill(long process) {
        ProcessHandle.of(process).orElseThrow().destroyForcibly();
    }

    /** What the cluster made of the last batch, in lines. */
    private List<String> stages() throws IOException {
        return server.sink("words").getJsonObject("lastRun").getJsonArray("stages").stream()
                .map(Object::toString)
                .toList();
    }

    private long runs() throws IOException {
        Path file = folder.resolve("runs");
        if (!Files.exists(file)) {
            return 0;
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.count();
        }
    }

    private List<org.apache.hadoop.fs.Path> batches() throws IOException {
        List<org.apache.hadoop.fs.Path> found = new ArrayList<>();
        for (FileStatus batch : cluster.fileSystem()
                .globStatus(new org.apache.hadoop.fs.Path(root, "server=*/date=*/hour=*/batch-*"))) {
            found.add(batch.getPath());
        }
        found.sort(Comparator.comparing(org.apache.hadoop.fs.Path::getName));
        return found;
    }

    private String read(org.apache.hadoop.fs.Path file) throws IOException {
        try (InputStream in = cluster.fileSystem().open(file)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
