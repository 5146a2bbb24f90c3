package io.decant.ingest.source.http;

import io.decant.config.HttpSourceSettings;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.source.SourceCounters;
import io.decant.ingest.source.SourceUsers;
import io.decant.ingest.source.UnfinishedBudget;
import io.netty.buffer.ByteBufAllocator;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all requests of a source share. Every part is safe from any thread.
 *
 * @param clock for arrival times
 * @param budget memory for bodies
 * @param users empty: everybody may send
 * @param requests number of the newest request, which tells apart those of one client
 */
record HttpContext(
        String source,
        HttpSourceSettings settings,
        Intake intake,
        InstantSource clock,
        UnfinishedBudget budget,
        ByteBufAllocator allocator,
        RequestRules rules,
        Cors cors,
        IdempotencyKeys keys,
        HttpSessions sessions,
        PeerLimit limit,
        SourceCounters counters,
        Optional<SourceUsers> users,
        AtomicLong requests) {

    /** A body that holds nothing yet. */
    HeldBody newBody() {
        return new HeldBody(
                budget, allocator, Math.toIntExact(settings.maxBody().bytes()));
    }
}
