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
    /** Retrying, but an operator has to fix something (a 401, a redirect, ...): an outage, not bad data. */
    FAILING,
    /**
     * Stopped at a batch until a restart: the sink cannot continue, for a reason that waiting does not remove. Nothing
     * is lost or skipped.
     */
    STOPPED
}
