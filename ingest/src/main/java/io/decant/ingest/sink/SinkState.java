package io.decant.ingest.sink;

/** How a sink is doing, as {@code /status} shows it. */
public enum SinkState {
    /** Nothing to deliver. */
    IDLE,
    /** Its next batch is being split into buckets. */
    SPLITTING,
    /** Delivering. */
    DELIVERING,
    /** Trying again after a passing failure (a timeout, a 503, ...). */
    RETRYING,
    /** Trying again, but somebody has to mend something (a 401, a redirect, ...): an outage, not bad data. */
    FAILING,
    /**
     * Given up on a batch until a restart: the sink cannot go on, for a reason that waiting does not mend. Nothing is
     * lost or skipped.
     */
    STOPPED
}
