package io.decant.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Large batches on a real YARN over a real HDFS: the buckets that memory makes, whatever dies meanwhile. */
class OffloadFaultsIT extends OffloadFixture {

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

    /**
     * What is staged of the first batch is there, and what it becomes is not: at this moment its job has begun, and has
     * not ended.
     */
    private void assertUnderWay() throws IOException {
        assertThat(staged()).contains("batch.json").doesNotContain("out");
    }
}
