package io.decant.ingest.batch;

import io.decant.bucketer.Assignment;
import io.decant.ingest.journal.Cut;

/**
 * A batch that is being delivered: its cut, the journal id, and its records parted into buckets, all of which lie in the
 * mapped journal until {@link #close()}.
 *
 * @param journalId the journal's random id, as it stands in idempotency keys (8 hex digits)
 */
public record OpenBatch(String journalId, Cut cut, Assignment assignment) implements AutoCloseable {

    @Override
    public void close() {
        assignment.close();
    }
}
