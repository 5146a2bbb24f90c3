package io.decant.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Prints how long {@code decant job WordCount} takes for a text of 300 MiB on HDFS, and how long the same four RDDs in a
 * program without Decant. Not part of the build, by its name; docs/cluster.md says how to run it.
 */
@ExtendWith(SharedCluster.class)
class WordCountComparison {

    private static final Path JARS = Path.of(System.getProperty("decant.distribution"), "lib", "spark");
    private static final String MAIN = "io.decant.spark.filejob.WordCountMain";
    private static final long TEXT_BYTES = 300L << 20;
    private static final long BLOCK_BYTES = 32 << 20;
    private static final short REPLICAS = 2;

    @Test
    void shouldPrintTheTimesOfBoth(HadoopCluster cluster) throws Exception {
        String folder = cluster.uri() + "/comparison";
        try (OutputStream out = cluster.fileSystem()
                .create(new org.apache.hadoop.fs.Path(folder + "/text"), true, 1 << 16, REPLICAS, BLOCK_BYTES)) {
            WordText.write(out, TEXT_BYTES);
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx512m");
        command.addAll(List.of(System.getProperty("decant.spark.opens").split(" ")));
        command.addAll(List.of("-cp", JARS.resolve("*") + ":" + System.getProperty("decant.spark.tests"), MAIN));
        command.addAll(List.of(
                JARS.toString(),
                cluster.hadoopConf().toString(),
                System.getProperty("decant.master", "yarn"),
                folder + "/text",
                folder,
                System.getProperty("decant.rounds", "5")));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (BufferedReader printed = process.inputReader()) {
            printed.lines().forEach(System.out::println);
            assertThat(process.waitFor()).isZero();
        } finally {
            process.destroyForcibly();
        }
    }
}
