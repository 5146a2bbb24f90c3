package io.decant.ingest.sink;

import io.vertx.core.Vertx;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What a server has for its sinks. All of it outlives them.
 *
 * @param serverName as in the settings
 * @param journalId 8 hex digits
 * @param random for any thread
 * @param wakeLane wakes the lane of the sink of that name; for any thread
 * @param standardOutput of the process, for all sinks together
 * @param builders help sinks with bodies
 * @param jobs for sinks that run Spark jobs
 */
public record SinkContext(
        String serverName,
        String journalId,
        Vertx vertx,
        RandomGenerator random,
        InstantSource clock,
        Consumer<String> wakeLane,
        StandardOutput standardOutput,
        BuilderThreads builders,
        SinkJobs jobs) {}
