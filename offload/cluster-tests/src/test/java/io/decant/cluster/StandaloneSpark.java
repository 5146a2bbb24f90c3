package io.decant.cluster;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A master and two workers of Spark's own, of a core each. They end with this, or with this process. */
final class StandaloneSpark implements AutoCloseable {

    private static final Path JARS = Path.of(System.getProperty("decant.distribution"), "lib", "spark");
    private static final String MAIN = "io.decant.spark.standalone.StandaloneMain";

    private final Process process;
    private final String master;

    /** @param folder empty, for what it writes */
    StandaloneSpark(Path folder) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("-Xmx64m");
        command.add("-Ddecant.spark.opens=" + System.getProperty("decant.spark.opens"));
        command.addAll(List.of("-cp", JARS.resolve("*") + ":" + System.getProperty("decant.spark.tests"), MAIN));
        command.addAll(List.of(JARS.toString(), folder.toString()));
        process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        // Read to its first line only: there is no other one.
        BufferedReader printed = process.inputReader();
        master = printed.readLine();
        if (master == null) {
            throw new IOException("the standalone cluster has not started");
        }
    }

    /** {@code spark://host:port}. */
    String master() {
        return master;
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
