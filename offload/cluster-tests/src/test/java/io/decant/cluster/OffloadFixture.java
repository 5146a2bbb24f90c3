package io.decant.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A server whose large batches go to Spark, for one test, over a cluster that all share. */
@ExtendWith(SharedCluster.class)
abstract class OffloadFixture {

    static final Duration PATIENCE = Duration.ofSeconds(150);
    /** Some 10 MiB, which are several block files even where their size is the least. */
    private static final int RECORDS = 150_000;

    /** What Spark wants of the JVM, and what takes the least from others while it starts. */
    private static final String QUICK_TO_START =
            System.getProperty("decant.spark.opens") + " -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private static final String PADDING = "x".repeat(60);

    @TempDir
    Path folder;

    HadoopCluster cluster;
    org.apache.hadoop.fs.Path root;
    DecantServer server;

    @BeforeEach
    void take(HadoopCluster shared) {
        cluster = shared;
        root = new org.apache.hadoop.fs.Path("/offload/" + folder.getFileName());
    }

    @AfterEach
    void mend() throws IOException {
        if (server != null) {
            server.close();
        }
        cluster.mend();
    }

    void start(String where, org.apache.hadoop.fs.Path sinkRoot) throws IOException {
        start(where, sinkRoot, "");
    }

    /** @param more of the section offload, indented */
    void start(String where, org.apache.hadoop.fs.Path sinkRoot, String more) throws IOException {
        Path home = Files.createDirectories(folder.resolve(sinkRoot.getName()));
        server = DecantServer.start(home, """
                batch: {interval: 1d, max-records: %1$d}
                offload:
                  above: %2$s
                  master: "%3$s"
                  staging: %4$s%5$s-staging
                  hadoop-conf: %6$s
                  driver-memory: 512MiB
                  executor-memory: 512MiB
                  executor-cores: 1
                  executor-instances: 2
                  driver-host: 127.0.0.1
                  properties:
                    # Asked of YARN often, for seconds are long here; executors live shortly, on few cores.
                    spark.yarn.report.interval: 200ms
                    spark.yarn.scheduler.heartbeat.interval-ms: "500"
                    spark.executor.extraJavaOptions: "%8$s"
                    spark.yarn.am.extraJavaOptions: "%8$s"
                %7$s
                sinks: {archive: {type: hdfs, uri: "%4$s%5$s", hadoop-conf: %6$s, max-bucket-dirs: 3}}
                """.formatted(
                        RECORDS,
                        where.equals("off") ? "off" : "1MiB",
                        where.equals("off") ? "local[*]" : where,
                        cluster.uri(),
                        sinkRoot,
                        cluster.hadoopConf(),
                        more,
                        QUICK_TO_START));
    }

    void awaitSpark() {
        Await.until(
                "Spark is at the batch",
                PATIENCE,
                () -> server.status().getJsonObject("offload").getInteger("stage", 0) > 0);
    }

    /** Names of what lies there of the first batch. */
    Stream<String> staged() throws IOException {
        var batch = new org.apache.hadoop.fs.Path(root + "-staging/*/batch-000000000001/*");
        return Stream.of(cluster.fileSystem().globStatus(batch))
                .map(file -> file.getPath().getName());
    }

    String lastError() throws IOException {
        return server.status().getJsonObject("offload").getString("lastError", "");
    }

    void awaitReason(String why) {
        try {
            Await.until("the server says " + why, PATIENCE, () -> lastError().contains(why));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + server.lastLines(), e);
        }
    }

    void assertDelivered(List<List<String>> batches) throws IOException {
        var delivered = Poured.read(cluster.fileSystem(), root);
        assertThat(delivered).hasSameSizeAs(batches);
        for (int batch = 0; batch < batches.size(); batch++) {
            assertThat(delivered.get(batch + 1L).equals(Poured.expected(batches.get(batch))))
                    .as("buckets of batch %d", batch + 1)
                    .isTrue();
        }
        assertNothingLeft(root);
    }

    void assertNothingLeft(org.apache.hadoop.fs.Path sinkRoot) {
        Await.until("no application is left", PATIENCE, () -> cluster.unfinishedApplications()
                .isEmpty());
        Await.until("no staging is left", PATIENCE, () -> {
            var staging = new org.apache.hadoop.fs.Path(sinkRoot + "-staging");
            return !Poured.hasLeftovers(cluster.fileSystem(), sinkRoot)
                    && (!cluster.fileSystem().exists(staging)
                            || !cluster.fileSystem().listFiles(staging, true).hasNext());
        });
    }

    /** Most once, some a few times. */
    static List<String> plain(long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, RECORDS)
                .mapToObj(i -> "plain " + seed + " " + random.nextInt(RECORDS * 5) + PADDING)
                .toList();
    }

    /** Every other record is the same. */
    static List<String> hotKey(long seed) {
        List<String> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            records.add(i % 2 == 0 ? "hot " + seed + PADDING : "cold " + seed + " " + i + PADDING);
        }
        Collections.shuffle(records, new Random(seed));
        return records;
    }

    static List<String> allDistinct(long seed) {
        return IntStream.range(0, RECORDS)
                .mapToObj(i -> "distinct " + seed + " " + i + PADDING)
                .toList();
    }

    /** Something that may fail, done to the world. */
    interface Trouble {
        void make() throws Exception;
    }
}
