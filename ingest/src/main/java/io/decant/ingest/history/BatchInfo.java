package io.decant.ingest.history;

import java.time.Instant;
import java.util.List;

/**
 * What the cut says of a batch.
 *
 * @param windowStartMillis start of its window, inclusive, milliseconds since the epoch
 * @param windowEndMillis end of its window, exclusive
 * @param bytes of its records, a newline each included
 * @param sinks that it is for, those included that were removed from the settings since
 */
public record BatchInfo(
        long number, long windowStartMillis, long windowEndMillis, long records, long bytes, List<String> sinks) {

    public BatchInfo {
        sinks = List.copyOf(sinks);
    }

    /** {@code <start>/<end>}, ISO 8601, UTC. */
    public String window() {
        return Instant.ofEpochMilli(windowStartMillis) + "/" + Instant.ofEpochMilli(windowEndMillis);
    }
}
