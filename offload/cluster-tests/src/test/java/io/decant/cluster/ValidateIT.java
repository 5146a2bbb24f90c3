package io.decant.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** {@code decant validate --connect} of settings that name a cluster. */
@ExtendWith(SharedCluster.class)
class ValidateIT {

    /** Twenty seconds each for namenode and resource manager, and the JVM's start. */
    private static final Duration ANSWER_MAX = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private HadoopCluster cluster;
    private Path settings;

    @BeforeEach
    void write(HadoopCluster shared) throws IOException {
        cluster = shared;
        settings = Files.writeString(folder.resolve("decant.yaml"), """
                sources: {lines: {type: tcp, address: "127.0.0.1:0"}}
                offload:
                  above: 64MiB
                  master: yarn
                  staging: %1$s/staging
                  hadoop-conf: %2$s
                  executor-memory: 512MiB
                  executor-cores: 1
                sinks: {archive: {type: hdfs, uri: "%1$s/archive", hadoop-conf: %2$s}}
                admin: {address: "127.0.0.1:0"}
                """.formatted(cluster.uri(), cluster.hadoopConf()));
    }

    @AfterEach
    void mend() throws IOException {
        cluster.mend();
    }

    @Test
    void shouldPrintWhatTheClusterHasAndWhatABatchBecomesThere() throws Exception {
        Command validate = validate("--batch-size", "1.5GiB");
        assertThat(validate.err()).isEmpty();
        assertThat(validate.status()).isZero();
        assertThat(validate.out().lines())
                .contains("# storage of " + cluster.uri() + ", in blocks of 1MiB")
                .anyMatch(line -> line.matches("# {3}in all, 3 nodes +[0-9,.]+ GiB +[0-9,.]+ GiB"))
                .anyMatch(line -> line.matches("# {3}in all, 2 nodes +6,144 MiB +6,144 MiB +6 +6"))
                // 512 MiB of heap, 384 beside it, 384 for its task: 1,280 of 3,072; the application master takes 896.
                .contains(
                        "# an executor takes 1,280 MiB, 1 vcore: room for 3 executors now, beside an application master")
                .contains("# a batch of 1536MiB: 384 tasks over 3 executors of 1 core, in 128 waves");
    }

    @Test
    void shouldSayWithinADeadlineThatNobodyAnswers() throws Exception {
        cluster.namenode().kill();
        cluster.resourceManager().kill();
        long begin = System.nanoTime();
        Command validate = validate();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(ANSWER_MAX);
        assertThat(validate.status()).isEqualTo(1);
        assertThat(validate.err().lines())
                .anyMatch(line -> line.contains("sink archive: ")
                        && line.contains(cluster.uri().toString()))
                .anyMatch(line -> line.contains("offload: YARN cannot be queried: "));
    }

    @Test
    void shouldSayThatTheNamenodeIsInSafeMode() throws Exception {
        cluster.enterSafeMode();
        Command validate = validate();
        assertThat(validate.status()).isEqualTo(1);
        assertThat(validate.err().lines())
                .anyMatch(line -> line.contains("sink archive: " + cluster.uri() + " is in safe mode"));
    }

    @Test
    void shouldSayThatNoNodeIsLargeEnough() throws Exception {
        Command validate = validate("--set", "offload.executor-memory=3GiB");
        assertThat(validate.status()).isEqualTo(1);
        assertThat(validate.err().lines())
                .singleElement()
                .asString()
                .contains("no room for one executor of 3,840 MiB", "offload.executor-memory");
    }

    @Test
    void shouldSayThatThereIsNoSuchQueue() throws Exception {
        Command validate = validate("--set", "offload.queue=root.nowhere");
        assertThat(validate.status()).isEqualTo(1);
        assertThat(validate.err().lines()).singleElement().asString().contains("root.nowhere");
    }

    private Command validate(String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of("validate", "-c", settings.toString(), "--connect"));
        arguments.addAll(List.of(more));
        return Command.run(arguments.toArray(String[]::new));
    }
}
