package io.decant.ingest.journal;

import io.decant.ingest.journal.EntryCodec.Verdict;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads the checkpoint that a segment begins with, which may lie in several documents. */
final class CheckpointReader {

    private final int journalId;
    private final String where;
    private JournalState.Checkpoint checkpoint;
    private long synced;

    CheckpointReader(int journalId, String where) {
        this.journalId = journalId;
        this.where = where;
    }

    JournalState.Checkpoint checkpoint() {
        return checkpoint;
    }

    /** The synced position that the checkpoint's writer knew of. */
    long synced() {
        return synced;
    }

    /** Reads it; false where the segment does not begin with a whole and good one. Leaves the scanner behind it. */
    boolean read(ByteBuffer segment, DocumentScanner documents) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        long base = -1;
        for (int piece = 0, pieces = 1; piece < pieces; piece++) {
            if (!documents.next()) {
                return false;
            }
            int content = documents.content();
            int length = documents.contentLength();
            if (length < EntryCodec.HEADER_BYTES) {
                return false;
            }
            // Only this entry's own word says where the segment lies; the checkpoint inside must agree.
            long position = EntryCodec.position(segment, content);
            Verdict verdict = EntryCodec.judge(segment, content, length, journalId, position);
            refuseStrangers(verdict, where, documents.documentOffset());
            if (verdict != Verdict.GOOD || EntryCodec.kind(segment, content) != EntryKind.CHECKPOINT) {
                return false;
            }
            long claimed = position - documents.documentOffset();
            ByteBuffer body = EntryCodec.body(segment, content, length);
            if (body.getInt() != piece || (base >= 0 && claimed != base)) {
                return false;
            }
            base = claimed;
            synced = EntryCodec.synced(segment, content);
            pieces = body.getInt();
            byte[] taken = new byte[body.getInt()];
            body.get(taken);
            bytes.writeBytes(taken);
        }
        checkpoint = JournalState.decode(ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN));
        return checkpoint.base() == base;
    }

    static void refuseStrangers(Verdict verdict, String where, long offset) {
        if (verdict == Verdict.NEWER) {
            throw new JournalException(
                    JournalException.Kind.FOREIGN,
                    "journal: " + where + " at offset " + offset + " was written in a format newer than "
                            + EntryCodec.FORMAT + "; start the newer version of Decant");
        }
        if (verdict == Verdict.FOREIGN) {
            throw new JournalException(
                    JournalException.Kind.FOREIGN,
                    "journal: " + where + " at offset " + offset
                            + " belongs to another server's journal; take the file away, or point data-dir elsewhere");
        }
    }
}
