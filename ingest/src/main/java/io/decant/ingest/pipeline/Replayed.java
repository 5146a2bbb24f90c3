package io.decant.ingest.pipeline;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a replay of dead letters came to.
 *
 * @param records that go out again
 * @param batches that were made of them so far
 * @param sinks how many go to each sink; empty name: to every sink
 * @param unsettled letters that were asked for and stay, since a restart might come back to their batches
 * @param unfit letters that were asked for and stay, since their sink is not in the settings, or a newline is in the record
 * @param waits why not all of them are in the journal yet; empty where they are
 */
public record Replayed(
        long records, long batches, Map<String, Long> sinks, long unsettled, long unfit, String waits) {

    public Replayed {
        sinks = Collections.unmodifiableMap(new LinkedHashMap<>(sinks));
    }
}
