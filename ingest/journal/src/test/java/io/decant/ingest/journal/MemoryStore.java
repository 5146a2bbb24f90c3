package io.decant.ingest.journal;

import io.decant.bucketer.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Segments in memory, quick to copy and to damage. */
class MemoryStore implements SegmentStore {

    static final int SEGMENT_BYTES = 4 << 10;

    final TreeMap<Long, ByteBuffer> segments = new TreeMap<>();
    /** Numbers of those that were deleted, in order. */
    final List<Long> deleted = new ArrayList<>();
    /** Numbers of those that somebody looked into. */
    final Set<Long> viewed = new TreeSet<>();

    /** What readers have told of. */
    long bytesRead;

    long freeBytes = Long.MAX_VALUE;
    /** What a deletion adds to it. */
    long freedBytes;

    boolean isPrepared = true;
    /** So many more before a segment can be prepared. */
    int deletionsUntilPrepared;
    /** Why a segment cannot be prepared. */
    IOException prepareFailure = new IOException("No space left on device");

    MemoryStore() {}

    MemoryStore(Map<Long, ByteBuffer> segments) {
        segments.forEach((number, bytes) -> this.segments.put(number, copy(bytes, bytes.capacity())));
    }

    static ByteBuffer copy(ByteBuffer bytes, int length) {
        ByteBuffer copy = ByteBuffer.allocateDirect(length).order(ByteOrder.LITTLE_ENDIAN);
        return copy.put(bytes.slice(0, Math.min(length, bytes.capacity()))).clear();
    }

    JournalImage image(int journalId) {
        List<JournalImage.Found> found = new ArrayList<>();
        segments.forEach((number, bytes) -> found.add(
                new JournalImage.Found(Path.of("journal/run-00000001", SegmentNames.fileName(number)), number, bytes)));
        return JournalImage.of(journalId, Path.of("journal/id"), "", found, List.of());
    }

    private static Path file(long segment) {
        return Path.of("journal/run-00000001", SegmentNames.fileName(segment));
    }

    @Override
    public void wasRead(long bytes) {
        bytesRead += bytes;
    }

    @Override
    public long segmentSize() {
        return SEGMENT_BYTES;
    }

    @Override
    public List<Long> existing() {
        return List.copyOf(segments.keySet());
    }

    @Override
    public String describe(long segment) {
        return segments.containsKey(segment)
                ? file(segment).toString()
                : "segment " + segment + " (" + SegmentNames.fileName(segment) + ")";
    }

    @Override
    public SegmentView view(long segment) throws IOException {
        ByteBuffer bytes = segments.get(segment);
        viewed.add(segment);
        return new SegmentView() {
            @Override
            public ByteBuffer buffer() {
                return bytes;
            }

            @Override
            public long address() {
                return Memory.addressOf(bytes);
            }

            @Override
            public void close() {}
        };
    }

    @Override
    public String truncate(long segment, long length) {
        segments.put(segment, copy(segments.get(segment), Math.toIntExact(length)));
        return "salvage";
    }

    @Override
    public void force(long segment, long from, long to) {}

    @Override
    public String setAside(long segment) {
        segments.remove(segment);
        return "salvage";
    }

    @Override
    public void remove(long segment) {
        segments.remove(segment);
    }

    @Override
    public boolean prepared() {
        return isPrepared;
    }

    @Override
    public void prepare() throws IOException {
        if (deletionsUntilPrepared > 0) {
            throw prepareFailure;
        }
        isPrepared = true;
    }

    @Override
    public void prepareShort(long bytes) {}

    @Override
    public SegmentWriter activate(long segment) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(SEGMENT_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        segments.put(segment, bytes);
        return new Writer(bytes);
    }

    @Override
    public void delete(long segment) {
        segments.remove(segment);
        deleted.add(segment);
        freeBytes += freedBytes;
        deletionsUntilPrepared--;
    }

    @Override
    public long freeBytes() {
        return freeBytes;
    }

    @Override
    public void close() {}

    private static final class Writer implements SegmentWriter {
        private final ByteBuffer bytes;
        private int end;
        private int length;

        Writer(ByteBuffer bytes) {
            this.bytes = bytes;
        }

        @Override
        public long end() {
            return end;
        }

        @Override
        public long room() {
            return SEGMENT_BYTES - (long) end - Integer.BYTES;
        }

        @Override
        public long begin(int documentLength) throws IOException {
            if (documentLength > room()) {
                throw new IOException("no room for " + documentLength);
            }
            length = documentLength;
            return end;
        }

        @Override
        public void write(ByteBuffer[] parts, int count, boolean readSoon) {
            bytes.putInt(end, length);
            int at = end + Integer.BYTES;
            for (int i = 0; i < count; i++) {
                bytes.slice(at, parts[i].remaining()).put(parts[i].duplicate());
                at += parts[i].remaining();
            }
            end = Math.toIntExact(EntryScanner.after(end, length));
        }

        @Override
        public void force() {}

        @Override
        public void close() {}
    }
}
