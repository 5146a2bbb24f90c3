package io.decant.ingest.source.tcp;

import io.decant.config.SessionMode;
import io.decant.config.TcpSourceSettings;
import io.decant.ingest.journal.Intake;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.SourceCounters;
import io.decant.ingest.source.SourceUsers;
import io.decant.ingest.source.UnfinishedBudget;
import io.decant.ingest.tls.ServerTls;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What all connections of a source share, those of clients or those to a server. Every part is safe from any thread.
 *
 * @param sessions of clients; a source that connects has none
 * @param unread answers that clients did not read; a source that connects gives none
 * @param accepted number of the newest connection, accepted or made; tells apart those of one peer's address. A source
 *     that listens begins at 0, one that connects at the time of its start
 * @param tls empty: connections are not encrypted
 * @param users empty: everybody may send
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
        AtomicLong accepted,
        Optional<ServerTls> tls,
        Optional<SourceUsers> users) {

    /**
     * Blocks of a stream for the journal.
     *
     * @param start ordinal of the stream's next record
     * @param counted what is synced
     * @param onSynced run on the syncer's thread after each block: passes the message on
     */
    BlockFeed newFeed(StreamId stream, long start, SourceCounters counted, Runnable onSynced) {
        return new BlockFeed(stream, start, intake, clock, counted, onSynced);
    }

    /** Whether the other end is a server, which is told nothing, whatever {@code ack} says. */
    boolean connects() {
        return settings.connect().isPresent();
    }

    boolean sessionRequired() {
        return settings.session() == SessionMode.REQUIRED;
    }
}
