package io.decant.ingest.server;

import io.decant.ingest.journal.SegmentStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileSystemException;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Segments on a real disk whose syncs fail once it is broken, and that takes no further segment while it is full.
 * Whoever maps one the next time may be told that memory is out.
 */
final class BreakableStore implements SegmentStore {
    private final SegmentStore store;
    private final AtomicBoolean broken;
    private final AtomicBoolean full;
    private final AtomicBoolean outOfMemory;
    /** While it is set, no segment can be opened for reading. */
    final AtomicBoolean outOfDescriptors = new AtomicBoolean();

    BreakableStore(SegmentStore store, AtomicBoolean broken, AtomicBoolean full) {
        this(store, broken, full, new AtomicBoolean());
    }

    BreakableStore(SegmentStore store, AtomicBoolean broken, AtomicBoolean full, AtomicBoolean outOfMemory) {
        this.store = store;
        this.broken = broken;
        this.full = full;
        this.outOfMemory = outOfMemory;
    }

    @Override
    public SegmentWriter activate(long segment) throws IOException {
        SegmentWriter writer = store.activate(segment);
        return new SegmentWriter() {
            @Override
            public void force() throws IOException {
                if (broken.get()) {
                    throw new IOException("Input/output error");
                }
                writer.force();
            }

            @Override
            public long end() {
                return writer.end();
            }

            @Override
            public long room() {
                return writer.room();
            }

            @Override
            public long begin(int length) throws IOException {
                return writer.begin(length);
            }

            @Override
            public void write(ByteBuffer[] parts, int count, boolean readSoon) throws IOException {
                writer.write(parts, count, readSoon);
            }

            @Override
            public void close() {
                writer.close();
            }
        };
    }

    @Override
    public long segmentSize() {
        return store.segmentSize();
    }

    @Override
    public List<Long> existing() throws IOException {
        return store.existing();
    }

    @Override
    public String describe(long segment) {
        return store.describe(segment);
    }

    @Override
    public SegmentView view(long segment) throws IOException {
        if (outOfMemory.compareAndSet(true, false)) {
            throw new OutOfMemoryError("Map failed");
        }
        if (outOfDescriptors.get()) {
            throw new FileSystemException(describe(segment), null, "Too many open files");
        }
        return store.view(segment);
    }

    @Override
    public String truncate(long segment, long length) throws IOException {
        return store.truncate(segment, length);
    }

    @Override
    public void force(long segment, long from, long to) throws IOException {
        store.force(segment, from, to);
    }

    @Override
    public String setAside(long segment) throws IOException {
        return store.setAside(segment);
    }

    @Override
    public void remove(long segment) throws IOException {
        store.remove(segment);
    }

    @Override
    public boolean prepared() {
        return store.prepared();
    }

    @Override
    public void prepare() throws IOException {
        if (full.get()) {
            throw new IOException("No space left on device");
        }
        store.prepare();
    }

    @Override
    public void prepareShort(long bytes) throws IOException {
        store.prepareShort(bytes);
    }

    @Override
    public void delete(long segment) throws IOException {
        store.delete(segment);
    }

    @Override
    public long freeBytes() throws IOException {
        return store.freeBytes();
    }

    @Override
    public void close() {
        store.close();
    }
}
