package io.decant.ingest.sink;

import io.decant.ingest.journal.Piece;
import java.util.List;

/**
 * How far a sink is within a batch: all buckets before {@code bucket} are delivered, and of that bucket the records
 * before ordinal {@code first}.
 *
 * @param bucket from 0; the number of buckets once the batch is delivered whole
 * @param first ordinal within the bucket, always a boundary between two parts
 * @param pieces of that bucket behind {@code first} that were split off parts, in order; delivery from here makes the
 *     very same ones, and leaves out those that are passed
 * @param splits parts of the batch that the sink had split when it was this far, since it began with the batch; not in
 *     the journal, and 0 in what comes from there: a restart finds only what is durable
 */
public record Progress(int bucket, long first, List<Piece> pieces, int splits) {

    public static final Progress START = new Progress(0, 0);

    public Progress {
        pieces = List.copyOf(pieces);
    }

    /** As the journal has it. */
    public Progress(int bucket, long first, List<Piece> pieces) {
        this(bucket, first, pieces, 0);
    }

    /** Without pieces: nothing was split, or all that was is passed. */
    public Progress(int bucket, long first) {
        this(bucket, first, List.of());
    }
}
