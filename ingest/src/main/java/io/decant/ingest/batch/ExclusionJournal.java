package io.decant.ingest.batch;

import io.decant.ingest.journal.Exclusion;
import java.util.Set;

/** Tells the journal that a record is set aside. Thread-safe; does not block. */
public interface ExclusionJournal {

    /** Where one stands that was asked for. */
    enum State {
        /** Not in the journal yet, or not synced. */
        WAITING,
        /** In the journal, synced: it holds from now on. */
        SYNCED,
        /** The journal does not take it: a sink has begun the batch, or too many records are set aside. */
        REFUSED
    }

    /**
     * Asks for one; again for the same: nothing.
     *
     * @param sinks that its batch is for, by the shape that its cut froze
     */
    void ask(Exclusion exclusion, Set<String> sinks);

    /**
     * What became of the one that was asked for; once it says anything but {@link State#WAITING}, that is forgotten.
     */
    State take(Exclusion exclusion);
}
