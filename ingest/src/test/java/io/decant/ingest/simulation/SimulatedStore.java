package io.decant.ingest.simulation;

import io.decant.bucketer.Memory;
import io.decant.ingest.journal.SegmentStore;
import io.decant.ingest.simulation.SimulatedDisk.SegmentFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;

/** One server's view of the {@link SimulatedDisk}. */
final class SimulatedStore implements SegmentStore {

    private final SimulatedDisk disk;
    /** Bytes of the prepared segment; 0 where there is none. */
    private int prepared;

    SimulatedStore(SimulatedDisk disk) {
        this.disk = disk;
    }

    @Override
    public long segmentSize() {
        return SimulatedDisk.SEGMENT_BYTES;
    }

    @Override
    public List<Long> existing() {
        return List.copyOf(disk.files.keySet());
    }

    @Override
    public String describe(long segment) {
        return "simulated segment " + segment;
    }

    @Override
    public SegmentView view(long segment) throws IOException {
        ByteBuffer bytes = file(segment).bytes;
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

    private SegmentFile file(long segment) throws IOException {
        SegmentFile file = disk.files.get(segment);
        if (file == null) {
            throw new IOException("no segment " + segment);
        }
        return file;
    }

    @Override
    public String truncate(long segment, long length) throws IOException {
        disk.operation();
        SegmentFile file = file(segment);
        boolean rest = false;
        for (int i = (int) length; i < file.bytes.capacity(); i++) {
            rest |= file.bytes.get(i) != 0;
        }
        disk.truncate(file, (int) length);
        return rest ? "salvage/" + disk.salvaged++ : "";
    }

    @Override
    public void force(long segment, long from, long to) throws IOException {
        disk.writeAgain(file(segment), from, to);
        disk.force(file(segment));
    }

    @Override
    public String setAside(long segment) {
        disk.operation();
        disk.files.remove(segment);
        return "salvage/" + disk.salvaged++;
    }

    @Override
    public void remove(long segment) {
        disk.operation();
        disk.files.remove(segment);
    }

    @Override
    public boolean prepared() {
        return prepared > 0;
    }

    @Override
    public void prepare() throws IOException {
        disk.operation();
        if (disk.full) {
            throw new IOException("No space left on device");
        }
        prepared = SimulatedDisk.SEGMENT_BYTES;
    }

    @Override
    public void prepareShort(long bytes) throws IOException {
        disk.operation();
        if (disk.crammed) {
            throw new IOException("No space left on device");
        }
        prepared = Math.toIntExact(bytes + Integer.BYTES);
    }

    @Override
    public SegmentWriter activate(long segment) throws IOException {
        disk.operation();
        if (prepared == 0) {
            throw new IOException("no segment is prepared");
        }
        SegmentFile file = new SegmentFile(prepared);
        prepared = 0;
        disk.files.put(segment, file);
        disk.segments++;
        return new Writer(file);
    }

    @Override
    public void delete(long segment) {
        disk.operation();
        disk.delete(segment);
    }

    @Override
    public long freeBytes() {
        return disk.full ? 0 : Long.MAX_VALUE;
    }

    @Override
    public void close() {}

    private final class Writer implements SegmentWriter {

        private final SegmentFile file;
        private int length;

        Writer(SegmentFile file) {
            this.file = file;
        }

        @Override
        public long end() {
            return file.end;
        }

        @Override
        public long room() {
            return (long) file.capacity - file.end - Integer.BYTES;
        }

        @Override
        public long begin(int bytes) throws IOException {
            disk.operation();
            if (bytes > room()) {
                throw new IOException("a document of " + bytes + " bytes in a room of " + room());
            }
            length = bytes;
            disk.beginDocument(file, bytes);
            return file.end;
        }

        @Override
        public void write(ByteBuffer[] parts, int count, boolean readSoon) {
            disk.operation();
            disk.endDocument(file, parts, count, length);
        }

        @Override
        public void force() throws IOException {
            disk.force(file);
        }

        @Override
        public void close() {}
    }
}
