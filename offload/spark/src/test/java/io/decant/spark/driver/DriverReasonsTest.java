package io.decant.spark.driver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.offload.protocol.SparkSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a driver says of a cluster that does not take it, and by which address it is reached. */
class DriverReasonsTest {

    @TempDir
    Path temp;

    @Test
    void shouldTellWhatYarnSaysUpToTheStackTrace() {
        assertThat(StartedApplication.diagnostics(null)).isEmpty();
        assertThat(StartedApplication.diagnostics("Application a submitted by user root to unknown queue: nosuch"))
                .isEqualTo("Application a submitted by user root to unknown queue: nosuch");
        assertThat(StartedApplication.diagnostics("""
                        Application a failed 2 times due to AM Container for b exited with  exitCode: -1000
                        Failing this attempt.Diagnostics: [2026-11-28 12:00:00.123]File does not exist: hdfs://n/x.zip
                        java.io.FileNotFoundException: File does not exist: hdfs://n/x.zip
                        \tat org.apache.hadoop.hdfs.DistributedFileSystem$29.doCall(DistributedFileSystem.java:1757)
                        """))
                .startsWith("Application a failed 2 times")
                .contains("File does not exist: hdfs://n/x.zip")
                .doesNotContain("doCall");
        assertThat(
                        StartedApplication.diagnostics(
                                "[Sat Nov 28 20:37:55 +0000 2026] Application is added to the scheduler and is not yet activated."))
                .isEqualTo("Application is added to the scheduler and is not yet activated.");
    }

    @Test
    void shouldNameTheArchiveThatIsMissing() {
        String archive = temp.resolve("spark.zip").toUri().toString();
        SparkSettings settings = new SparkSettings(
                SparkSettings.YARN, "decant", "tag", "", "", 1L << 30, 1, 1, archive, "127.0.0.1", Map.of());
        assertThatThrownBy(() -> SparkStart.start(settings, temp))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("offload.archive " + archive + " does not exist");
    }

    @Test
    void shouldTakeAnAddressOfThisMachineAndARouteThatThereIs() throws IOException {
        SparkSettings loopback =
                new SparkSettings(SparkSettings.YARN, "decant", "", "", "", 1L << 30, 1, 1, "", "127.0.0.1", Map.of());
        assertThat(DriverAddress.of(loopback, new Configuration(false)).getHostAddress())
                .isEqualTo("127.0.0.1");
        // Without an interface, a link-local address leads nowhere.
        InetAddress[] manager = {InetAddress.getByName("fe80::1"), InetAddress.getLoopbackAddress()};
        assertThat(DriverAddress.towards(manager, 8032).isLoopbackAddress()).isTrue();
        InetAddress[] nobody = {manager[0]};
        assertThatThrownBy(() -> DriverAddress.towards(nobody, 8032)).isInstanceOf(IOException.class);
    }
}
