package io.decant.ingest.journal;

import io.decant.ingest.journal.EntryCodec.Verdict;
import java.io.IOException;

/** Reads the checkpoint that a segment begins with. */
final class CheckpointReader {

    private final String where;
    private CheckpointCodec.Checkpoint checkpoint;
    private long synced;

    CheckpointReader(String where) {
        this.where = where;
    }

    /**
     * What a segment begins with; null where that is no whole and good checkpoint.
     *
     * @throws JournalException where it is another journal's, or of another version
     */
    static CheckpointCodec.Checkpoint of(SegmentStore store, long number, int journalId) throws IOException {
        try (SegmentStore.SegmentView view = store.view(number)) {
            CheckpointReader reader = new CheckpointReader(store.describe(number));
            return reader.read(EntryScanner.wholeSegment(view.buffer(), journalId)) ? reader.checkpoint() : null;
        }
    }

    CheckpointCodec.Checkpoint checkpoint() {
        return checkpoint;
    }

    /** The highest synced position that an entry read knows of. */
    long synced() {
        return synced;
    }

    /**
     * Reads it; false where the segment does not begin with a whole and good one.
     *
     * @param entries at the beginning of the segment; left behind the checkpoint, if there is one
     */
    boolean read(EntryScanner entries) {
        CheckpointPieces pieces = new CheckpointPieces();
        while (checkpoint == null && entries.next()) {
            synced = Math.max(synced, entries.synced());
            if (entries.missing() > 0 || entries.kind() != EntryKind.CHECKPOINT) {
                return false;
            }
            checkpoint = pieces.add(entries);
        }
        refuseStrangers(entries, where);
        return checkpoint != null;
    }

    /** Refuses the entry that the walk ended at, if it is not this journal's to read. */
    static void refuseStrangers(EntryScanner entries, String where) {
        if (entries.stranger() == Verdict.NEWER) {
            throw new JournalException(
                    JournalException.Kind.FOREIGN,
                    "journal: " + where + " at offset " + entries.documentOffset()
                            + " was written in a format newer than " + EntryCodec.FORMAT
                            + "; start the newer version of Decant");
        }
        if (entries.stranger() == Verdict.FOREIGN) {
            throw new JournalException(
                    JournalException.Kind.FOREIGN,
                    "journal: " + where + " at offset " + entries.documentOffset()
                            + " was not written by the journal that journal/id names; see 'decant journal verify',"
                            + " then 'decant journal repair'");
        }
    }
}
