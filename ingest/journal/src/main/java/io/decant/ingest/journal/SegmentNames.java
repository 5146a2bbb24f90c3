package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.RollCycles;

/**
 * A segment's number is a Chronicle cycle, and Chronicle names a cycle's file after a time: segment 1 is the second
 * five minutes of
 * 1970. The clock that Chronicle sees is the segment number.
 */
final class SegmentNames {

    /** Its cycles leave 32 bits for the excerpts of a segment and 31 for the segment; one excerpt in 256 is indexed. */
    static final RollCycle CYCLE = RollCycles.FIVE_MINUTELY;

    static final String SUFFIX = ".cq4";

    private static final DateTimeFormatter FORMAT =
            DateTimeFormatter.ofPattern(CYCLE.format(), Locale.ROOT).withZone(ZoneOffset.UTC);

    private SegmentNames() {}

    /** What Chronicle's clock must show for it to write this segment. */
    static long cycleMillis(long segment) {
        return Math.multiplyExact(segment, (long) CYCLE.lengthInMillis());
    }

    static String fileName(long segment) {
        return FORMAT.format(Instant.ofEpochMilli(cycleMillis(segment))) + SUFFIX;
    }

    static long number(Path file) throws IOException {
        String name = file.getFileName().toString();
        try {
            Instant time = FORMAT.parse(name.substring(0, name.length() - SUFFIX.length()), Instant::from);
            long number = time.toEpochMilli() / CYCLE.lengthInMillis();
            if (number > 0 && fileName(number).equals(name)) {
                return number;
            }
        } catch (DateTimeException e) {
            throw strange(file, e);
        }
        throw strange(file, null);
    }

    private static IOException strange(Path file, DateTimeException cause) {
        return new IOException(file + " does not have the name of a segment; remove the file", cause);
    }
}
