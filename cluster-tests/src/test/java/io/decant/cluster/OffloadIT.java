package io.decant.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Large batches on a real YARN over a real HDFS: the buckets that memory makes, whatever dies meanwhile. */
@ExtendWith(SharedCluster.class)
class OffloadIT {

    private static final Duration PATIENCE = Duration.ofSeconds(150);
    /** Of a staged file at least; the cluster's blocks are smaller. */
    private static final long FILE_BYTES = 4 << 20;

    /** Some 10 MiB, which are several block files even where their size is the least. */
    private static final int RECORDS = 150_000;

    private static final String PADDING = "x".repeat(60);

    @TempDir
    Path folder;

    private HadoopCluster cluster;
    private org.apache.hadoop.fs.Path root;
    private DecantServer server;

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

    @Test
    void shouldMakeTheSameBucketsOnYarnInOneProcessAndInMemory() throws Exception {
        List<List<String>> batches = List.of(plain(1), hotKey(2), allDistinct(3));
        for (String where : List.of("off", "local[2]", "yarn")) {
            var sinkRoot = new org.apache.hadoop.fs.Path(root, where.substring(0, 3));
            start(where, sinkRoot);
            for (List<String> batch : batches) {
                Lines.send(server.port(), batch);
            }
            server.awaitDelivered("archive", batches.size(), PATIENCE);
            assertThat(server.batch(1).orElseThrow().getString("where"))
                    .isEqualTo(where.equals("off") ? "memory" : "spark");
            assertThat(server.stop()).as("%s", server.lastLines()).isZero();
            var delivered = Poured.read(cluster.fileSystem(), sinkRoot);
            for (int batch = 0; batch < batches.size(); batch++) {
                assertThat(delivered.get(batch + 1L).equals(Poured.expected(batches.get(batch))))
                        .as("buckets of batch %d with master %s", batch + 1, where)
                        .isTrue();
            }
            assertNothingLeft(sinkRoot);
        }
    }

    @Test
    void shouldMakeAsManyTasksAsValidateForetells() throws Exception {
        start("local[2]", root);
        List<String> batch = hotKey(1);
        long bytes = batch.stream().mapToLong(record -> record.length() + 1L).sum();
        Lines.send(server.port(), batch);
        awaitSpark();
        // Each is read by one task.
        long tasks = staged().filter(name -> name.startsWith("blocks-")).count();
        assertThat(tasks).isEqualTo((bytes + FILE_BYTES - 1) / FILE_BYTES);
        Command validate = Command.run("validate", "-c", server.settings().toString(), "--batch-size", bytes + "B");
        assertThat(validate.out()).contains(": " + tasks + " tasks over 2 cores of this machine, in ");
        server.awaitDelivered("archive", 1, PATIENCE);
    }

    @Test
    void shouldDeliverOnceThoughAnExecutorIsKilled() throws Exception {
        start("yarn", root);
        Set<ProcessHandle> before = new HashSet<>();
        deliverThough(
                () -> {
                    before.addAll(SparkExecutors.of(cluster));
                    before.iterator().next().destroyForcibly();
                },
                () -> Await.until(
                        "the executor is replaced", PATIENCE, () -> !before.containsAll(SparkExecutors.of(cluster))));
    }

    @Test
    void shouldDeliverOnceThoughTheDriverIsKilled() throws Exception {
        start("yarn", root);
        deliverThough(() -> server.driver().orElseThrow().destroyForcibly(), () -> {});
    }

    @Test
    void shouldDeliverOnceThoughTheServerIsKilled() throws Exception {
        start("yarn", root);
        deliverThough(server::kill, server::start);
    }

    @Test
    void shouldDeliverOnceThoughADatanodeIsGone() throws Exception {
        start("yarn", root);
        deliverThough(cluster.datanode(0)::kill, () -> {});
    }

    @Test
    void shouldDeliverOnceThoughTheResourceManagerIsRestarted() throws Exception {
        start("yarn", root);
        deliverThough(cluster.resourceManager()::kill, cluster.resourceManager()::start);
    }

    @Test
    void shouldSayThatYarnIsAwayAndGoOnWhenItIsBack() throws Exception {
        cluster.resourceManager().kill();
        waitFor("YARN", () -> cluster.resourceManager().start());
    }

