package io.decant.ingest.journal;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the checkpoint of a segment together, which may lie in several entries. */
final class CheckpointPieces {

    private static final Logger log = LoggerFactory.getLogger(CheckpointPieces.class);

    /** Which piece it is, of how many, and its length. */
    private static final int HEADER_BYTES = 3 * Integer.BYTES;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int next;
    private int pieces = 1;
    private boolean whole;

    /** Whether there was a whole checkpoint. */
    boolean whole() {
        return whole;
    }

    /** Takes the next piece; null until the last one, and where it is not the next, or the whole cannot be read. */
    CheckpointCodec.Checkpoint add(EntryScanner entry) {
        ByteBuffer body = entry.body();
        if (body.remaining() < HEADER_BYTES) {
            next = -1;
            return null;
        }
        int piece = body.getInt();
        int count = body.getInt();
        int taken = body.getInt();
        if (piece != next || (piece > 0 && count != pieces) || taken < 0 || taken > body.remaining()) {
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
        CheckpointCodec.Checkpoint checkpoint = decode(entry.format());
        whole = checkpoint != null && checkpoint.base() == entry.base();
        return whole ? checkpoint : null;
    }

    private CheckpointCodec.Checkpoint decode(int format) {
        try {
            return CheckpointCodec.decode(ByteBuffer.wrap(bytes.toByteArray()).order(ByteOrder.LITTLE_ENDIAN), format);
        } catch (RuntimeException e) {
            // A valid checksum over invalid content: it is as good as no checkpoint.
            log.debug("journal: a checkpoint with a good checksum cannot be read", e);
            return null;
        }
    }
}
