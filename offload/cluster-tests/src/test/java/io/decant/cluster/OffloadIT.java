package io.decant.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
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

    /** Of the application of this start alone, and each in the log once; with a first one that an operator kills. */
    @Test
    void shouldSayThatYarnIsFullAndGoOnWhenThereIsRoom() throws Exception {
        List<ApplicationId> others = List.of(cluster.occupyNode(), cluster.occupyNode());
        waitFor("ACCEPTED", () -> {
            ApplicationId first = waiting(others);
            cluster.end(first);
            awaitReason(": Application " + first + " was killed by user");
            Await.until("the next one waits", PATIENCE, () -> {
                String error = lastError();
                return error.contains(" is ACCEPTED in queue ") && !error.contains(first.toString());
            });
            ApplicationId second = waiting(others);
            for (ApplicationId other : others) {
                cluster.end(other);
            }
            server.awaitDelivered("archive", 2, PATIENCE);
            assertThat(server.loggedLines("large batches wait", first + " is ")).isOne();
            assertThat(server.loggedLines("large batches wait", second + " is "))
                    .isOne();
        });
    }

    /** The one that is not among these. */
    private ApplicationId waiting(List<ApplicationId> others) throws IOException {
        return cluster.unfinishedApplications().stream()
                .map(ApplicationReport::getApplicationId)
                .filter(application -> !others.contains(application))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldSayWhyYarnTakesNoApplication() throws Exception {
        var archive = new org.apache.hadoop.fs.Path(root + "-spark.zip");
        start("yarn", root, "  queue: nosuch\n  archive: " + cluster.uri() + archive);
        Lines.send(server.port(), plain(7));
        awaitReason("offload.archive " + cluster.uri() + archive + " does not exist");
        cluster.fileSystem().create(archive).close();
        awaitReason(" to unknown queue: nosuch");
        assertThat(lastError()).contains(" is FAILED in queue nosuch: Application application_");
    }

    /** What Spark writes for itself, and what is in the driver's environment, on the way. */
    @Test
    void shouldSayThatStagingIsOverQuotaAndGoOnWhenThereIsRoom() throws Exception {
        var staging = new org.apache.hadoop.fs.Path(root + "-staging");
        cluster.fileSystem().mkdirs(staging);
        cluster.fileSystem().setQuota(staging, HdfsConstants.QUOTA_DONT_SET, 5 * ClusterLayout.BLOCK_BYTES);
        start("local[2]", root);
        List<String> batch = plain(8);
        List<String> meanwhile = plain(9);
        Lines.send(server.port(), batch);
        awaitReason("quota");
        Lines.send(server.port(), meanwhile);
        assertThat(lastError()).doesNotContain("Self-suppression");
        cluster.fileSystem().setQuota(staging, HdfsConstants.QUOTA_DONT_SET, HdfsConstants.QUOTA_RESET);
        server.awaitDelivered("archive", 2, PATIENCE);

        Path scratch = server.dataDir().resolve("spark-scratch");
        try (Stream<Path> all = Files.walk(server.dataDir())) {
            assertThat(all)
                    .anyMatch(path -> path.startsWith(scratch)
                            && path.getFileName().toString().startsWith("blockmgr-"))
                    .allSatisfy(path -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
                            .as(path.toString())
                            .isEqualTo(Files.isDirectory(path) ? "rwx------" : "rw-------"));
        }
        Path environment = Path.of("/proc/" + server.driver().orElseThrow().pid() + "/environ");
        assertThat(Files.readString(environment, StandardCharsets.ISO_8859_1))
                .contains("PATH=")
                .doesNotContain(DecantServer.SECRET, DecantServer.SECRET_VALUE);
        assertThat(server.stop()).as("%s", server.lastLines()).isZero();
        assertThat(scratch).doesNotExist();
        assertDelivered(List.of(batch, meanwhile));
    }

    private String lastError() throws IOException {
        return server.status().getJsonObject("offload").getString("lastError", "");
    }

    private void awaitReason(String why) {
        try {
            Await.until("the server says " + why, PATIENCE, () -> lastError().contains(why));
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "\n" + server.lastLines(), e);
        }
    }

    /** Sends two batches that cannot be split yet, and has that mended once {@code /status} says why. */
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

    /**
     * Sends a batch, does something to the world while Spark is at it, mends that, and expects the batch as if nothing
     * had been.
     */
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
        assertThat(server.dataDir().resolve("spark-scratch")).doesNotExist();
        assertDelivered(List.of(batch, meanwhile));
    }

    private void awaitSpark() {
        Await.until(
                "Spark is at the batch",
                PATIENCE,
                () -> server.status().getJsonObject("offload").getInteger("stage", 0) > 0);
    }

    /**
     * What is staged of the first batch is there, and what it becomes is not: at this moment its job has begun, and has
     * not ended.
     */
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
        start(where, sinkRoot, "");
    }

    /** @param more of the section offload, indented */
    private void start(String where, org.apache.hadoop.fs.Path sinkRoot, String more) throws IOException {
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
                %7$s
                sinks: {archive: {type: hdfs, uri: "%4$s%5$s", hadoop-conf: %6$s, max-bucket-dirs: 3}}
                """.formatted(
                        RECORDS,
                        where.equals("off") ? "off" : "1MiB",
                        where.equals("off") ? "local[*]" : where,
                        cluster.uri(),
                        sinkRoot,
                        cluster.hadoopConf(),
                        more));
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