    @Test
    void shouldSayThatYarnIsFullAndGoOnWhenThereIsRoom() throws Exception {
        List<ApplicationId> others = List.of(cluster.occupyNode(), cluster.occupyNode());
        waitFor("ACCEPTED", () -> {
            for (ApplicationId other : others) {
                cluster.end(other);
            }
        });
    }

    /** Sends two batches that cannot be parted yet, and has that mended once {@code /status} says why. */
    private void waitFor(String why, Trouble mending) throws Exception {
        start("yarn", root);
        List<String> batch = plain(5);
        List<String> meanwhile = plain(6);
        Lines.send(server.port(), batch);
        Await.until("the server says why the batch waits", PATIENCE, () -> server.status()
                .getJsonObject("offload")
                .getString("lastError", "")
                .contains(why));
        Lines.send(server.port(), meanwhile);
        mending.make();
        server.awaitDelivered("archive", 2, PATIENCE);
        assertThat(server.stop()).as("%s", server.lastLines()).isZero();
        assertDelivered(List.of(batch, meanwhile));
    }

    /** Sends a batch, does something to the world while Spark is at it, mends that, and expects the batch as if nothing had been. */
    private void deliverThough(Trouble trouble, Trouble mending) throws Exception {
        List<String> batch = hotKey(1);
        Lines.send(server.port(), batch);
        awaitSpark();
        trouble.make();
        assertUnderWay();
        mending.make();
        List<String> meanwhile = plain(2);
        Lines.send(server.port(), meanwhile);
        server.awaitDelivered("archive", 2, PATIENCE);
        assertThat(server.stop()).as("%s", server.lastLines()).isZero();
        assertDelivered(List.of(batch, meanwhile));
    }

    private void awaitSpark() {
        Await.until(
                "Spark is at the batch",
                PATIENCE,
                () -> server.status().getJsonObject("offload").getInteger("stage", 0) > 0);
    }

    /** What is staged of the first batch is there, and what it becomes is not: at this moment its job has begun, and has not ended. */
    private void assertUnderWay() throws IOException {
        assertThat(staged()).contains("batch.json").doesNotContain("out");
    }

    /** Names of what lies there of the first batch. */
    private Stream<String> staged() throws IOException {
        var batch = new org.apache.hadoop.fs.Path(root + "-staging/*/batch-000000000001/*");
        return Stream.of(cluster.fileSystem().globStatus(batch))
                .map(file -> file.getPath().getName());
    }

    private void assertDelivered(List<List<String>> batches) throws IOException {
        var delivered = Poured.read(cluster.fileSystem(), root);
        assertThat(delivered).hasSameSizeAs(batches);
        for (int batch = 0; batch < batches.size(); batch++) {
            assertThat(delivered.get(batch + 1L).equals(Poured.expected(batches.get(batch))))
                    .as("buckets of batch %d", batch + 1)
                    .isTrue();
        }
        assertNothingLeft(root);
    }

    private void start(String where, org.apache.hadoop.fs.Path sinkRoot) throws IOException {
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
                sinks: {archive: {type: hdfs, uri: "%4$s%5$s", hadoop-conf: %6$s, max-bucket-dirs: 3}}
                """.formatted(
                        RECORDS,
                        where.equals("off") ? "off" : "1MiB",
                        where.equals("off") ? "local[*]" : where,
                        cluster.uri(),
                        sinkRoot,
                        cluster.hadoopConf()));
    }

    private void assertNothingLeft(org.apache.hadoop.fs.Path sinkRoot) {
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
    private static List<String> plain(long seed) {
        Random random = new Random(seed);
        return IntStream.range(0, RECORDS)
                .mapToObj(i -> "plain " + seed + " " + random.nextInt(RECORDS * 5) + PADDING)
                .toList();
    }

    /** Every other record is the same. */
    private static List<String> hotKey(long seed) {
        List<String> records = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            records.add(i % 2 == 0 ? "hot " + seed + PADDING : "cold " + seed + " " + i + PADDING);
        }
        Collections.shuffle(records, new Random(seed));
        return records;
    }

    private static List<String> allDistinct(long seed) {
        return IntStream.range(0, RECORDS)
                .mapToObj(i -> "distinct " + seed + " " + i + PADDING)
                .toList();
    }

    /** Something that may fail, done to the world. */
    private interface Trouble {
        void make() throws Exception;
    }
}
