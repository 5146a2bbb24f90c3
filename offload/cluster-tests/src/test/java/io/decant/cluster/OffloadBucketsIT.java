package io.decant.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Large batches on a real YARN over a real HDFS: the buckets that memory makes. */
class OffloadBucketsIT extends OffloadFixture {

    /** Of a staged file at least; the cluster's blocks are smaller. */
    private static final long FILE_BYTES = 4 << 20;

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
}
