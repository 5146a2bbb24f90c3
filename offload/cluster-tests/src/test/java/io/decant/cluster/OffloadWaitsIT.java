package io.decant.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hadoop.hdfs.protocol.HdfsConstants;
import org.apache.hadoop.yarn.api.records.ApplicationId;
import org.apache.hadoop.yarn.api.records.ApplicationReport;
import org.junit.jupiter.api.Test;

/** Large batches that a real YARN or HDFS has no room or no answer for: the server says why they wait, and goes on. */
class OffloadWaitsIT extends OffloadFixture {

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

    /** The one that is not among these. */
    private ApplicationId waiting(List<ApplicationId> others) throws IOException {
        return cluster.unfinishedApplications().stream()
                .map(ApplicationReport::getApplicationId)
                .filter(application -> !others.contains(application))
                .findFirst()
                .orElseThrow();
    }
}
