package io.decant.ingest.pipeline;

import io.decant.ingest.journal.Backlog;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalRecovery;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.KeptBatches;
import io.decant.ingest.journal.Positions;
import io.decant.ingest.journal.SegmentStore;
import io.decant.ingest.journal.SegmentTable;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a start finds in the journal, and has found to go with its settings.
 *
 * @param recovered where the journal stands; its state continues with whatever is written
 * @param segments those that are in use, a replay's included
 * @param gone sinks that may be forgotten
 * @param replayed the first batch that a sink is to get again
 * @param backlogs by sink, what was cut and is undelivered; none for a sink that is new
 */
record RecoveredJournal(
        JournalRecovery.Recovered recovered,
        SegmentTable segments,
        Set<String> gone,
        Optional<KeptBatches.Kept> replayed,
        Map<String, Backlog> backlogs) {

    private static final Logger log = LoggerFactory.getLogger(RecoveredJournal.class);

    /**
     * Recovers it.
     *
     * @param sinks the names in the settings
     * @throws JournalException where the journal cannot be continued, or not with these settings
     */
    static RecoveredJournal in(SegmentStore store, int journalId, Set<String> sinks, StartOptions options) {
        JournalRecovery.Recovered recovered = new JournalRecovery(store, journalId).recover();
        JournalState state = recovered.state();
        Set<String> gone = RemovedSinks.of(state, sinks, options.forgetSinks());
        SegmentTable segments = new SegmentTable(store);
        segments.addAll(recovered.bases());
        KeptBatches kept = new KeptBatches(store, journalId, recovered);
        Optional<KeptBatches.Kept> replayed = options.replay().map(range -> range.find(sinks, state, kept));
        replayed.ifPresent(first -> segments.addAll(first.bases()));
        return new RecoveredJournal(recovered, segments, gone, replayed, Backlog.count(segments, journalId, state));
    }

    JournalState state() {
        return recovered.state();
    }

    /** Says what was found, unless the journal is new. */
    void log(String journalId, Positions positions) {
        if (recovered.end() > 0) {
            log.info(
                    "journal {} recovered: {}, {} records uncut, last batch {}",
                    journalId,
                    positions,
                    state().uncutRecords(),
                    state().lastBatch());
        }
    }

    Backlog backlog(String sink) {
        return backlogs.getOrDefault(sink, Backlog.empty());
    }
}
