package io.decant.config;

/**
 * The section {@code dlq}: dead letters, the records that a sink refused permanently.
 *
 * @param maxSize bytes of all their files at which letters, and sources, wait
 */
public record DeadLetterSettings(DataSize maxSize) {

    private static final SectionKeys<DeadLetterSettings> KEYS = SectionKeys.of(DeadLetterSettings.class);

    /**
     * Below a mebibyte a single bad batch would stop the server; {@link Consistency} compares it with the largest
     * record.
     */
    static final Setting<DeadLetterSettings, DataSize> MAX_SIZE = KEYS.optional(
            Types.size("1MiB", "1024TiB"),
            DataSize.ofGibibytes(1),
            "Size of all dead letters, under `data-dir/dlq`, at which sinks with new dead letters wait,"
                    + " and sources are paused, until some are replayed or removed; at least 8 times the largest"
                    + " `max-record`.");

    static final Section<DeadLetterSettings> SECTION = KEYS.section();

    /** @throws IllegalArgumentException if the value is out of its range */
    public DeadLetterSettings {
        MAX_SIZE.check(maxSize);
    }

    /** Every value as it is when nothing is set. */
    public static DeadLetterSettings defaults() {
        return SECTION.defaults();
    }
}
