package io.decant.loadtest.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What threads of a process have used so far, as Linux tells it. */
final class ThreadUsage {

    private static final double NANOS_PER_SECOND = 1e9;
    /** Longer names are cut by the system. */
    private static final int NAME_LENGTH_MAX = 15;

    private ThreadUsage() {}

    /**
     * CPU time of the threads that live, in user and kernel.
     *
     * @param name how their names begin
     * @return NaN where the system does not tell
     */
    static double cpuSeconds(long pid, String name) {
        String prefix = name.substring(0, Math.min(NAME_LENGTH_MAX, name.length()));
        List<Path> threads;
        try (Stream<Path> tasks = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
            threads = tasks.toList();
        } catch (IOException e) {
            return Double.NaN;
        }
        double seconds = 0;
        for (Path thread : threads) {
            try {
                if (Files.readString(thread.resolve("comm")).startsWith(prefix)) {
                    String ran = Files.readString(thread.resolve("schedstat"));
                    seconds += Long.parseLong(ran.substring(0, ran.indexOf(' '))) / NANOS_PER_SECOND;
                }
            } catch (IOException e) {
                if (Files.exists(thread)) {
                    return Double.NaN;
                }
                // It has ended since it was listed.
            }
        }
        return seconds;
    }
}
