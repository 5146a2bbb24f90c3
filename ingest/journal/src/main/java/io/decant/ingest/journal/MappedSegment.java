package io.decant.ingest.journal;

import io.decant.bucketer.Memory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** A segment file in memory, read-only. */
final class MappedSegment implements SegmentStore.SegmentView {

    private final ByteBuffer buffer;

    private MappedSegment(ByteBuffer buffer) {
        this.buffer = buffer;
    }

    static MappedSegment map(Path file, long bytesMax) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long length = Math.min(channel.size(), bytesMax);
            ByteBuffer mapped =
                    length == 0 ? ByteBuffer.allocateDirect(0) : channel.map(FileChannel.MapMode.READ_ONLY, 0, length);
            return new MappedSegment(mapped.order(ByteOrder.LITTLE_ENDIAN));
        }
    }

    @Override
    public ByteBuffer buffer() {
        return buffer;
    }

    @Override
    public long address() {
        return Memory.addressOf(buffer);
    }

    /** Bytes that are mapped. */
    long bytes() {
        return buffer.capacity();
    }

    /** Gives back the memory of pages that were read; they can be read again. Any thread, until it is closed. */
    void unload() {
        if (buffer instanceof MappedByteBuffer mapped) {
            Memory.unload(mapped);
        }
    }

    /** Unmaps now, not when a collector comes by: the file's blocks are free only then. */
    @Override
    public void close() {
        Memory.unmap(buffer);
    }
}
