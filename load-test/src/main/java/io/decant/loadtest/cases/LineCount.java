package io.decant.loadtest.cases;

import io.decant.loadtest.load.LoadException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** {@code sort | uniq -c}, with memory for all of it, two threads and the C locale: as fast as it can be. */
final class LineCount {

    private static final long SECONDS_MAX = 600;
    private static final long MEBIBYTE = 1 << 20;
    private static final int MEMORY_FACTOR = 3;

    private final Path folder;
    private final long memoryMebibytes;

    private LineCount(Path folder, long memoryMebibytes) {
        this.folder = folder;
        this.memoryMebibytes = memoryMebibytes;
    }

    /**
     * @param folder for what sort might spill
     * @param bytes of the file
     * @return empty where there is no {@code sort}
     */
    static Optional<LineCount> where(Path folder, long bytes) {
        LineCount count = new LineCount(folder, MEMORY_FACTOR * bytes / MEBIBYTE + 1);
        try {
            return count.run(Path.of("/dev/null")) ? Optional.of(count) : Optional.empty();
        } catch (IOException e) {
            // No such program.
            return Optional.empty();
        }
    }

    double seconds(Path file) throws IOException {
        long start = System.nanoTime();
        if (!run(file)) {
            throw new LoadException("sort | uniq -c failed");
        }
        return (System.nanoTime() - start) / 1e9;
    }

    private boolean run(Path file) throws IOException {
        ProcessBuilder sort = new ProcessBuilder(
                "sort", "-S" + memoryMebibytes + "M", "--parallel=2", "-T", folder.toString(), file.toString());
        ProcessBuilder uniq = new ProcessBuilder("uniq", "-c").redirectOutput(ProcessBuilder.Redirect.DISCARD);
        sort.environment().put("LC_ALL", "C");
        uniq.environment().put("LC_ALL", "C");
        boolean good = true;
        for (Process process : ProcessBuilder.startPipeline(List.of(sort, uniq))) {
            good &= awaitEnd(process);
        }
        return good;
    }

    private static boolean awaitEnd(Process process) {
        try {
            boolean ended = process.waitFor(SECONDS_MAX, TimeUnit.SECONDS);
            process.destroyForcibly();
            return ended && process.exitValue() == 0;
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new LoadException("interrupted at sort", e);
        }
    }
}
