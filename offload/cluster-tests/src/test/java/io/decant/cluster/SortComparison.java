package io.decant.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Prints how long the job takes for five million records on two executors, and how long a secondary sort does. Not part
 * of the build, by its name; docs/cluster.md says how to run it. What is checked is that both make the same buckets,
 * never the time.
 */
@ExtendWith(SharedCluster.class)
class SortComparison {

    private static final Path JARS = Path.of(System.getProperty("decant.distribution"), "lib", "spark");
    private static final String MAIN = "io.decant.spark.compare.ComparisonMain";

    @TempDir
    Path folder;

    @Test
    void shouldMakeTheBucketsThatASecondarySortMakes(HadoopCluster cluster) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx512m");
        command.addAll(List.of(System.getProperty("decant.spark.opens").split(" ")));
        command.addAll(List.of("-cp", JARS.resolve("*") + ":" + System.getProperty("decant.spark.tests"), MAIN));
        command.addAll(List.of(
                JARS.toString(),
                cluster.hadoopConf().toString(),
                folder.toString(),
                System.getProperty("decant.rounds", "5")));
        command.addAll(List.of(System.getProperty("decant.shapes", "plain,hot").split(",")));
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
