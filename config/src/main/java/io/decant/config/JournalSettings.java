package io.decant.config;

import java.time.Duration;
import java.util.List;

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

    /** Everyone who waits for an acknowledgement waits this long: more than a second is surely a mistake. */
    static final Setting<JournalSettings, Duration> LINGER = Setting.optional(
            "linger",
            Types.duration("0s", "1s"),
            Duration.ZERO,
            JournalSettings::linger,
            "How long a group may wait for company before it is synced. Longer: fewer syncs, later acknowledgements.");

    /**
     * Below 8 MiB rolling costs more than writing; a segment is mapped as a whole, and a map of more than 1 GiB may not
     * fit.
     */
    static final Setting<JournalSettings, DataSize> SEGMENT_SIZE = Setting.optional(
            "segment-size",
            Types.size("8MiB", "1GiB"),
            DataSize.ofMebibytes(256),
            JournalSettings::segmentSize,
            "Size of a segment's file, preallocated; at least 8 times the largest `max-record`.");

    /** At least the two smallest segments; {@link Consistency} compares it with the real ones. */
    static final Setting<JournalSettings, DataSize> MAX_BACKLOG = Setting.optional(
            "max-backlog",
            Types.size("16MiB", "1024TiB"),
            DataSize.ofGibibytes(10),
            JournalSettings::maxBacklog,
            "Undelivered data beyond which sources are paused; at least 2 segments.");

    /**
     * Sinks that keep up with 6 million records a second, on two cores, were 0.5 to 2 GB behind; this leaves room for a
     * longer window.
     */
    static final Setting<JournalSettings, DataSize> CACHED_BACKLOG = Setting.optional(
            "cached-backlog",
            Types.size("0B", "1024TiB"),
            DataSize.ofGibibytes(4),
            JournalSettings::cachedBacklog,
            "Data that not even the quickest sink has, beyond which what comes in goes past the system's page cache: it is read from the"
                    + " disk when it is its turn, and memory is left to others. Concerns writes of 64 KiB and more. Less than two"
                    + " windows of input makes delivery slower.");

    /** With nothing kept free, a full disk would take the room of the marks that let it drain. */
    static final Setting<JournalSettings, DataSize> MIN_FREE = Setting.optional(
            "min-free",
            Types.size("1MiB", "1024TiB"),
            DataSize.ofGibibytes(1),
            JournalSettings::minFree,
            "Free disk below which sources are paused.");

    /** Ten years is for ever on a disk. */
    static final Setting<JournalSettings, Duration> RETAIN = Setting.optional(
            "retain",
            Types.duration("0s", "3650d"),
            Duration.ZERO,
            JournalSettings::retain,
            "How long delivered data is kept for `decant run --replay`, segment by segment, from the end of its batch's window on; it"
                    + " goes sooner where the disk is short.");

    /** Memory, taken off the disk's hands: more than 16 GiB of unfinished lines is no stream of records. */
    static final Setting<JournalSettings, DataSize> UNFINISHED = Setting.optional(
            "unfinished",
            Types.size("1KiB", "16GiB"),
            DataSize.ofMebibytes(64),
            JournalSettings::unfinished,
            "Bytes of unfinished lines over all connections, in memory; at least the largest `max-record`."
                    + " At the bound the oldest line that is longer than its connection's share is answered"
                    + " `ERR <n> busy`. The share is 16 KiB; less, down to `unfinished` divided by all `max-connections`, while more"
                    + " lines are unfinished than there are shares of 16 KiB.");

    static final Section<JournalSettings> SECTION = new Section<>(
            JournalSettings.class,
            List.of(LINGER, SEGMENT_SIZE, MAX_BACKLOG, CACHED_BACKLOG, MIN_FREE, RETAIN, UNFINISHED),
            values -> new JournalSettings(
                    values.get(LINGER),
                    values.get(SEGMENT_SIZE),
                    values.get(MAX_BACKLOG),
                    values.get(CACHED_BACKLOG),
                    values.get(MIN_FREE),
                    values.get(RETAIN),
                    values.get(UNFINISHED)));

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
