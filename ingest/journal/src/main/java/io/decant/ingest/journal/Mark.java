package io.decant.ingest.journal;

import java.util.List;

/**
 * How far a sink is, as the journal keeps it. Marks of a sink only grow; the newest stands for all before it.
 *
 * @param sink the sink's name
 * @param batch number of the last batch that it has whole; 0: none
 * @param next position at which the batch after that one begins
 * @param bucket buckets of the batch after that one which are delivered
 * @param first ordinal in the bucket after those up to which records are delivered
 * @param pieces of that bucket, behind {@code first}, in order: a restart comes back to these boundaries; at most
 *     {@value Piece#PER_MARK_MAX}
 */
public record Mark(String sink, long batch, long next, int bucket, long first, List<Piece> pieces) {

    public Mark {
        pieces = List.copyOf(pieces);
        if (sink.isEmpty() || batch < 0 || next < 0 || bucket < 0 || first < 0 || !isOrdered(first, pieces)) {
            throw new IllegalArgumentException("invalid mark: sink '" + sink + "', batch " + batch + ", next " + next
                    + ", bucket " + bucket + ", first " + first + ", " + pieces.size() + " pieces");
        }
    }

    /** Without pieces, as most marks are. */
    public Mark(String sink, long batch, long next, int bucket, long first) {
        this(sink, batch, next, bucket, first, List.of());
    }

    private static boolean isOrdered(long first, List<Piece> pieces) {
        long before = first;
        for (Piece piece : pieces) {
            if (piece.end() <= before) {
                return false;
            }
            before = piece.end();
        }
        return pieces.size() <= Piece.PER_MARK_MAX;
    }

    /** Whether this mark says more than {@code other}. */
    boolean isBeyond(Mark other) {
        if (batch != other.batch) {
            return batch > other.batch;
        }
        if (bucket != other.bucket || first != other.first) {
            return bucket != other.bucket ? bucket > other.bucket : first > other.first;
        }
        // At the same place pieces are only ever split and passed.
        return saidOfPieces() > other.saidOfPieces();
    }

    /** Whether the sink has begun a batch, or has it whole. */
    boolean hasBegun(long other) {
        boolean within = bucket > 0 || first > 0 || !pieces.isEmpty();
        return other <= batch || (within && other == batch + 1);
    }

    private long saidOfPieces() {
        return pieces.size() + pieces.stream().filter(Piece::passed).count();
    }

    /** The same place in a journal in which the batch after {@code batch} begins at another position. */
    Mark at(long otherBatch, long otherNext) {
        return new Mark(sink, otherBatch, otherNext, bucket, first, pieces);
    }
}
