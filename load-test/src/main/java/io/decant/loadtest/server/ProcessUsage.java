package io.decant.loadtest.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * What a process has used so far, as Linux tells it.
 *
 * @param cpuSeconds of all its threads, in user and kernel
 * @param residentBytes memory, mapped files included
 * @param anonymousBytes the part of it that no file backs: heap, stacks, what was allocated
 */
public record ProcessUsage(double cpuSeconds, long residentBytes, long anonymousBytes) {

    /** USER_HZ, which is 100 on every architecture that Java runs on. */
    private static final double TICKS_PER_SECOND = 100;

    /** Behind the name in parentheses, which may hold blanks. */
    private static final int USER_TICKS_FIELD = 11;

    private static final int SYSTEM_TICKS_FIELD = 12;

    /** @return empty where there is no {@code /proc}, or no such process any more */
    public static Optional<ProcessUsage> of(long pid) {
        Path proc = Path.of("/proc", Long.toString(pid));
        try {
            String stat = Files.readString(proc.resolve("stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            long ticks = Long.parseLong(fields[USER_TICKS_FIELD]) + Long.parseLong(fields[SYSTEM_TICKS_FIELD]);
            Path status = proc.resolve("status");
            return Optional.of(
                    new ProcessUsage(ticks / TICKS_PER_SECOND, bytes(status, "VmRSS:"), bytes(status, "RssAnon:")));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            // The process ended between two reads.
            return Optional.empty();
        }
    }

    /**
     * The most memory a process has had resident at any moment, mapped files included.
     *
     * @return bytes; empty where there is no {@code /proc}, or no such process any more
     */
    public static OptionalLong peakResidentBytes(long pid) {
        try {
            return OptionalLong.of(bytes(Path.of("/proc", Long.toString(pid), "status"), "VmHWM:"));
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    private static long bytes(Path status, String name) throws IOException {
        try (Stream<String> lines = Files.lines(status)) {
            return lines.filter(line -> line.startsWith(name))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
                    .sum();
        }
    }
}
