package io.decant.loadtest.peer;

import io.decant.loadtest.server.ProcessUsage;
import java.io.IOException;
import java.util.Optional;

/** A peer that runs and is sent records, flat out, from its start on. Ended by {@link #close}. */
public interface MeasuredPeer extends AutoCloseable {

    /** How many records are done: what the peer has acknowledged, written or delivered. Never less than before. */
    long records() throws IOException;

    /**
     * Fails when it, or what sends to it, has ended.
     *
     * @throws io.decant.loadtest.load.LoadException with the reason
     */
    void requireRunning();

    /** What its process has used; empty where the system does not tell. */
    Optional<ProcessUsage> usage();

    /** Ends what sends, and kills it. */
    @Override
    void close() throws IOException;
}
