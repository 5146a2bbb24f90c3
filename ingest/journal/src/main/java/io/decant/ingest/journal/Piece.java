package io.decant.ingest.journal;

/**
 * A slice of a bucket that was split off a part which could not be delivered as a whole. It begins where the part
 * before it ends.
 *
 * @param end ordinal within the bucket behind its last record
 * @param passed whether the sink has it: delivered, or put among the dead letters
 */
public record Piece(long end, boolean passed) {

    /** As many leave a mark well below the longest entry of its kind, whatever their boundaries. */
    public static final int PER_MARK_MAX = 1 << 14;

    public Piece {
        if (end < 1) {
            throw new IllegalArgumentException("a piece that ends at " + end);
        }
    }
}
