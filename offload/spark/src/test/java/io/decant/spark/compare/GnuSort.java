package io.decant.spark.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** GNU {@code sort} of a file, in memory, from disk to disk; it makes no buckets. Stateless. */
final class GnuSort {

    /** Holds all records. */
    private static final String BUFFER = "--buffer-size=2G";

    private GnuSort() {}

    /** Sorts the lines of a file. */
    static int run(Path file) throws IOException, InterruptedException {
        Path sorted = file.resolveSibling("sorted");
        List<String> command = List.of(
                "sort",
                "--stable",
                "--parallel=2",
                BUFFER,
                "-T",
                file.getParent().toString(),
                "-o",
                "sorted");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(file.getParent().toFile())
                .redirectInput(file.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("LC_ALL", "C");
        int status = builder.start().waitFor();
        if (status != 0) {
            throw new IOException("sort ended with status " + status);
        }
        Files.delete(sorted);
        return status;
    }
}
