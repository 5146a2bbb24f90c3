package io.decant.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The server with a sink on a real HDFS: while that is away, slow or smaller, nothing is lost, doubled or refused. */
@ExtendWith(SharedCluster.class)
class HdfsSinkIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private final List<String> sent = new ArrayList<>();
    private HadoopCluster cluster;
    private org.apache.hadoop.fs.Path root;
    private DecantServer server;

    @BeforeEach
    void start(HadoopCluster shared) throws IOException {
        cluster = shared;
        root = new org.apache.hadoop.fs.Path("/hdfs-sink/" + folder.getFileName());
        server = DecantServer.start(folder, """
                batch: {interval: 200ms}
                sinks: {archive: {type: hdfs, uri: "%s%s", hadoop-conf: %s, max-bucket-dirs: 2}}
                """.formatted(cluster.uri(), root, cluster.hadoopConf()));
    }

    @AfterEach
    void mend() throws IOException {
        server.close();
        cluster.mend();
    }

    @Test
    void shouldGoOnWhereItWasWhenTheNamenodeIsBack() throws Exception {
        send("before", 50);
        awaitAll();
        cluster.namenode().kill();
        send("meanwhile", 50);
        awaitTrouble();
        send("still", 50);
        cluster.namenode().start();
        awaitAll();
    }

    @Test
    void shouldWaitForTheEndOfSafeMode() throws Exception {
        cluster.enterSafeMode();
        send("meanwhile", 50);
        awaitTrouble();
        assertThat(server.sink("archive").getString("lastError")).containsIgnoringCase("safe mode");
        cluster.leaveSafeMode();
        awaitAll();
    }

    @Test
    void shouldDeliverOnceThoughKilledWhileItWrites() throws Exception {
        for (int round = 0; round < 3; round++) {
            send("round " + round, 50);
            server.kill();
            server.start();
        }
        awaitAll();
    }

    @Test
    void shouldWriteWithADatanodeLess() throws Exception {
        send("before", 50);
        cluster.datanode(1).kill();
        send("meanwhile", 50);
        awaitAll();
    }

    /** The stream of HDFS's client throws the same exception again when it is closed. */
    @Test
    void shouldSayThatAQuotaIsHitInMidBatchAndGoOnWhenThereIsRoom() throws Exception {
        cluster.fileSystem().mkdirs(root);
        // Two blocks with their copies, and then no third.
        cluster.fileSystem().setQuota(root, HdfsConstants.QUOTA_DONT_SET, 5 * ClusterLayout.BLOCK_BYTES);
        sendLarge("large");
        awaitFailing("quota");
        send("meanwhile", 50);
        cluster.fileSystem().setQuota(root, HdfsConstants.QUOTA_DONT_SET, HdfsConstants.QUOTA_RESET);
        awaitAll();
    }

    @Test
    void shouldGoOnAfterAllDatanodesWereKilledInMidWrite() throws Exception {
        sendLarge("large");
        Await.until("a file is being written", PATIENCE, () -> Poured.hasLeftovers(cluster.fileSystem(), root));
        for (int node = 0; node < HadoopCluster.DATANODES; node++) {
            cluster.datanode(node).kill();
        }
        send("meanwhile", 50);
        awaitFailing("");
        send("still", 50);
        for (int node = 0; node < HadoopCluster.DATANODES; node++) {
            cluster.datanode(node).start();
        }
        cluster.awaitWhole();
        awaitAll();
    }

    /** Some 10 MB. */
    private void sendLarge(String what) throws IOException {
        List<String> records = IntStream.range(0, 1_000)
                .mapToObj(key -> what + " " + key + "x".repeat(10_000))
                .toList();
        Lines.send(server.port(), records);
        sent.addAll(records);
    }

    /** Waits until the sink fails, for a reason that an exception of the filesystem gives, and tries again. */
    private void awaitFailing(String why) {
        Await.until("the sink is failing for " + why, PATIENCE, () -> {
            JsonObject sink = server.sink("archive");
            assertThat(sink.getString("state")).isNotEqualTo("stopped");
            String error = sink.getString("lastError", "");
            return sink.getString("state").equals("failing")
                    && error.contains("Exception: ")
                    && error.contains(why)
                    && !error.contains("Self-suppression");
        });
    }

    /** Each of {@code keys} records once, and the first as often again. */
    private void send(String what, int keys) throws IOException {
        List<String> records = new ArrayList<>();
        IntStream.range(0, keys).forEach(key -> {
            records.add(what + " " + key);
            records.add(what + " 0");
        });
        Lines.send(server.port(), records);
        sent.addAll(records);
    }

    private void awaitTrouble() {
        Await.until("the sink says why it waits", PATIENCE, () -> !server.sink("archive")
                .getString("lastError", "")
                .isEmpty());
    }

    /** Waits until everything has come, as often as it was sent and in buckets that keep the rule. */
    private void awaitAll() throws Exception {
        Await.until(
                "all records are there: " + server.lastLines(),
                PATIENCE,
                () -> Poured.read(cluster.fileSystem(), root).values().stream()
                                .flatMap(Collection::stream)
                                .mapToInt(List::size)
                                .sum()
                        >= sent.size());
        var batches = Poured.read(cluster.fileSystem(), root);
        List<String> delivered = new ArrayList<>();
        batches.values().forEach(buckets -> {
            buckets.forEach(bucket -> assertThat(bucket).doesNotHaveDuplicates());
            buckets.forEach(delivered::addAll);
        });
        assertThat(delivered).containsExactlyInAnyOrderElementsOf(sent);
        Await.until("no leftovers", PATIENCE, () -> !Poured.hasLeftovers(cluster.fileSystem(), root));
    }
}
