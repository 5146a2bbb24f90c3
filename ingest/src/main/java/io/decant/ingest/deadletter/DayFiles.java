package io.decant.ingest.deadletter;

import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The files that dead letters are appended to, one for each day: how large they are, how many letters they hold, and
 * where an append failed. Owned by the thread that writes; {@link #letters} and {@link #bytes} are for any.
 */
final class DayFiles {

    private final DeadLetterStore store;
    private final InstantSource clock;
    private final Map<String, Long> lettersOf = new HashMap<>();
    private NavigableMap<String, Long> sizes = new TreeMap<>();
    /** Where an append that failed began: what is behind it is cut off before the next one. */
    private String brokenFile;

    private long brokenAt;
    private volatile long letters;
    private volatile long bytes;

    DayFiles(DeadLetterStore store, InstantSource clock) {
        this.store = store;
        this.clock = clock;
    }

    /** Letters in the files of the days; 0 until {@link #counted}. */
    long letters() {
        return letters;
    }

    /** Of all files, those of replays included, as of the last {@link #look}. */
    long bytes() {
        return bytes;
    }

    /** Of all files, as of the last {@link #look}. */
    Set<String> names() {
        return sizes.keySet();
    }

    /** Lists the files: they may have been removed by an operator. */
    void look() throws IOException {
        sizes = store.sizes();
        lettersOf.keySet().retainAll(sizes.keySet());
        count();
    }

    /** So many letters were found in each file; seen by others after the next {@link #look}. */
    void counted(Map<String, Long> found) {
        lettersOf.putAll(found);
    }

    /** So many letters were taken out of each file; seen by others after the next {@link #look}. */
    void removed(Map<String, Long> removed) {
        removed.forEach((file, count) -> lettersOf.computeIfPresent(file, (f, before) -> before - count));
    }

    /** Cuts off what a failed append left. */
    void repair() throws IOException {
        if (brokenFile != null) {
            Long size = store.sizes().get(brokenFile);
            if (size != null && size > brokenAt) {
                store.truncate(brokenFile, brokenAt);
            }
            brokenFile = null;
        }
    }

    /**
     * Appends the letters of a group to the file of the day, and forces it.
     *
     * @throws IOException where that failed, and {@link #repair} must come before the next append
     */
    void append(LetterGroup group) throws IOException {
        String file = today();
        brokenFile = file;
        brokenAt = sizes.getOrDefault(file, 0L);
        store.append(file, group.view());
        store.force(file);
        brokenFile = null;
        lettersOf.merge(file, group.letters(), Long::sum);
        sizes.merge(file, (long) group.bytes(), Long::sum);
        count();
    }

    private void count() {
        letters = lettersOf.values().stream().mapToLong(Long::longValue).sum();
        bytes = sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    /**
     * The day, but never one before a day that has a file: letters stand in the order of writing, whatever the clock
     * does.
     */
    private String today() {
        String today = LetterFiles.day(clock.instant());
        List<String> days = LetterFiles.days(sizes.keySet());
        String last = days.isEmpty() ? today : days.get(days.size() - 1);
        return today.compareTo(last) < 0 ? last : today;
    }
}
