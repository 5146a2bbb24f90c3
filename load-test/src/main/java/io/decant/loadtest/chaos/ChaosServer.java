package io.decant.loadtest.chaos;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.harness.Signals;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** {@code decant run} in a process, started again and again. Used by one thread, and closed by any. */
final class ChaosServer implements AutoCloseable {

    private static final int END_SECONDS_MAX = 120;
    private static final int LOG_CHARS_SHOWN = 1_500;

    private final Path folder;
    private final ChaosSettings.Places places;
    private final ServerClock clock;
    private Path home;
    private ChaosSettings settings;
    private Process process;
    private Path log;
    private int starts;
    private boolean isClosed;

    /**
     * @param home of the distribution
     * @param folder for settings and logs, not on the disk that fails
     */
    ChaosServer(Path home, Path folder, ChaosSettings.Places places, ServerClock clock, ChaosSettings settings) {
        this.home = home;
        this.folder = folder;
        this.places = places;
        this.clock = clock;
        this.settings = settings;
    }

    ChaosSettings settings() {
        return settings;
    }

    /** From the next start on. */
    void use(ChaosSettings next) {
        settings = next;
    }

    /** From the next start on. */
    void use(Path nextHome) {
        home = nextHome;
    }

    synchronized void start() throws IOException {
        if (isClosed) {
            throw new IOException("the run ends");
        }
        Path file = Files.writeString(folder.resolve("decant.yaml"), settings.yaml(places));
        log = logOf(++starts);
        ProcessBuilder builder = new ProcessBuilder(home.resolve("bin/decant").toString(), "run", "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().putAll(clock.environment());
        process = builder.start();
    }

    int starts() {
        return starts;
    }

    /** Whether it serves, or has ended. */
    boolean isReady() throws IOException {
        return !isAlive() || Files.readString(log, UTF_8).contains("STARTING -> RUNNING");
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether the run was interrupted: then it is killed, and stays so. */
    synchronized boolean isClosed() {
        return isClosed;
    }

    /** Of one that has ended. */
    int status() {
        return process.exitValue();
    }

    /** {@code kill -9}, without waiting for its end. */
    void kill() {
        process.destroyForcibly();
    }

    /** SIGTERM, also to one that is suspended; waits for its end and returns its status. */
    int stop() throws IOException {
        Signals.resume(process.toHandle());
        process.destroy();
        awaitEnd();
        return process.exitValue();
    }

    void awaitEnd() throws IOException {
        try {
            if (!process.waitFor(END_SECONDS_MAX, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException("the server does not end within " + END_SECONDS_MAX + " s, see " + log);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the server ended", e);
        }
    }

    void suspend() throws IOException {
        Signals.suspend(process.toHandle());
    }

    void resume() throws IOException {
        Signals.resume(process.toHandle());
    }

    /** What it said last. */
    String log() throws IOException {
        String text = Files.readString(log, UTF_8);
        return log.getFileName() + ": "
                + List.of(text.substring(Math.max(0, text.length() - LOG_CHARS_SHOWN))
                        .split("\n", -1));
    }

    /** How often its log says something, over all starts. */
    long timesSaid(String what) throws IOException {
        long times = 0;
        for (int start = 1; start <= starts; start++) {
            // Of one that was killed, the log may end within a character.
            try (Stream<String> lines = Files.lines(logOf(start), ISO_8859_1)) {
                times += lines.filter(line -> line.contains(what)).count();
            }
        }
        return times;
    }

    private Path logOf(int start) {
        return folder.resolve("server-%04d.log".formatted(start));
    }

    /** Kills it, if it runs; it is not started again. */
    @Override
    public synchronized void close() throws IOException {
        isClosed = true;
        if (process != null && process.isAlive()) {
            kill();
            awaitEnd();
        }
    }
}
