package io.decant.ingest.simulation;

import io.decant.config.SourceSettings;
import io.decant.ingest.pipeline.Pipeline;
import java.util.List;
import java.util.Map;

/** Somebody whose records come into a simulation by a source of another type. It outlives the servers. */
public interface SimulatedInput {

    /** Offsets in frames that are not of the topic are not less. */
    long OFFSETS_FROM = 1_000_000_000;

    /** Its sources, as they are in the settings. */
    Map<String, SourceSettings> sources();

    /** A server has started. */
    void start(Pipeline pipeline, long nowMillis);

    /** The server is gone, and with it all that it was about to do. */
    void stop();

    /** Something happens to one of its records, or nothing. */
    void sendSomething(long nowMillis);

    /** As much happens as can. */
    void sendAll(long nowMillis);

    /** Whether all of its records are acknowledged. */
    boolean isDone();

    /** All that it ever had: each is to be delivered once. */
    List<String> records();
}
