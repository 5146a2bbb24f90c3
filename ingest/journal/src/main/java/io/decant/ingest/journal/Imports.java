package io.decant.ingest.journal;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What imports are going to read, and what they have read. Changed by applying entries alone. Owned by the thread that
 * owns the {@link JournalState}.
 */
final class Imports {

    /** Most bytes that plans and tables of all sources take in a checkpoint. */
    static final int BYTES_MAX = 1 << 20;

    private record Table(String source, String name) {}

    private final Map<String, ImportPlan> plans = new LinkedHashMap<>();
    private final Map<Table, ImportDone> done = new LinkedHashMap<>();
    private int bytes;

    boolean isEmpty() {
        return plans.isEmpty() && done.isEmpty();
    }

    /** Length of all of it in a checkpoint, without the two counts. */
    int bytes() {
        return bytes;
    }

    List<ImportPlan> plans() {
        return List.copyOf(plans.values());
    }

    Optional<ImportPlan> plan(String source) {
        return Optional.ofNullable(plans.get(source));
    }

    List<ImportDone> done() {
        return List.copyOf(done.values());
    }

    List<ImportDone> done(String source) {
        List<ImportDone> found = new ArrayList<>();
        done.forEach((table, read) -> {
            if (table.source().equals(source)) {
                found.add(read);
            }
        });
        return found;
    }

    /** @throws IllegalStateException where there is no room for it */
    void check(ImportPlan plan) {
        ImportPlan before = plans.get(plan.source());
        requireRoom(plan.encodedBytes() - (before == null ? 0 : before.encodedBytes()), "plan of " + plan.source());
    }

    /** @throws IllegalStateException where there is no room for it */
    void check(ImportDone read) {
        ImportDone before = done.get(new Table(read.source(), read.table()));
        requireRoom(read.encodedBytes() - (before == null ? 0 : before.encodedBytes()), "table " + read.table());
    }

    private void requireRoom(int more, String what) {
        if (bytes + more > BYTES_MAX) {
            throw new IllegalStateException(
                    "no room for the " + what + ": imports take " + bytes + " bytes, at most " + BYTES_MAX);
        }
    }

    void put(ImportPlan plan) {
        check(plan);
        ImportPlan before = plans.put(plan.source(), plan);
        bytes += plan.encodedBytes() - (before == null ? 0 : before.encodedBytes());
    }

    void put(ImportDone read) {
        check(read);
        ImportDone before = done.put(new Table(read.source(), read.table()), read);
        bytes += read.encodedBytes() - (before == null ? 0 : before.encodedBytes());
    }

    /** Drops what is of sources that were removed from the settings. */
    void drop(Predicate<String> removed) {
        plans.keySet().removeIf(removed);
        done.keySet().removeIf(table -> removed.test(table.source()));
        bytes = plans.values().stream().mapToInt(ImportPlan::encodedBytes).sum()
                + done.values().stream().mapToInt(ImportDone::encodedBytes).sum();
    }
}
