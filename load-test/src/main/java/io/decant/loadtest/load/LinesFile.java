package io.decant.loadtest.load;

import io.decant.bucketer.Chunks;
import io.decant.bucketer.KeyHasher;
import io.decant.bucketer.Memory;
import io.decant.harness.Fingerprint;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of records, each a line, mapped: the same bytes in the same memory for all who count them, in this process or
 * another. Owned by one thread.
 */
public final class LinesFile implements AutoCloseable {

    /** Of a map. Whole lines, where the file was made here. */
    private static final long MAP_BYTES_MAX = 1 << 30;
    /** Of a chunk, as the journal has blocks. */
    private static final int CHUNK_BYTES = 1 << 20;

    private static final int PAGE_BYTES = 4 << 10;

    private final List<ByteBuffer> maps;

    private LinesFile(List<ByteBuffer> maps) {
        this.maps = maps;
    }

    /** Writes {@code records} of a shape. */
    public static LinesFile create(Path file, RecordShape shape, long records, long seed) throws IOException {
        int line = shape.lineBytes();
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            LinesFile lines = new LinesFile(map(channel, MapMode.READ_WRITE, records * line, line));
            RecordSequence sequence = new RecordSequence(shape, records, seed);
            for (ByteBuffer map : lines.maps) {
                long end = Memory.addressOf(map) + map.capacity();
                for (long at = Memory.addressOf(map); at < end; at += line) {
                    sequence.next(at);
                }
            }
            return lines;
        }
    }

    /** Maps a file of lines of one length. */
    public static LinesFile open(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer head = channel.map(MapMode.READ_ONLY, 0, Math.min(channel.size(), MAP_BYTES_MAX));
            int line = 1;
            while (head.get(line - 1) != '\n') {
                line++;
            }
            Memory.unmap(head);
            return new LinesFile(map(channel, MapMode.READ_ONLY, channel.size(), line));
        }
    }

    private static List<ByteBuffer> map(FileChannel channel, MapMode mode, long bytes, int line) throws IOException {
        long each = MAP_BYTES_MAX / line * line;
        List<ByteBuffer> maps = new ArrayList<>();
        for (long at = 0; at < bytes; at += each) {
            maps.add(channel.map(mode, at, Math.min(each, bytes - at)));
        }
        return List.copyOf(maps);
    }

    public List<ByteBuffer> maps() {
        return maps;
    }

    /** Reads a byte of each page, so that none is missing when it counts. */
    public long touch() {
        long sum = 0;
        for (ByteBuffer map : maps) {
            for (int at = 0; at < map.capacity(); at += PAGE_BYTES) {
                sum += map.get(at);
            }
        }
        return sum;
    }

    /** The records as a batch; to be closed before this. */
    public Chunks chunks(RecordShape shape) {
        int line = shape.lineBytes();
        int each = Math.max(1, CHUNK_BYTES / line) * line;
        Chunks chunks = new Chunks();
        for (ByteBuffer map : maps) {
            for (int at = 0; at < map.capacity(); at += each) {
                int length = Math.min(each, map.capacity() - at);
                chunks.add(Memory.addressOf(map) + at, length, length / line, at);
            }
        }
        return chunks;
    }

    /** What all records are together. */
    public Fingerprint fingerprint(RecordShape shape, KeyHasher hasher) {
        long records = 0;
        long sum = 0;
        for (ByteBuffer map : maps) {
            for (int at = 0; at < map.capacity(); at += shape.lineBytes()) {
                sum += hasher.hash(Memory.addressOf(map) + at, shape.bytes());
                records++;
            }
        }
        return new Fingerprint(records, records * shape.bytes(), sum);
    }

    @Override
    public void close() {
        maps.forEach(Memory::unmap);
    }
}
