package io.decant.ingest.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** {@code decant run}, as a process of its own, from the distribution that the build made. */
final class ServerProcess {

    static final Path DECANT = Path.of(System.getProperty("decant.distribution"), "bin/decant");
    private static final int END_SECONDS_MAX = 30;

    private final Process process;
    private final Path log;

    private ServerProcess(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts it.
     *
     * @param folder where its log goes
     * @param sets settings that go over those of the file, as {@code key=value}
     */
    static ServerProcess start(Path folder, Path settings, String... sets) throws IOException {
        List<String> options = new ArrayList<>();
        for (String set : sets) {
            options.addAll(List.of("--set", set));
        }
        return start(folder, settings, Map.of(), options);
    }

    /**
     * Starts it.
     *
     * @param environment variables beside those of this process
     * @param options of {@code decant run}
     */
    static ServerProcess start(Path folder, Path settings, Map<String, String> environment, List<String> options)
            throws IOException {
        Path log = Files.createTempFile(folder, "server", ".log");
        List<String> command = new ArrayList<>(List.of(DECANT.toString(), "run", "-c", settings.toString()));
        command.addAll(options);
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), log);
    }

    /** Writes settings with small segments, short batches and a source that wants sessions; returns the file. */
    static Path settings(Path file, int port, String url) throws IOException {
        return Files.writeString(file, """
                data-dir: ./data
                sources:
                  lines:
                    type: tcp
                    address: 127.0.0.1:%d
                    session: required
                journal:
                  segment-size: 8MiB
                  min-free: 1MiB
                batch:
                  interval: 100ms
                sinks:
                  api:
                    type: http
                    url: %s
                    max-records: 500
                    retry-max-delay: 200ms
                admin:
                  address: 127.0.0.1:0
                """.formatted(port, url));
    }

    /** {@code kill -9}. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        awaitEnd();
    }

    /** SIGTERM, and the exit status. */
    int stop() throws InterruptedException {
        process.destroy();
        return awaitEnd();
    }

    /** The exit status of one that ends by itself. */
    int awaitExit() throws InterruptedException {
        return awaitEnd();
    }

    /** The same of one that has something to do before. */
    int awaitExit(int secondsMax) throws InterruptedException {
        if (!process.waitFor(secondsMax, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("the server did not end within " + secondsMax + " s: " + log());
        }
        return process.exitValue();
    }

    private int awaitEnd() throws InterruptedException {
        return awaitExit(END_SECONDS_MAX);
    }

    /** The processes that it has started, and they. */
    List<ProcessHandle> children() {
        return process.descendants().toList();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    String log() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 30), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e + ")";
        }
    }
}
