package io.decant.spark.standalone;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;

/** A standalone cluster for tests of other modules: prints its address, and runs until the end of standard input. */
public final class StandaloneMain {

    private StandaloneMain() {}

    /** @param arguments folder of Spark's jars; empty folder for what the cluster writes */
    public static void main(String[] arguments) throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        try (StandaloneCluster cluster =
                new StandaloneCluster(Path.of(arguments[1]), Path.of(arguments[0]), Map.of())) {
            out.println(cluster.master());
            while (System.in.read() >= 0) {
                // Nothing is ever said; only the end counts.
            }
        }
    }
}
