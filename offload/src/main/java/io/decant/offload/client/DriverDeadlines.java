package io.decant.offload.client;

import java.time.Duration;

/**
 * How long the driver process may take for what it does at once.
 *
 * @param pingEvery how often it is asked whether it is alive
 * @param pongWithin how long it may stay silent before it is ended
 * @param stopWithin how long it may take to end by itself
 */
public record DriverDeadlines(Duration pingEvery, Duration pongWithin, Duration stopWithin) {

    /** A full collection of a large heap may take some seconds; half a minute of silence is no collection. */
    public static final DriverDeadlines DEFAULT =
            new DriverDeadlines(Duration.ofSeconds(5), Duration.ofSeconds(30), Duration.ofSeconds(10));
}
