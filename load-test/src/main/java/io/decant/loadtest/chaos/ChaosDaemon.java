package io.decant.loadtest.chaos;

import io.decant.harness.Signals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * One of Hadoop's daemons, a process that can be suspended, killed and started again on the same ports and data. Used
 * by one thread, but for starts.
 */
final class ChaosDaemon {

    private static final int HEAP_MEGABYTES = 256;
    private static final int END_SECONDS_MAX = 120;

    private final String mainClass;
    private final Path folder;
    private final String jars;
    private volatile Process process;

    /**
     * @param folder of its configuration and log
     * @param jars folder of its own class path: what the daemons want is not what the server has
     * @param files names of the configuration's files; a daemon reads what is its own from whichever
     */
    ChaosDaemon(String mainClass, Path folder, String jars, List<String> files, Map<String, String> settings)
            throws IOException {
        this.mainClass = mainClass;
        this.folder = folder;
        this.jars = jars;
        writeConf(folder.resolve("conf"), files, settings);
    }

    /** Writes the same settings to each of the files. */
    static void writeConf(Path folder, List<String> files, Map<String, String> settings) throws IOException {
        // The pages of the daemons are not in their jar. They start with none.
        Files.createDirectories(folder.resolve("webapps/hdfs"));
        Files.createDirectories(folder.resolve("webapps/datanode"));
        StringBuilder xml = new StringBuilder("<configuration>\n");
        settings.forEach((key, value) ->
                xml.append("  <property><name>" + key + "</name><value>" + value + "</value></property>\n"));
        xml.append("</configuration>\n");
        for (String file : files) {
            Files.writeString(folder.resolve(file), xml, StandardCharsets.UTF_8);
        }
    }

    void start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "-Xmx" + HEAP_MEGABYTES + "m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djava.net.preferIPv4Stack=true",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-cp",
                folder.resolve("conf") + ":" + jars + "/*",
                mainClass));
        command.addAll(List.of(arguments));
        process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(
                        ProcessBuilder.Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
    }

    /**
     * {@code kill -9} of it and of what it has started, suspended or not.
     *
     * @throws IOException where it has ended by itself before
     */
    void kill() throws IOException {
        if (!process.isAlive()) {
            throw new IOException(mainClass + " has ended by itself, see " + folder.resolve("log"));
        }
        List<ProcessHandle> started = process.descendants().toList();
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
        awaitEnd();
    }

    /** The same, if it runs. */
    void close() throws IOException {
        if (process != null && process.isAlive()) {
            kill();
        }
    }

    void awaitEnd() throws IOException {
        try {
            if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(mainClass + " does not end, see " + folder.resolve("log"));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + mainClass + " ended", e);
        }
    }

    void suspend() throws IOException {
        Signals.suspend(process.toHandle());
    }

    void resume() throws IOException {
        Signals.resume(process.toHandle());
    }
}
