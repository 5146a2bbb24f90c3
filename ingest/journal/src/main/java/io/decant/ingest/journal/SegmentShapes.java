package io.decant.ingest.journal;

import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * What the numbers of shapes mean in one segment, found by walking over its entries: its checkpoint and its entries of
 * shapes say it. Owned by one thread.
 */
final class SegmentShapes {

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
            ByteBuffer body = entry.body();
            shapes.put(body.getInt(), ShapeCodec.get(body));
        } else if (entry.kind() == EntryKind.CHECKPOINT && entry.format() > EntryCodec.FORMAT_FIRST) {
            CheckpointCodec.Checkpoint read = checkpoint.add(entry);
            if (read != null) {
                shapes.putAll(read.state().shapes().held());
            }
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
