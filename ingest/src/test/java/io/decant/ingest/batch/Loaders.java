package io.decant.ingest.batch;

import io.decant.bucketer.BucketAssigner;
import io.decant.ingest.journal.Exclusion;
import io.decant.ingest.journal.JournalView;
import java.util.List;
import java.util.Set;

/** Loaders of batches that fail at nothing. */
public final class Loaders {

    private Loaders() {}

    /** A loader for a journal of which these records are set aside. */
    public static BatchLoader of(JournalView journal, BucketAssigner assigner, List<Exclusion> excluded) {
        ExcludedRecords records = excluded(journal, excluded);
        return new BatchLoader(
                journal, new KeyExtraction(assigner), records, trials(journal.id(), records), null, counts -> {});
    }

    public static BatchLoader of(JournalView journal, BucketAssigner assigner) {
        return of(journal, assigner, List.of());
    }

    /** What a loader, or an offload, is told of the records that are set aside. */
    public static ExcludedRecords excluded(JournalView journal, List<Exclusion> excluded) {
        return new ExcludedRecords(journal, 0, excluded);
    }

    private static BatchTrials trials(int journalId, ExcludedRecords excluded) {
        ExclusionJournal none = new ExclusionJournal() {
            @Override
            public void ask(Exclusion exclusion, Set<String> sinks) {}

            @Override
            public State take(Exclusion exclusion) {
                return State.REFUSED;
            }
        };
        return new BatchTrials(new MemoryTrialStore(), journalId, none, excluded, 1, batch -> false, System::nanoTime);
    }
}
