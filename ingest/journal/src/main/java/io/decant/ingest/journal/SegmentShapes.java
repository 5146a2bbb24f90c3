package io.decant.ingest.journal;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the numbers of shapes mean in one segment, found by walking over its entries: its checkpoint and its entries of
 * shapes say it. Owned by one thread.
 */
final class SegmentShapes {

    private static final Logger log = LoggerFactory.getLogger(SegmentShapes.class);

    private final Map<Integer, Shape> shapes = new HashMap<>();
    private final CheckpointPieces checkpoint = new CheckpointPieces();

    /** Walks over a segment, or as far as it is good. */
    static SegmentShapes of(ByteBuffer segment, int journalId) {
        SegmentShapes shapes = new SegmentShapes();
        EntryScanner entries = EntryScanner.wholeSegment(segment, journalId);
        while (entries.next()) {
            shapes.take(entries);
        }
        return shapes;
    }

    /** Takes the shapes of the entry that a walk has come to, if there are any. */
    void take(EntryScanner entry) {
        if (entry.kind() == EntryKind.SHAPE) {
            takeShape(entry.body());
        } else if (entry.kind() == EntryKind.CHECKPOINT && entry.format() > EntryCodec.FORMAT_FIRST) {
            CheckpointCodec.Checkpoint read = checkpoint.add(entry);
            if (read != null) {
                shapes.putAll(read.state().shapes().held());
            }
        }
    }

    private void takeShape(ByteBuffer body) {
        try {
            shapes.put(body.getInt(), ShapeCodec.get(body));
        } catch (RuntimeException e) {
            // A valid checksum over invalid content: a cut that refers to it has no shape, which is damage to the cut.
            log.debug("journal: a shape with a good checksum cannot be read", e);
        }
    }

    /** The shape of a number; null where it is not known. */
    Shape of(int number) {
        return shapes.get(number);
    }

    Map<Integer, Shape> all() {
        return shapes;
    }
}
