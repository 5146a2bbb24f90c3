package io.decant.ingest.journal;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.TreeMap;

/**
 * The records that are set aside of batches which not every sink has whole yet. Changed by applying entries alone.
 * Owned by the thread that owns the {@link JournalState}.
 */
final class Exclusions {

    /** Most records that may be set aside, of all undelivered batches together. */
    static final int COUNT_MAX = 1_024;

    /** Reasons by batch and by the record's ordinal. */
    private final TreeMap<Long, TreeMap<Long, Exclusion>> byBatch = new TreeMap<>();

    private int count;

    int count() {
        return count;
    }

    /** Those of a batch, by ordinal. */
    List<Exclusion> of(long batch) {
        TreeMap<Long, Exclusion> found = byBatch.get(batch);
        return found == null ? List.of() : List.copyOf(found.values());
    }

    /** All, by batch and ordinal. */
    List<Exclusion> all() {
        List<Exclusion> all = new ArrayList<>(count);
        byBatch.values().forEach(batch -> all.addAll(batch.values()));
        return Collections.unmodifiableList(all);
    }

    /**
     * Checks one before it is written.
     *
     * @throws IllegalStateException where its batch is not cut, the record is set aside already, or too many are
     */
    void check(Exclusion exclusion, long lastBatch) {
        if (exclusion.batch() > lastBatch) {
            throw new IllegalStateException(exclusion + " does not follow: batches up to " + lastBatch + " are cut");
        }
        check(exclusion);
    }

    /**
     * Whether {@link #check} lets it pass, and no sink has begun its batch.
     *
     * @param marks of the sinks that the batch is for: one that was added later has a mark behind it, and never had any
     *     of it
     */
    boolean mayFollow(Exclusion exclusion, long lastBatch, Collection<Mark> marks) {
        return !isTooEarlyOrLate(exclusion, lastBatch, marks) && hasRoomFor(exclusion);
    }

    private static boolean isTooEarlyOrLate(Exclusion exclusion, long lastBatch, Collection<Mark> marks) {
        long batch = exclusion.batch();
        return batch > lastBatch || marks.isEmpty() || marks.stream().anyMatch(mark -> mark.hasBegun(batch));
    }

    private boolean hasRoomFor(Exclusion exclusion) {
        TreeMap<Long, Exclusion> others = byBatch.get(exclusion.batch());
        return count < COUNT_MAX && (others == null || !others.containsKey(exclusion.ordinal()));
    }

    private void check(Exclusion exclusion) {
        if (!hasRoomFor(exclusion)) {
            throw new IllegalStateException(
                    exclusion + " does not follow: " + count + " records are set aside, at most " + COUNT_MAX);
        }
    }

    void add(Exclusion exclusion) {
        check(exclusion);
        byBatch.computeIfAbsent(exclusion.batch(), batch -> new TreeMap<>()).put(exclusion.ordinal(), exclusion);
        count++;
    }

    /** Every sink has the batches up to this one. */
    void delivered(long batch) {
        while (!byBatch.isEmpty() && byBatch.firstKey() <= batch) {
            count -= byBatch.pollFirstEntry().getValue().size();
        }
    }
}
