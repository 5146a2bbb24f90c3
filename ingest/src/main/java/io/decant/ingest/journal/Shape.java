package io.decant.ingest.journal;

import java.util.List;

/**
 * All settings that shape a batch's buckets, parts and idempotency keys, frozen in its cut.
 *
 * @param serverName {@code name} of the settings when the batch was cut
 * @param key canonical text of {@code bucket.key}
 * @param missingKey {@code bucket.missing-key}
 * @param hashSeed seed of the key hash
 * @param sinks the sinks that this batch goes to
 */
public record Shape(String serverName, String key, String missingKey, long hashSeed, List<SinkShape> sinks) {

    public Shape {
        sinks = List.copyOf(sinks);
    }

    /** The shape for a sink, or null where the batch does not go to it. */
    public SinkShape sink(String name) {
        for (SinkShape sink : sinks) {
            if (sink.name().equals(name)) {
                return sink;
            }
        }
        return null;
    }
}
