package io.decant.spark.standalone;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.offload.capacity.MasterQuestion;
import io.decant.offload.capacity.Resources;
import io.decant.offload.capacity.StandaloneCapacity;
import io.decant.offload.capacity.StandaloneProbe;
import io.decant.spark.command.CommandProcess;
import io.decant.spark.job.Found;
import io.decant.spark.userjob.JobJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a real cluster of Spark's own, which authenticates. */
@Timeout(300)
class StandaloneIT {

    private static final Map<String, String> SECRET =
            Map.of("spark.authenticate", "true", "spark.authenticate.secret", "of-this-test");

    @TempDir
    static Path shared;

    private static StandaloneCluster cluster;
    /** Of options. */
    private static Path secret;

    @TempDir
    Path temp;

    @BeforeAll
    static void start() throws IOException {
        secret = Files.writeString(
                shared.resolve("options"),
                "--conf=spark.authenticate.secret=" + SECRET.get("spark.authenticate.secret") + "\n");
        cluster =
                new StandaloneCluster(Files.createDirectories(shared.resolve("cluster")), CommandProcess.JARS, SECRET);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void shouldSayWhatTheMasterHas() throws Exception {
        StandaloneCapacity capacity =
                StandaloneProbe.read(CommandProcess.JARS, new MasterQuestion(cluster.master(), SECRET));
        assertThat(capacity.workers()).hasSize(StandaloneCluster.WORKERS).allSatisfy(worker -> assertThat(
                        worker.total())
                .isEqualTo(new Resources(StandaloneCluster.WORKER_MEGABYTES, 1)));
        assertThat(capacity.whenIdle().executors(new Resources(1_024, 1))).isEqualTo(2);
        assertThat(capacity.whenIdle().executors(new Resources(1_024, 2))).isZero();
        assertThatThrownBy(() ->
                        StandaloneProbe.read(CommandProcess.JARS, new MasterQuestion("spark://127.0.0.1:1", Map.of())))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith("spark://127.0.0.1:1: no active master: 127.0.0.1:1 does not answer: ");
    }

    /** Both executors run tasks of both stages, and what is said before is what runs. */
    @Test
    void shouldCountWordsOnAllWorkers() throws Exception {
        Path in = Files.createDirectories(temp.resolve("i n"));
        Files.writeString(in.resolve("a:b"), "x y x\n".repeat(200_000));
        CommandProcess job = job("WordCount", "file://" + in, "file://" + temp.resolve("out"));
        assertThat(job.status()).as(job.err()).isZero();
        assertThat(job.out()).matches("WordCount is done in [0-9.]+ s: file:.*\n");
        List<String> said = job.err().lines().toList();
        assertThat(said).hasSize(4);
        assertThat(said.get(0))
                .isEqualTo("decant: reads the input in 2 tasks = 1.1 MiB / 585.9 KiB on 2 executors of 1 core:"
                        + " 2 at a time, 1 wave");
        assertThat(said.get(1))
                .startsWith("stage 1  textFile, flatMap, map       2 tasks = 1.1 MiB / 585.9 KiB  2 at a time, 1 wave");
        assertThat(said.get(2)).startsWith("stage 2  reduceByKey, saveAsTextFile  2 tasks ");
        assertThat(said.get(3)).isEqualTo("executors reused between the stages: 2 of 2");
        Map<String, Boolean> counts = new TreeMap<>();
        for (Path part : Found.sorted(temp.resolve("out"))) {
            if (part.getFileName().toString().startsWith("part-")) {
                Files.readAllLines(part).forEach(line -> counts.put(line, true));
            }
        }
        assertThat(counts.keySet()).containsExactly("(x,400000)", "(y,200000)");
    }

    /** Executors get the classes of the jar from the driver, and take them before others of that name. */
    @Test
    void shouldRunTheClassesOfAJarOnTheWorkers() throws Exception {
        Path jar = new JobJar().with("my.Upper", """
                        package my;
                        import io.decant.job.*;
                        public class Upper implements BatchJob {
                            public void run(org.apache.spark.api.java.JavaSparkContext spark, Batch batch) {
                                String suffix = batch.settings().get("suffix");
                                batch.lines().map(line -> Helper.upper(line) + suffix).saveAsTextFile(batch.output());
                            }
                        }
                        """).with("my.Helper", """
                        package my;
                        class Helper {
                            static String upper(String line) {
                                return line.toUpperCase();
                            }
                        }
                        """).write(temp.resolve("my.jar"));
        Files.writeString(temp.resolve("in"), "a\nb\n");
        CommandProcess job = job(
                "my.Upper",
                temp.resolve("in").toUri().toString(),
                temp.resolve("out").toUri().toString(),
                "--jar",
                jar.toString(),
                "--set",
                "suffix=!");
        assertThat(job.status()).as(job.err()).isZero();
        assertThat(Files.readString(temp.resolve("out/part-00000")) + Files.readString(temp.resolve("out/part-00001")))
                .isEqualTo("A!\nB!\n");
    }

    @Test
    void shouldSplitBucketsOnTheWorkers() throws Exception {
        Path in = Files.writeString(temp.resolve("in"), "b\na\nb\n");
        CommandProcess bucket = CommandProcess.run(
                temp,
                List.of(),
                "io.decant.spark.BucketMain",
                in.toUri().toString(),
                temp.resolve("out").toUri().toString(),
                "--master",
                cluster.master(),
                "@" + secret);
        assertThat(bucket.status()).as(bucket.err()).isZero();
        assertThat(bucket.out()).startsWith("3 records in 2 buckets: file:");
        assertThat(Found.buckets(temp.resolve("out"))).containsExactly(List.of("b", "a"), List.of("b"));
    }

    @Test
    void shouldSayWhyAMasterCannotBeAsked() throws Exception {
        Files.writeString(temp.resolve("in"), "a\n");
        CommandProcess nobody = CommandProcess.job(temp, "WordCount", "in", "out", "--master", "spark://127.0.0.1:1");
        assertThat(nobody.status()).isEqualTo(1);
        assertThat(nobody.err().lines())
                .singleElement()
                .asString()
                .startsWith("decant: spark://127.0.0.1:1 cannot be asked: no active master: ");
        CommandProcess stranger = CommandProcess.job(temp, "WordCount", "in", "out", "--master", cluster.master());
        assertThat(stranger.status()).isEqualTo(1);
        assertThat(stranger.err().lines())
                .singleElement()
                .asString()
                .contains(" cannot be asked: ")
                .endsWith("; where it authenticates, set spark.authenticate.secret");
    }

    private CommandProcess job(String... arguments) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of(arguments));
        words.addAll(List.of("--master", cluster.master(), "@" + secret, "--conf", "spark.executor.memory=1g"));
        return CommandProcess.job(temp, words.toArray(new String[0]));
    }
}
