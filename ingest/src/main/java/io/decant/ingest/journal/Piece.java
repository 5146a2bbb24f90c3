package io.decant.ingest.journal;

/**
 * A slice of a bucket that was split off a part which could not be delivered as a whole. It begins where the part before it
 * ends.
 *
 * @param end ordinal within the bucket behind its last record
 * @param passed whether the sink has it: delivered, or put among the dead letters
 */
public record Piece(long end, boolean passed) {

    public Piece {
        if (end < 1) {
            throw new IllegalArgumentException("a piece that ends at " + end);
        }
    }
}
