package io.decant.ingest.journal;

/**
 * One journal, to be read.
 *
 * @param segments those in use
 * @param id the number that tells it from others
 */
public record JournalView(SegmentTable segments, int id) {

    /** The id as it stands in idempotency keys: 8 hex digits. */
    public String idText() {
        return JournalId.text(id);
    }

    /** Told of bytes that were read again of a range that a reader has passed, see {@link SegmentStore#wasRead}. */
    public void wasRead(long bytes) {
        segments.wasRead(bytes);
    }

    /** Reads from a position on, at which an entry begins. */
    public JournalReader read(long position) {
        return new JournalReader(segments, id, position);
    }
}
