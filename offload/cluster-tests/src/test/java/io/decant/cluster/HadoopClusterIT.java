package io.decant.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.apache.hadoop.fs.FSDataOutputStream;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.SafeModeAction;
import org.apache.hadoop.yarn.exceptions.YarnException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The cluster itself: what other tests take for granted of it. */
@ExtendWith(SharedCluster.class)
class HadoopClusterIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private HadoopCluster cluster;

    @BeforeEach
    void take(HadoopCluster shared) {
        cluster = shared;
    }

    @AfterEach
    void mend() throws IOException {
        cluster.mend();
    }

    @Test
    void shouldKeepFilesOverAKilledNamenode() throws IOException {
        Path file = new Path("/harness/file");
        write(file, "kept");
        cluster.namenode().kill();
        cluster.namenode().start();
        cluster.awaitWhole();
        try (var in = cluster.fileSystem().open(file)) {
            assertThat(new String(in.readAllBytes(), UTF_8)).isEqualTo("kept");
        }
    }

    @Test
    void shouldRefuseWritesInSafeMode() throws IOException {
        cluster.enterSafeMode();
        assertThat(cluster.fileSystem().setSafeMode(SafeModeAction.GET)).isTrue();
        assertThatThrownBy(() -> write(new Path("/harness/refused"), ""))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("safe mode");
    }

    @Test
    void shouldTakeWritesWithADatanodeLess() throws IOException {
        cluster.datanode(0).kill();
        write(new Path("/harness/with-two"), "written");
        Await.until("the namenode knows", PATIENCE, () -> cluster.liveDatanodes() == 2);
    }

    @Test
    void shouldRememberApplicationsOverAKilledResourceManager() throws IOException, YarnException {
        var application = cluster.yarn().createApplication().getNewApplicationResponse();
        cluster.resourceManager().kill();
        cluster.resourceManager().start();
        cluster.awaitWhole();
        var later = cluster.yarn().createApplication().getNewApplicationResponse();
        assertThat(later.getApplicationId()).isGreaterThan(application.getApplicationId());
    }

    private void write(Path file, String content) throws IOException {
        try (FSDataOutputStream out = cluster.fileSystem().create(file, true)) {
            out.write(content.getBytes(UTF_8));
            out.hsync();
        }
    }
}
