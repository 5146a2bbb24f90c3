package io.decant.config;

import java.time.Duration;

/** The section {@code journal}. */
public record JournalSettings(
        Duration linger, DataSize segmentSize, DataSize maxBacklog, DataSize minFree, DataSize unfinished) {

    /** Every value as it is when nothing is set. */
    public static JournalSettings defaults() {
        return null;
    }
}
