package io.decant.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * One daemon of the cluster, a process that can be stopped, killed and started again on the same ports and data. Its
 * methods return when the process has begun or ended; {@link HadoopCluster#awaitWhole} waits until it takes part.
 */
public final class Daemon {

    private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin/java");
    private static final int END_SECONDS_MAX = 90;
    private static final int LOG_LINES = 40;

    private final String name;
    private final String mainClass;
    private final Path folder;
    private final int heapMegabytes;
    private Process process;

    /**
     * Does not start it yet.
     *
     * @param folder holds its configuration ({@code conf}), and gets its log
     */
    Daemon(String name, String mainClass, Path folder, int heapMegabytes) {
        this.name = name;
        this.mainClass = mainClass;
        this.folder = folder;
        this.heapMegabytes = heapMegabytes;
    }

    /** Starts it, if it does not run. */
    public void start() throws IOException {
        start(List.of());
    }

    void start(List<String> arguments) throws IOException {
        if (isAlive()) {
            return;
        }
        List<String> command = new ArrayList<>(List.of(
                JAVA.toString(),
                "-Xmx" + heapMegabytes + "m",
                "-XX:+UseSerialGC",
                // Short lives on few cores: what the second compiler would gain, its work costs.
                "-XX:TieredStopAtLevel=1",
                "-XX:-UsePerfData",
                "-Djava.net.preferIPv4Stack=true",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "-cp",
                folder.resolve("conf") + ":" + ownClasses() + ":" + System.getProperty("decant.daemons") + "/*",
                DaemonMain.class.getName(),
                mainClass));
        command.addAll(arguments);
        process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(folder.resolve("log").toFile()))
                .start();
    }

    private static Path ownClasses() {
        try {
            return Path.of(DaemonMain.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Ends it in good order (SIGTERM). */
    public void stop() {
        if (process != null) {
            process.destroy();
            awaitEnd();
        }
    }

    /** {@code kill -9}, of it and of all that it has started: what is left of a machine whose power is gone. */
    public void kill() {
        if (process != null) {
            List<ProcessHandle> started = process.descendants().toList();
            process.destroyForcibly();
            started.forEach(ProcessHandle::destroyForcibly);
            awaitEnd();
        }
    }

    /** Waits until it has ended by itself or by what was done to it. */
    void awaitEnd() {
        try {
            if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(
                        "the " + name + " did not end within " + END_SECONDS_MAX + " s:\n" + lastLines());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    public boolean isAlive() {
        return process != null && process.isAlive();
    }

    public String name() {
        return name;
    }

    /** The processes that it has started, and theirs: of a node manager, its containers. */
    public List<ProcessHandle> descendants() {
        return process.descendants().toList();
    }

    /** The end of its log. */
    String lastLines() {
        try {
            List<String> lines = Files.readAllLines(folder.resolve("log"));
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LOG_LINES), lines.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
