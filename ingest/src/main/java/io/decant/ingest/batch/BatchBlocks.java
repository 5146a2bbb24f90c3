package io.decant.ingest.batch;

import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.JournalView;

/**
 * The blocks of a batch as they lie in the journal, to be staged by whoever has the batch open: as long as it is, they
 * stay there. For any thread.
 */
public final class BatchBlocks {

    private final JournalView journal;
    private final Cut cut;
    private final long start;
    private final long limit;
    private final long[] leftOut;

    /**
     * @param start position where the batch begins
     * @param limit a position at or after its cut; everything before it is synced
     * @param leftOut ordinals of records that are set aside, ascending
     */
    BatchBlocks(JournalView journal, Cut cut, long start, long limit, long[] leftOut) {
        this.journal = journal;
        this.cut = cut;
        this.start = start;
        this.limit = limit;
        this.leftOut = leftOut;
    }

    /** The batch's number. */
    public long batch() {
        return cut.batch();
    }

    String journalIdText() {
        return journal.idText();
    }

    Cut cut() {
        return cut;
    }

    int leftOut() {
        return leftOut.length;
    }

    JournalView journal() {
        return journal;
    }

    long start() {
        return start;
    }

    long limit() {
        return limit;
    }

    long[] leftOutOrdinals() {
        return leftOut;
    }
}
