package io.decant.ingest.source;

import io.decant.config.SessionMode;
import io.decant.config.TcpSourceSettings;
import io.decant.ingest.journal.Intake;
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

    boolean sessionRequired() {
        return settings.session() == SessionMode.REQUIRED;
    }
}
