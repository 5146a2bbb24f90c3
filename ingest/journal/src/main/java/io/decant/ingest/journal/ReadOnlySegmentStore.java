package io.decant.ingest.journal;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A {@link JournalImage} as recovery sees a disk, of which nothing changes whatever it does. */
final class ReadOnlySegmentStore implements SegmentStore {

    private final Map<Long, ByteBuffer> segments = new TreeMap<>();
    private final Map<Long, String> names = new TreeMap<>();

    ReadOnlySegmentStore(JournalImage image) {
        for (JournalImage.Stray stray : image.strays()) {
            if (image.found().stream().noneMatch(found -> found.file().equals(stray.file()))) {
                throw refused("journal: " + stray.file() + " is " + stray.why());
            }
        }
        for (JournalImage.Found found : image.found()) {
            if (found.number() == 0) {
                throw refused("journal: " + found.file() + " does not have the name of a segment");
            }
            if (segments.put(found.number(), found.bytes()) != null) {
                throw refused("journal: segment " + found.number() + " exists twice, as " + names.get(found.number())
                        + " and " + found.file());
            }
            names.put(found.number(), found.file().toString());
        }
        if (!image.segments().isEmpty()) {
            // What stands behind the last good entry never keeps recovery from going on; beside a server it grows
            // meanwhile.
            JournalImage.Segment last = image.segments().get(image.segments().size() - 1);
            segments.replace(
                    last.number(),
                    last.bytes()
                            .slice(0, Math.toIntExact(last.end()))
                            .order(last.bytes().order()));
        }
    }

    private static JournalException refused(String why) {
        return new JournalException(
                JournalException.Kind.DAMAGED, why + "; see 'decant journal verify', then 'decant journal repair'");
    }

    @Override
    public long segmentSize() {
        throw new UnsupportedOperationException("this store is read-only");
    }

    @Override
    public List<Long> existing() {
        return List.copyOf(segments.keySet());
    }

    @Override
    public String describe(long segment) {
        return names.getOrDefault(segment, "segment " + segment + " (" + SegmentNames.fileName(segment) + ")");
    }

    @Override
    public SegmentView view(long segment) {
        ByteBuffer bytes = segments.get(segment);
        return new SegmentView() {
            @Override
            public ByteBuffer buffer() {
                return bytes;
            }

            @Override
            public long address() {
                throw new UnsupportedOperationException("recovery reads through the buffer");
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public String truncate(long segment, long length) {
        return "";
    }

    @Override
    public void force(long segment, long from, long to) {}

    @Override
    public String setAside(long segment) {
        return "";
    }

    @Override
    public void remove(long segment) {}

    @Override
    public boolean prepared() {
        return false;
    }

    @Override
    public void prepare() {
        throw new UnsupportedOperationException("this store is read-only");
    }

    @Override
    public void prepareShort(long bytes) {
        throw new UnsupportedOperationException("this store is read-only");
    }

    @Override
    public SegmentWriter activate(long segment) {
        throw new UnsupportedOperationException("this store is read-only");
    }

    @Override
    public void delete(long segment) {}

    @Override
    public long freeBytes() {
        return 0;
    }

    @Override
    public void close() {}
}
