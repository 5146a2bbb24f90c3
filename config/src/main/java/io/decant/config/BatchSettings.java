package io.decant.config;

import java.time.Duration;

/**
 * The section {@code batch}.
 *
 * @param interval length of a window
 * @param maxRecords records after which a batch is cut before its window ends
 */
public record BatchSettings(Duration interval, int maxRecords) {

    private static final SectionKeys<BatchSettings> KEYS = SectionKeys.of(BatchSettings.class);

    /**
     * Each cut is synced before anything is delivered: below 10 ms the disk would do little else. A day is the largest
     * that divides days.
     */
    static final Setting<BatchSettings, Duration> INTERVAL = KEYS.optional(
            Types.duration("10ms", "1d"),
            Duration.ofSeconds(1),
            "Length of a window; windows are aligned to multiples of it since the epoch, UTC.");

    /** The tables that count keys lie off the heap and are sized by the batch, a few tens of bytes a record. */
    static final Setting<BatchSettings, Integer> MAX_RECORDS = KEYS.optional(
            Types.wholeNumber(1, 1_000_000_000),
            10_000_000,
            "Records after which a batch is cut before its window ends.");

    static final Section<BatchSettings> SECTION = KEYS.section();

    /** @throws IllegalArgumentException if a value is out of its range */
    public BatchSettings {
        INTERVAL.check(interval);
        MAX_RECORDS.check(maxRecords);
    }

    /** Every value as it is when nothing is set. */
    public static BatchSettings defaults() {
        return SECTION.defaults();
    }
}
