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
     * @param forget names that may go although they have not had everything
     * @throws JournalException where one that may not go has not had everything that is cut, or is its alone
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
                        "sink '" + name + "' is no longer in the settings, but has not had " + journal.uncutRecords()
                                + " dead letters that go out again; put it back, or start with --forget-sink " + name);
            }
            Mark mark = journal.marks().get(name);
            if (mark.batch() < journal.lastBatch()) {
                throw new JournalException(
                        JournalException.Kind.SETTINGS,
                        "sink '" + name + "' is no longer in the settings, but has not had batches "
                                + (mark.batch() + 1) + " to " + journal.lastBatch()
                                + "; put it back, or start with --forget-sink " + name);
            }
        }
        return gone;
    }
}
