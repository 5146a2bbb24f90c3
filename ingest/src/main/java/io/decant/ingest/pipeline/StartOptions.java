package io.decant.ingest.pipeline;

import java.util.Optional;
import java.util.Set;

/**
 * What is requested at a start.
 *
 * @param forgetSinks sinks that were removed from the settings and whose undelivered batches may be forgotten
 * @param movedSinks sinks that may deliver to another place than undelivered batches were cut for
 * @param replay what a sink is to get again before it goes on
 * @param replannedTables tables that are imported anew, though they were planned or imported before
 */
public record StartOptions(
        Set<String> forgetSinks, Set<String> movedSinks, Optional<ReplayRange> replay, Set<String> replannedTables) {

    /** To continue as it was. */
    public static final StartOptions NONE = new StartOptions(Set.of(), Optional.empty());

    public StartOptions {
        forgetSinks = Set.copyOf(forgetSinks);
        movedSinks = Set.copyOf(movedSinks);
        replannedTables = Set.copyOf(replannedTables);
    }

    /** Where no table is planned anew. */
    public StartOptions(Set<String> forgetSinks, Set<String> movedSinks, Optional<ReplayRange> replay) {
        this(forgetSinks, movedSinks, replay, Set.of());
    }

    /** Where no sink has moved. */
    public StartOptions(Set<String> forgetSinks, Optional<ReplayRange> replay) {
        this(forgetSinks, Set.of(), replay);
    }
}
