package io.decant.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/** The processes on the cluster's nodes that do Spark's tasks. */
final class SparkExecutors {

    private static final String MAIN_CLASS = "YarnCoarseGrainedExecutorBackend";

    private SparkExecutors() {}

    /** Those that run, without the shells around them. */
    static List<ProcessHandle> of(HadoopCluster cluster) {
        return IntStream.range(0, HadoopCluster.NODE_MANAGERS)
                .mapToObj(cluster::nodeManager)
                .flatMap(node -> node.descendants().stream())
                .filter(process -> process.info().command().orElse("").endsWith("/java"))
                .filter(process -> read(process, "cmdline").contains(MAIN_CLASS))
                .toList();
    }

    /** Empty for one that has ended. */
    private static String read(ProcessHandle process, String what) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), what));
        } catch (IOException e) {
            return "";
        }
    }
}
