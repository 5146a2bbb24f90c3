package io.decant.ingest.deadletter.replay;

import io.decant.ingest.journal.GroupLimits;
import io.decant.ingest.journal.StreamId;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;

/**
 * What a replay has to know of the journal that its letters go to.
 *
 * @param sinks the names in the settings: letters of others stay where they are
 * @param limits how the journal groups what it writes
 * @param recordBytesMax longest record that it takes
 * @param durable how many records of a stream it held when it was opened
 * @param pauseReason why it takes nothing at the moment, in words; empty where it does
 */
public record LetterReplayTarget(
        Set<String> sinks,
        GroupLimits limits,
        int recordBytesMax,
        ToLongFunction<StreamId> durable,
        Supplier<String> pauseReason) {

    public LetterReplayTarget {
        sinks = Set.copyOf(sinks);
    }

    /** Whether letters of a sink can go; those of the empty name are for every sink. */
    boolean takes(String sink) {
        return sink.isEmpty() || sinks.contains(sink);
    }
}
