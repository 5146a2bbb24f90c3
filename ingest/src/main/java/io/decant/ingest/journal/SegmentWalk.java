package io.decant.ingest.journal;

import io.decant.ingest.journal.EntryCodec.Verdict;
import java.nio.ByteBuffer;

/**
 * What a walk over one segment found, from its checkpoint to the last good entry.
 *
 * @param checkpoint null where the segment has no whole one at its beginning
 * @param state the checkpoint's state with everything behind it applied
 * @param end position behind the last good entry
 * @param synced the highest synced position that an entry knows of
 */
record SegmentWalk(JournalState.Checkpoint checkpoint, JournalState state, long end, long synced) {

    /** Where the segment begins. */
    long base() {
        return checkpoint.base();
    }

    /**
     * Walks over a segment; changes nothing.
     *
     * @param where the segment lies, for messages
     * @throws JournalException where it is of another journal, of another version or under another's name
     */
    static SegmentWalk over(ByteBuffer bytes, long number, String where, int journalId) {
        DocumentScanner documents = new DocumentScanner(bytes, 0);
        CheckpointReader checkpoint = new CheckpointReader(journalId, where);
        if (!checkpoint.read(bytes, documents)) {
            return new SegmentWalk(null, null, 0, 0);
        }
        JournalState.Checkpoint read = checkpoint.checkpoint();
        if (read.segment() != number) {
            throw new JournalException(
                    JournalException.Kind.DAMAGED,
                    "journal: " + where + " is segment " + read.segment() + ", not " + number
                            + ": files were renamed or swapped; put them back");
        }
        JournalState state = read.state();
        long end = read.base() + documents.offset();
        long synced = checkpoint.synced();
        while (documents.next()) {
            long at = read.base() + documents.documentOffset();
            Verdict verdict = EntryCodec.judge(bytes, documents.content(), documents.contentLength(), journalId, at);
            CheckpointReader.refuseStrangers(verdict, where, documents.documentOffset());
            if (verdict != Verdict.GOOD) {
                break;
            }
            end = read.base() + documents.offset();
            synced = Math.max(synced, EntryCodec.synced(bytes, documents.content()));
            apply(state, bytes, documents, end);
        }
        return new SegmentWalk(read, state, end, synced);
    }

    private static void apply(JournalState state, ByteBuffer bytes, DocumentScanner documents, long end) {
        ByteBuffer body = EntryCodec.body(bytes, documents.content(), documents.contentLength());
        switch (EntryCodec.kind(bytes, documents.content())) {
            case BLOCKS -> {
                for (int i = body.getInt(); i > 0; i--) {
                    BlockHeader block = BlockHeader.get(body);
                    state.apply(
                            block.stream(),
                            block.first(),
                            block.records(),
                            block.payloadBytes(),
                            block.arrivalMillis());
                }
            }
            case CUT -> state.apply(EntryCodec.getCut(body), end);
            case MARK -> state.apply(EntryCodec.getMark(body));
            case FORGET -> state.forget(EntryCodec.getString(body));
            case CHECKPOINT -> {}
        }
    }
}
