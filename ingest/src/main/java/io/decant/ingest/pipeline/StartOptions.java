package io.decant.ingest.pipeline;

import java.util.Optional;
import java.util.Set;

/**
 * What somebody asks for at a start.
 *
 * @param forgetSinks sinks that are gone from the settings and whose undelivered batches may be forgotten
 * @param movedSinks sinks that may deliver to another place than undelivered batches were cut for
 * @param replay what a sink is to get again before it goes on
 */
public record StartOptions(Set<String> forgetSinks, Set<String> movedSinks, Optional<ReplayRange> replay) {

    /** To go on as it was. */
    public static final StartOptions NONE = new StartOptions(Set.of(), Optional.empty());

    public StartOptions {
        forgetSinks = Set.copyOf(forgetSinks);
        movedSinks = Set.copyOf(movedSinks);
    }

    /** Where no sink has moved. */
    public StartOptions(Set<String> forgetSinks, Optional<ReplayRange> replay) {
        this(forgetSinks, Set.of(), replay);
    }
}
