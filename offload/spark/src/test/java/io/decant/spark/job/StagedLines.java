package io.decant.spark.job;

import io.decant.offload.staging.BlockFileLimits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** A staged batch of lines, for tests that look at processes. */
public final class StagedLines {

    private StagedLines() {}

    /**
     * Stages a batch in several block files, half of it one key.
     *
     * @return the directory's URI
     */
    public static String stage(Path directory, long seed, int records) throws IOException {
        Random random = new Random(seed);
        List<byte[]> lines = new ArrayList<>();
        for (int i = 0; i < records; i++) {
            lines.add((random.nextBoolean() ? "hot" : "k" + i).getBytes(StandardCharsets.UTF_8));
        }
        return stage(directory, random, seed, lines);
    }

    /** The same of given lines. */
    public static String stage(Path directory, List<String> lines) throws IOException {
        return stage(
                directory,
                new Random(1),
                1,
                lines.stream()
                        .map(line -> line.getBytes(StandardCharsets.UTF_8))
                        .toList());
    }

    private static String stage(Path directory, Random random, long seed, List<byte[]> lines) throws IOException {
        new TestRecords(random)
                .lines(lines, 10)
                .stage(
                        directory,
                        new KeyRule("record", "record", seed),
                        new BlockFileLimits(1 << 20, 1 + lines.size() / 3));
        return "file:" + directory;
    }
}
