package io.decant.ingest.batch;

import io.decant.ingest.journal.Cut;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.journal.JournalReader;
import io.decant.ingest.journal.JournalView;

/** Looks how large a batch is, some of the journal at each step. Owned by one thread. */
final class CutScanner {

    /** As much is looked at in one step, so that it is short. */
    private static final long STEP_BYTES = 128 << 20;

    private final JournalView journal;
    private final long start;
    private final long limit;
    private long end;
    private boolean frames;
    private boolean replay;

    /**
     * @param start position where the batch begins
     * @param limit a position at or after its cut; everything before it is synced
     */
    CutScanner(JournalView journal, long start, long limit) {
        this.journal = journal;
        this.start = start;
        this.limit = limit;
        this.end = start;
    }

    /**
     * Looks on.
     *
     * @return the batch's cut; null as long as it has not come to it
     * @throws JournalException where the journal does not hold the batch
     */
    Cut step() {
        long[] seen = {0};
        try (JournalReader reader = journal.read(end)) {
            Cut cut = reader.readBatch(
                    limit,
                    (address, bytes, records, header, framed) -> {
                        seen[0] += bytes;
                        frames |= framed;
                    },
                    () -> seen[0] > STEP_BYTES);
            end = reader.position();
            replay |= reader.hasReplay();
            return cut;
        }
    }

    long start() {
        return start;
    }

    /** The blocks of the batch, once its cut is known. */
    BatchBlocks blocks(Cut cut, long[] leftOut) {
        return new BatchBlocks(journal, cut, start, limit, leftOut);
    }

    long limit() {
        return limit;
    }

    /** How far it has looked; at last, the position behind the batch's cut. */
    long end() {
        return end;
    }

    /** Whether some of what it has seen are frames. */
    boolean hasFrames() {
        return frames;
    }

    /** Whether any of it are dead letters that go out again; of a batch, all are or none. */
    boolean hasReplay() {
        return replay;
    }
}
