package io.decant.loadtest.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/**
 * What happened, a line each with the seconds since the beginning and the time of day in UTC: on the console and in a
 * file.
 */
final class ChaosLog implements AutoCloseable {

    private final long startNanos = System.nanoTime();
    private final PrintStream file;

    ChaosLog(Path file) throws IOException {
        this.file = new PrintStream(Files.newOutputStream(file), true, UTF_8);
    }

    /** Since the beginning. */
    long millis() {
        return (System.nanoTime() - startNanos) / 1_000_000;
    }

    synchronized void say(String what) {
        String line = String.format(
                "%9.3f %s %s", millis() / 1e3, LocalTime.now(ZoneOffset.UTC).truncatedTo(ChronoUnit.MILLIS), what);
        System.out.println(line);
        file.println(line);
    }

    @Override
    public void close() {
        file.close();
    }
}
