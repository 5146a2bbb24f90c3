package io.decant.spark.job;

import io.decant.bucketer.Chunks;
import io.decant.bucketer.Lines;
import io.decant.bucketer.Memory;
import io.decant.offload.staging.RunHeader;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.fs.FSDataInputStream;

/** Lines of a file in native memory: a single chunk, or none where no line begins in the piece. */
final class LoadedLines implements LoadedSegment {

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final byte NEWLINE = '\n';

    private final Chunks chunks = new Chunks();
    private final String file;
    private long address;
    private long capacity;
    private long length;
    private long record;

    private LoadedLines(String file, long bytes) {
        this.file = file;
        this.address = Memory.allocate(bytes);
        this.capacity = bytes;
    }

    /**
     * Reads the lines that begin in {@code [start, end)}, the last one to its end. What stands behind the last newline
     * of the file is a line, too.
     */
    static LoadedLines read(FSDataInputStream in, String file, long start, long end) throws IOException {
        LoadedLines lines = new LoadedLines(file, end - start + BUFFER_BYTES);
        try {
            // A line begins at start if the byte before it is a newline.
            long from = Math.max(0, start - 1);
            in.seek(from);
            lines.fill(in, end - from);
            lines.trim(start > 0, end - from);
            return lines;
        } catch (Throwable e) {
            lines.close();
            throw e;
        }
    }

    /** Reads {@code wanted} bytes, and on to the end of the line that the last of them is in. */
    private void fill(FSDataInputStream in, long wanted) throws IOException {
        byte[] buffer = new byte[BUFFER_BYTES];
        int read = 0;
        while (read >= 0 && (length < wanted || endOfLine(wanted) == Lines.NONE)) {
            long left = length < wanted ? wanted - length : BUFFER_BYTES;
            read = in.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (read > 0) {
                append(buffer, read);
            }
        }
        if (length < wanted) {
            throw new IOException(file + ": became shorter while it was read");
        }
        if (length > 0 && Memory.getByte(address + length - 1) != NEWLINE && read < 0) {
            append(new byte[] {NEWLINE}, 1);
        }
    }

    /** The newline that ends the line in which byte {@code wanted - 1} is. */
    private long endOfLine(long wanted) {
        return Lines.nextNewline(address + wanted - 1, address + length);
    }

    private void append(byte[] from, int bytes) {
        if (length + bytes > capacity) {
            long grown = capacity + Math.max(capacity / 2, bytes);
            address = Memory.reallocate(address, capacity, grown);
            capacity = grown;
        }
        Memory.copyFromArray(from, 0, bytes, address + length);
        length += bytes;
    }

    /** Leaves out what belongs to the line before, and what was read too much. */
    private void trim(boolean skipFirst, long wanted) throws IOException {
        long first = skipFirst ? Lines.nextNewline(address, address + length) + 1 : address;
        long last = length == 0 ? Lines.NONE : endOfLine(Math.min(wanted, length));
        if (first == Lines.NONE + 1 || last == Lines.NONE || last < first) {
            return;
        }
        long bytes = last + 1 - first;
        if (bytes > Integer.MAX_VALUE) {
            throw new IOException(file + ": a line is longer than 1 GiB");
        }
        chunks.add(first, (int) bytes, Math.toIntExact(Lines.count(first, bytes)), 0);
    }

    @Override
    public Chunks chunks() {
        return chunks;
    }

    @Override
    public List<RunHeader.Stream> streams() {
        return List.of(new RunHeader.Stream("", file));
    }

    @Override
    public void turnTo(long arrival) {
        record = arrival;
    }

    @Override
    public int stream() {
        return 0;
    }

    @Override
    public long position() {
        return record;
    }

    @Override
    public long arrivalMillis() {
        return 0;
    }

    @Override
    public void close() {
        chunks.close();
        if (address != 0) {
            Memory.free(address, capacity);
            address = 0;
        }
    }
}
