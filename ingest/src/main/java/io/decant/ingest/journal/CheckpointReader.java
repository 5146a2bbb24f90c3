package io.decant.ingest.journal;

import io.decant.ingest.journal.EntryCodec.Verdict;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads the checkpoint that a segment begins with, which may lie in several documents. */
final class CheckpointReader {

    private final String where;
    private JournalState.Checkpoint checkpoint;
    private long synced;

    CheckpointReader(String where) {
        this.where = where;
    }

    JournalState.Checkpoint checkpoint() {
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
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int piece = 0, pieces = 1; piece < pieces; piece++) {
            if (!entries.next()) {
                refuseStrangers(entries, where);
                return false;
            }
            synced = Math.max(synced, entries.synced());
            if (entries.missing() > 0 || entries.kind() != EntryKind.CHECKPOINT) {
                return false;
            }
            ByteBuffer body = entries.body();
            if (body.getInt() != piece) {
                return false;
            }
            pieces = body.getInt();
            int taken = body.getInt();
            if (taken > body.remaining()) {
                return false;
            }
            byte[] part = new byte[taken];
            body.get(part);
            bytes.writeBytes(part);
        }
        JournalState.Checkpoint read =
                JournalState.decode(ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN));
        if (read.base() != entries.base()) {
            return false;
        }
        checkpoint = read;
        return true;
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
                            + " belongs to another server's journal; 'decant journal repair' takes the file away, or set another data-dir");
        }
    }
}
