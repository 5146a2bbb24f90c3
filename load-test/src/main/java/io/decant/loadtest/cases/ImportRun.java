package io.decant.loadtest.cases;

import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.server.ProcessUsage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A program that imports a table into files and ends.
 *
 * @param seconds from its start to its end
 * @param readSeconds the part of them in which rows were read, as its log says; the same where it does not
 * @param cpuSeconds of its process
 */
record ImportRun(int rows, double seconds, double readSeconds, double cpuSeconds) {

    private static final long LOOK_MILLIS = 20;
    private static final long SECONDS_MAX = 1_200;
    private static final int BUFFER_BYTES = 1 << 20;
    private static final int MILLION = 1_000_000;

    /**
     * What is run.
     *
     * @param folder for its log and, in {@code out}, its files
     * @param begins what its log says as the first row is read; empty: nothing
     * @param ends what it says after the last
     */
    record Command(List<String> words, Path folder, String begins, String ends) {}

    /** @throws LoadException where it fails, or makes another number of rows */
    static ImportRun of(Command command, int rows) throws IOException {
        Path log = command.folder().resolve("log");
        long start = System.nanoTime();
        long begun = 0;
        long read = 0;
        double cpu = 0;
        Process process = new ProcessBuilder(command.words())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            while (!process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS)) {
                cpu = ProcessUsage.of(process.pid())
                        .map(ProcessUsage::cpuSeconds)
                        .orElse(cpu);
                if (!command.begins().isEmpty() && read == 0) {
                    String said = Files.readString(log);
                    begun = begun == 0 && said.contains(command.begins()) ? System.nanoTime() : begun;
                    read = said.contains(command.ends()) ? System.nanoTime() : 0;
                }
                if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(SECONDS_MAX)) {
                    throw new LoadException("still running after " + SECONDS_MAX + " s: " + Files.readString(log));
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LoadException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        if (process.exitValue() != 0) {
            throw new LoadException("it ended with " + process.exitValue() + ": " + Files.readString(log));
        }
        long found = lines(command.folder().resolve("out"));
        if (found != rows) {
            throw new LoadException("there are " + found + " rows in files, of " + rows);
        }
        return new ImportRun(rows, seconds, read == 0 ? seconds : (read - begun) / 1e9, cpu);
    }

    private static long lines(Path out) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(out)) {
            files = all.filter(file -> file.getFileName().toString().startsWith("part-"))
                    .toList();
        }
        long lines = 0;
        byte[] buffer = new byte[BUFFER_BYTES];
        for (Path file : files) {
            try (InputStream in = Files.newInputStream(file)) {
                for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                    for (int i = 0; i < count; i++) {
                        lines += buffer[i] == '\n' ? 1 : 0;
                    }
                }
            }
        }
        return lines;
    }

    /** Rows a second from start to exit. */
    double rate() {
        return rows / seconds;
    }

    /** Rows a second while rows were read. */
    double readRate() {
        return rows / readSeconds;
    }

    double cpuPerMillion() {
        return cpuSeconds * MILLION / rows;
    }
}
