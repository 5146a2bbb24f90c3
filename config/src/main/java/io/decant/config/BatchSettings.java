package io.decant.config;

import java.time.Duration;
import java.util.List;

/**
 * The section {@code batch}.
 *
 * @param interval length of a window
 * @param maxRecords records after which a batch is cut before its window ends
 */
public record BatchSettings(Duration interval, int maxRecords) {

    /**
     * Each cut is synced before anything is delivered: below 10 ms the disk would do little else. A day is the largest
     * that divides days.
     */
    static final Setting<BatchSettings, Duration> INTERVAL = Setting.optional(
            "interval",
            Types.duration("10ms", "1d"),
            Duration.ofSeconds(1),
            BatchSettings::interval,
            "Length of a window; windows are aligned to multiples of it since the epoch, UTC.");

    /** The tables that count keys lie off the heap and are sized by the batch, a few tens of bytes a record. */
    static final Setting<BatchSettings, Integer> MAX_RECORDS = Setting.optional(
            "max-records",
            Types.wholeNumber(1, 1_000_000_000),
            10_000_000,
            BatchSettings::maxRecords,
            "Records after which a batch is cut before its window ends.");

    static final Section<BatchSettings> SECTION = new Section<>(
            BatchSettings.class,
            List.of(INTERVAL, MAX_RECORDS),
            values -> new BatchSettings(values.get(INTERVAL), values.get(MAX_RECORDS)));

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
