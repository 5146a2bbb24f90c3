package io.decant.config;

import java.util.List;

/**
 * The section {@code dlq}: dead letters, the records that a sink refused for good.
 *
 * @param maxSize bytes of all their files at which letters, and sources, wait
 */
public record DeadLetterSettings(DataSize maxSize) {

    /**
     * Below a mebibyte a single bad batch would stop the server; {@link Consistency} compares it with the largest
     * record.
     */
    static final Setting<DeadLetterSettings, DataSize> MAX_SIZE = Setting.optional(
            "max-size",
            Types.size("1MiB", "1024TiB"),
            DataSize.ofGibibytes(1),
            DeadLetterSettings::maxSize,
            "Size of all dead letters, under `data-dir/dlq`, at which sinks that have some wait, and sources are paused, until"
                    + " some are replayed or removed; at least 8 times the largest `max-record`.");

    static final Section<DeadLetterSettings> SECTION = new Section<>(
            DeadLetterSettings.class, List.of(MAX_SIZE), values -> new DeadLetterSettings(values.get(MAX_SIZE)));

    /** @throws IllegalArgumentException if the value is out of its range */
    public DeadLetterSettings {
        MAX_SIZE.check(maxSize);
    }

    /** Every value as it is when nothing is set. */
    public static DeadLetterSettings defaults() {
        return SECTION.defaults();
    }
}
