package io.decant.ingest.pipeline;

import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalState;
import io.decant.ingest.journal.Mark;
import java.util.LinkedHashSet;
import java.util.Set;

/** Sinks that the journal knows and the settings no longer have. */
public final class RemovedSinks {

    private RemovedSinks() {}

    /**
     * Their names.
     *
     * @param sinks the names in the settings
     * @param forget names that may be forgotten although they have undelivered data
     * @throws JournalException if one that may not be forgotten has undelivered data that is cut, or that is its alone
     */
    public static Set<String> of(JournalState journal, Set<String> sinks, Set<String> forget) {
        Set<String> gone = new LinkedHashSet<>(journal.marks().keySet());
        gone.removeAll(sinks);
        for (String name : gone) {
            if (forget.contains(name)) {
                continue;
            }
            if (journal.uncutRecords() > 0 && journal.uncutRecipients().isOnly(name)) {
                throw new JournalException(
                        JournalException.Kind.SETTINGS,
                        "sink '" + name + "' was removed from the settings, but has " + journal.uncutRecords()
                                + " undelivered dead letters of a replay; put it back, or start with --forget-sink "
                                + name);
            }
            Mark mark = journal.marks().get(name);
            if (mark.batch() < journal.lastBatch()) {
                throw new JournalException(
                        JournalException.Kind.SETTINGS,
                        "sink '" + name + "' was removed from the settings, but has undelivered batches "
                                + (mark.batch() + 1) + " to " + journal.lastBatch()
                                + "; put it back, or start with --forget-sink " + name);
            }
        }
        return gone;
    }
}
