package io.decant.ingest.source;

import io.decant.config.SessionMode;
import io.decant.config.TcpSourceSettings;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.StreamId;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all connections of a source share. Every part is safe from any thread.
 *
 * @param accepted connections so far; numbers them, for a peer's address may come back
 */
record ConnectionContext(
        String source,
        TcpSourceSettings settings,
        Intake intake,
        InstantSource clock,
        UnfinishedBudget unfinished,
        SessionRegistry sessions,
        ConnectionLimit limit,
        SourceCounters counters,
        UnreadAnswers unread,
        AtomicLong accepted) {

    /**
     * Blocks of a stream for the journal.
     *
     * @param start ordinal of the stream's next record
     * @param onSynced run on the syncer's thread after each block: passes the message on
     */
    BlockFeed newFeed(StreamId stream, long start, Runnable onSynced) {
        return new BlockFeed(stream, start, intake, clock, counters, onSynced);
    }

    boolean sessionRequired() {
        return settings.session() == SessionMode.REQUIRED;
    }
}
