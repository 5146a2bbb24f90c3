package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;

/**
 * The segments that are mapped for reading. What is read of them stays in the process's memory until they are unmapped,
 * unless it is unloaded before. For any thread.
 */
final class MappedSegments {

    private final Set<View> open = new HashSet<>();
    private volatile Runnable mapped = () -> {};

    /** A segment that is mapped. Unloaded and closed under one lock: its addresses may be another file's afterwards. */
    private final class View implements SegmentStore.SegmentView {

        private final MappedSegment segment;

        View(MappedSegment segment) {
            this.segment = segment;
        }

        @Override
        public ByteBuffer buffer() {
            return segment.buffer();
        }

        @Override
        public long address() {
            return segment.address();
        }

        @Override
        public void close() {
            synchronized (open) {
                open.remove(this);
                segment.close();
            }
        }
    }

    /** Maps a file. */
    SegmentStore.SegmentView map(Path file, long bytesMax) throws IOException {
        View view = new View(MappedSegment.map(file, bytesMax));
        synchronized (open) {
            open.add(view);
        }
        mapped.run();
        return view;
    }

    /** Has this called whenever a segment is mapped, on the thread that maps it. */
    void whenMapped(Runnable told) {
        mapped = told;
    }

    /** See {@link SegmentStore#unload}. */
    boolean unload(long bytesMin) {
        synchronized (open) {
            if (open.stream().mapToLong(view -> view.segment.bytes()).sum() <= bytesMin) {
                return false;
            }
            open.forEach(view -> view.segment.unload());
            return true;
        }
    }
}
