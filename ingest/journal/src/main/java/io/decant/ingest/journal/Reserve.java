package io.decant.ingest.journal;

import java.io.IOException;

/**
 * The last part of a segment, which is kept for cuts and marks while no next segment is there: on a full disk blocks
 * wait, but what was delivered must still be said, or nothing would ever be released.
 *
 * @param bytes what blocks leave
 * @param shapeBytes how much of it is for the entry of a shape, before a cut of format 2; 0 where the settings need
 *     none
 */
record Reserve(long bytes, long shapeBytes) {

    /**
     * Longest cut or mark: a regular expression and a hundred sinks fit. A shape that needs more has an entry of its
     * own.
     */
    private static final int MARK_BYTES_MAX = 128 << 10;
    /** The reserve, without a shape's entry. */
    private static final int BYTES_MAX = 512 << 10;
    /** Of a small segment no more than this part is reserved. */
    private static final int SEGMENT_DIVISOR = 8;
    /** A short segment is tried in as many sizes. */
    private static final int SHORT_STEPS = 16;

    /** Most bytes that are reserved, whatever the settings make. */
    static long bytesMax(long segmentSize) {
        return Math.min(BYTES_MAX, segmentSize / SEGMENT_DIVISOR) + Shape.BYTES_MAX;
    }

    /** @param shape the longest that the settings make */
    static Reserve of(long segmentSize, Shape shape) {
        long shapeBytes = shape == null || shape.fitsFormat1() ? 0 : shapeEntryBytes(shape);
        return new Reserve(Math.min(BYTES_MAX, segmentSize / SEGMENT_DIVISOR) + shapeBytes, shapeBytes);
    }

    /** Length of a shape's entry: header, number, shape, and the document's header before it. */
    static int shapeEntryBytes(Shape shape) {
        return Integer.BYTES
                + EntryCodec.align(EntryCodec.HEADER_BYTES + Integer.BYTES + ShapeCodec.encodedBytes(shape));
    }

    /** What must be left for a mark to be appended. */
    long forMark() {
        return Math.min(MARK_BYTES_MAX, (bytes - shapeBytes) / 2);
    }

    /** What must be left for a cut to be appended, with its shape before it. */
    long forCut() {
        return forMark() + shapeBytes;
    }

    /** What a mark leaves that frees nothing: half of what is for marks. */
    long forMarksThatFree() {
        return (bytes - shapeBytes) / 2 + shapeBytes;
    }

    /**
     * Prepares a segment in which a journal in this state can be continued, though blocks do not fit in it: for
     * the checkpoint, a cut, and as many marks as the disk has room for.
     *
     * @throws IOException where there is no room even for that
     */
    void prepareShort(SegmentStore store, JournalState state) throws IOException {
        long step = (bytes - shapeBytes) / SHORT_STEPS;
        // The time served, and when each stream was seen in it, may stand in none yet, and will in this one.
        long checkpoint = state.encode(0, 0).remaining()
                + (long) Long.BYTES * (1 + state.streams().size());
        checkpoint += checkpoint / SHORT_STEPS;
        for (long left = bytes; ; left -= step) {
            try {
                store.prepareShort(checkpoint + left);
                return;
            } catch (IOException e) {
                if (left - step <= forCut()) {
                    throw e;
                }
            }
        }
    }
}
