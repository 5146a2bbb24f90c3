package io.decant.ingest.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The segments that are mapped for reading. What is read of them stays in the process's memory until they are unmapped,
 * unless it is unloaded before. For any thread.
 */
final class MappedSegments {

    /** When so many bytes were read since pages were given back, it is time to do so again. */
    static final long READ_BYTES_SOON = 16L << 20;

    /** When so many were, nobody has had the time to do so, and who reads does. */
    static final long READ_BYTES_MAX = 96L << 20;

    private final AtomicLong read = new AtomicLong();
    private final Set<View> open = new HashSet<>();
    private volatile Runnable mapped = () -> {};
    private volatile Runnable muchRead = () -> {};

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

    /** See {@link SegmentStore#wasRead}. */
    void wasRead(long bytes) {
        long all = read.addAndGet(bytes);
        if (all >= READ_BYTES_MAX) {
            // One of those who read at the same time gives back for all.
            if (read.getAndSet(0) >= READ_BYTES_MAX) {
                unload(READ_BYTES_SOON);
            }
        } else if (all >= READ_BYTES_SOON && all - bytes < READ_BYTES_SOON) {
            muchRead.run();
        }
    }

    /** Has this called whenever much was read since pages were given back, on the thread that reads. */
    void whenMuchRead(Runnable told) {
        muchRead = told;
    }

    /** See {@link SegmentStore#unload}. */
    boolean unload(long bytesMin) {
        read.set(0);
        synchronized (open) {
            if (open.stream().mapToLong(view -> view.segment.bytes()).sum() <= bytesMin) {
                return false;
            }
            open.forEach(view -> view.segment.unload());
            return true;
        }
    }
}
