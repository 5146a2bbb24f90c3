package io.decant.config;

import java.time.Duration;

/**
 * The section {@code journal}.
 *
 * @param linger how long a group may wait for company before it is synced
 * @param segmentSize size of a segment's file
 * @param maxBacklog undelivered bytes beyond which sources are paused
 * @param cachedBacklog bytes that no sink has, beyond which what comes in is not kept in memory
 * @param minFree free bytes of the disk below which sources are paused
 * @param retain how long delivered data is kept for replay, from the end of its batch's window on
 * @param unfinished bytes of unfinished lines over all connections
 */
public record JournalSettings(
        Duration linger,
        DataSize segmentSize,
        DataSize maxBacklog,
        DataSize cachedBacklog,
        DataSize minFree,
        Duration retain,
        DataSize unfinished) {

    private static final SectionKeys<JournalSettings> KEYS = SectionKeys.of(JournalSettings.class);

    /** Everyone who waits for an acknowledgement waits this long: more than a second is surely a mistake. */
    static final Setting<JournalSettings, Duration> LINGER = KEYS.optional(
            Types.duration("0s", "1s"),
            Duration.ZERO,
            "How long a group of records waits for more records before it is synced. Longer: fewer syncs,"
                    + " later acknowledgements.");

    /**
     * Below 8 MiB rolling costs more than writing; a segment is mapped as a whole, and a map of more than 1 GiB may not
     * fit.
     */
    static final Setting<JournalSettings, DataSize> SEGMENT_SIZE = KEYS.optional(
            Types.size("8MiB", "1GiB"),
            DataSize.ofMebibytes(256),
            "Size of a segment's file, preallocated; at least 8 times the largest `max-record`.");

    /** At least the two smallest segments; {@link Consistency} compares it with the real ones. */
    static final Setting<JournalSettings, DataSize> MAX_BACKLOG = KEYS.optional(
            Types.size("16MiB", "1024TiB"),
            DataSize.ofGibibytes(10),
            "Undelivered data beyond which sources are paused; at least 2 segments.");

    /**
     * Sinks that keep up with 6 million records a second, on two cores, were 0.5 to 2 GB behind; this leaves room for a
     * longer window.
     */
    static final Setting<JournalSettings, DataSize> CACHED_BACKLOG = KEYS.optional(
            Types.size("0B", "1024TiB"),
            DataSize.ofGibibytes(4),
            "Backlog of the fastest sink above which new data bypasses the system's page cache: it is read"
                    + " from the disk when it is delivered, and memory stays free for other uses. Applies to writes"
                    + " of 64 KiB and more. Less than two windows of input makes delivery slower.");

    /** With nothing kept free, a full disk would take the room of the marks that let it drain. */
    static final Setting<JournalSettings, DataSize> MIN_FREE = KEYS.optional(
            Types.size("1MiB", "1024TiB"), DataSize.ofGibibytes(1), "Free disk below which sources are paused.");

    /** Ten years is longer than any disk lasts. */
    static final Setting<JournalSettings, Duration> RETAIN = KEYS.optional(
            Types.duration("0s", "3650d"),
            Duration.ZERO,
            "How long delivered data is kept for `decant run --replay`, segment by segment, from the end"
                    + " of its batch's window; it is removed earlier if disk space is short.");

    /** Memory, taken off the disk's hands: more than 16 GiB of unfinished lines is no stream of records. */
    static final Setting<JournalSettings, DataSize> UNFINISHED = KEYS.optional(
            Types.size("1KiB", "16GiB"),
            DataSize.ofMebibytes(64),
            "Bytes of unfinished lines over all connections, in memory; at least the largest `max-record`. At the"
                    + " bound the oldest line that is longer than its connection's share is answered `ERR <n>"
                    + " busy`. The share is 16 KiB; less, down to `unfinished` divided by all `max-connections`,"
                    + " while more lines are unfinished than there are shares of 16 KiB.");

    static final Section<JournalSettings> SECTION = KEYS.section();

    /** @throws IllegalArgumentException if a value is out of its range */
    public JournalSettings {
        LINGER.check(linger);
        SEGMENT_SIZE.check(segmentSize);
        MAX_BACKLOG.check(maxBacklog);
        CACHED_BACKLOG.check(cachedBacklog);
        MIN_FREE.check(minFree);
        RETAIN.check(retain);
        UNFINISHED.check(unfinished);
    }

    /** Every value as it is when nothing is set. */
    public static JournalSettings defaults() {
        return SECTION.defaults();
    }
}
