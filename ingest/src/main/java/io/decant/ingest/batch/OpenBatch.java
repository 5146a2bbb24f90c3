package io.decant.ingest.batch;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.Chunks;
import io.decant.ingest.journal.Cut;
import java.util.function.LongUnaryOperator;

/**
 * A batch that is being delivered: its cut, the journal id, and its records parted into buckets, all of which lie in the
 * mapped journal until {@link #close()}.
 *
 * @param journalId the journal's random id, as it stands in idempotency keys (8 hex digits)
 * @param chunks the batch's blocks, each with the position of its header; closed where no sink asks for origins
 * @param headers the address of a block's header, by that position
 */
public record OpenBatch(String journalId, Cut cut, Buckets buckets, Chunks chunks, LongUnaryOperator headers)
        implements AutoCloseable {

    /**
     * The way from a record back to the block that it came in; for one thread. It leads nowhere (an
     * {@link IllegalStateException}) unless a sink of the batch's shape says where records came from.
     */
    public RecordOrigin newOrigin() {
        return new RecordOrigin(buckets, chunks, headers);
    }

    @Override
    public void close() {
        buckets.close();
        chunks.close();
    }
}
