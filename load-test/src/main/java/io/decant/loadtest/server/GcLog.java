package io.decant.loadtest.server;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a JVM's log of its collector ({@code -Xlog:gc}) says.
 *
 * @param fullCollections how many pauses were for the whole heap
 * @param heapBytes what the heap held after the last collection, 0 before the first
 */
public record GcLog(long fullCollections, long heapBytes) {

    private static final Pattern PAUSE = Pattern.compile("Pause (\\w+).* (\\d+)M->(\\d+)M\\((\\d+)M\\)");
    private static final String FULL = "Full";

    public static GcLog read(Path file) throws IOException {
        return of(Files.readAllLines(file));
    }

    static GcLog of(List<String> lines) {
        long full = 0;
        long heap = 0;
        for (String line : lines) {
            Matcher pause = PAUSE.matcher(line);
            if (pause.find()) {
                full += pause.group(1).equals(FULL) ? 1 : 0;
                heap = Long.parseLong(pause.group(3)) << 20;
            }
        }
        return new GcLog(full, heap);
    }
}
