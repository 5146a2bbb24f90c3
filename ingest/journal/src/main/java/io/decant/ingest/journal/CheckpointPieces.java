package io.decant.ingest.journal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Puts the checkpoint of a segment together, which may lie in several entries. */
final class CheckpointPieces {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int next;
    private int pieces = 1;
    private boolean whole;

    /** Whether there was a whole checkpoint. */
    boolean whole() {
        return whole;
    }

    /** Takes the next piece; null until the last one, and where it is not the next. */
    CheckpointCodec.Checkpoint add(EntryScanner entry) {
        ByteBuffer body = entry.body();
        int piece = body.getInt();
        int count = body.getInt();
        int taken = body.getInt();
        if (piece != next || (piece > 0 && count != pieces) || taken > body.remaining()) {
            next = -1;
            return null;
        }
        pieces = count;
        next++;
        byte[] part = new byte[taken];
        body.get(part);
        bytes.writeBytes(part);
        if (next < pieces) {
            return null;
        }
        CheckpointCodec.Checkpoint checkpoint = CheckpointCodec.decode(
                ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN), entry.format());
        whole = checkpoint.base() == entry.base();
        return whole ? checkpoint : null;
    }
}
