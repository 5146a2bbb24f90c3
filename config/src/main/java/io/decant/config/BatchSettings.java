package io.decant.config;

import java.time.Duration;

/** The section {@code batch}. */
public record BatchSettings(Duration interval, int maxRecords) {

    /** Every value as it is when nothing is set. */
    public static BatchSettings defaults() {
        return null;
    }
}
