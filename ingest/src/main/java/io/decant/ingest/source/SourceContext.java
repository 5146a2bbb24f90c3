package io.decant.ingest.source;

import io.decant.ingest.journal.ServedTime;
import io.netty.channel.EventLoopGroup;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;

/**
 * What a server has for its sources. All of it outlives them.
 *
 * @param eventLoops that connections are accepted and read on
 * @param vertx that clients of other systems run on
 * @param clock for arrival times
 * @param served by which streams age
 * @param unfinished memory for records that have come in part, over all sources
 * @param connections sockets for each source that listens, by its name
 * @param dataDir the server's own folder
 * @param imports what the journal keeps of imports
 * @param replannedTables that are to be imported anew, though they were
 */
public record SourceContext(
        EventLoopGroup eventLoops,
        Vertx vertx,
        InstantSource clock,
        ServedTime served,
        UnfinishedBudget unfinished,
        Map<String, ConnectionShare> connections,
        Path dataDir,
        ImportLog imports,
        Set<String> replannedTables) {}
