package io.decant.ingest.history;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A server at one moment, as {@link History} looks at it once a second.
 *
 * @param bytes that sources have acknowledged since the start
 * @param backlogBytes that some sink still has to get
 * @param deadLetters records that became dead letters since the start
 * @param sources by name; always the same
 * @param sinks by name; always the same
 */
public record Sample(
        long bytes,
        long backlogBytes,
        long deadLetters,
        Map<String, SourceSample> sources,
        Map<String, SinkSample> sinks) {

    /**
     * @param records acknowledged since the start
     * @param state a word
     * @param paused whether it waits for room in the journal
     * @param lastError in one line; empty where there is none
     */
    public record SourceSample(long records, String state, boolean paused, String lastError) {}

    /**
     * @param records delivered since the start
     * @param lagMillis age of the oldest undelivered record
     * @param batch number of the last batch that it has whole
     * @param state a word
     * @param working whether that is one of the states in which nothing fails
     * @param lastError in one line; empty where there is none
     * @param counts since the start
     */
    public record SinkSample(
            long records, long lagMillis, long batch, String state, boolean working, String lastError, Counts counts) {}

    public Sample {
        sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
        sinks = Collections.unmodifiableMap(new LinkedHashMap<>(sinks));
    }

    long records() {
        return sources.values().stream().mapToLong(SourceSample::records).sum();
    }
}
