package io.decant.ingest.journal;

import java.util.HashMap;
import java.util.Map;

/**
 * What the numbers of shapes mean in the segments of a {@link JournalImage}, each looked through once. Owned by one
 * thread.
 */
final class ImageShapes {

    private final JournalImage image;
    private final Map<Integer, Map<Integer, Shape>> bySegment = new HashMap<>();

    ImageShapes(JournalImage image) {
        this.image = image;
    }

    /**
     * The cut that a walk over a segment has come to; null where its shape is lost.
     *
     * @param index of the segment in the image
     */
    Cut cut(int index, EntryScanner entry) {
        return EntryCodec.getCut(entry.body(), entry.format(), number -> shape(index, number));
    }

    private Shape shape(int index, int number) {
        return bySegment.computeIfAbsent(index, this::shapes).get(number);
    }

    private Map<Integer, Shape> shapes(int index) {
        JournalImage.Segment segment = image.segments().get(index);
        Map<Integer, Shape> shapes = new HashMap<>();
        if (index + 1 < image.segments().size()
                && image.segments().get(index + 1).number() == segment.number() + 1) {
            // What was held at the segment's end stands in the checkpoint behind it, too.
            shapes.putAll(ofCheckpoint(image.entries(index + 1)));
        }
        shapes.putAll(SegmentShapes.of(segment.bytes(), image.journalId()).all());
        return shapes;
    }

    private static Map<Integer, Shape> ofCheckpoint(EntryScanner entries) {
        SegmentShapes shapes = new SegmentShapes();
        while (entries.next() && entries.kind() == EntryKind.CHECKPOINT) {
            shapes.take(entries);
        }
        return shapes.all();
    }
}
