package io.decant.spark.job;

import io.decant.bucketer.Memory;
import io.decant.config.FileCompression;
import io.decant.offload.layout.Content;
import io.decant.offload.layout.PartWriter;
import java.io.IOException;

/** A part of lines being written, from records in native memory or on the heap. Owned by one thread. */
final class LinesPart implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 * 1024;

    private final AttemptFiles.AttemptFile file;
    private final PartWriter part;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private int buffered;
    private long lineEnds;

    LinesPart(AttemptFiles files, FileCompression compression) throws IOException {
        this.file = files.create();
        this.part = new PartWriter(file, compression);
    }

    /** The file's path within the job's output. */
    String name() {
        return file.name();
    }

    /**
     * Appends a line.
     *
     * @param prefix what stands before the record
     */
    void line(byte[] prefix, long address, int length) throws IOException {
        put(prefix, 0, prefix.length);
        for (int copied = 0; copied < length; ) {
            int piece = room(length - copied);
            Memory.copyToArray(address + copied, buffer, buffered, piece);
            buffered += piece;
            copied += piece;
        }
        end();
    }

    /** The same of a record on the heap. */
    void line(byte[] prefix, byte[] record, int offset, int length) throws IOException {
        put(prefix, 0, prefix.length);
        put(record, offset, length);
        end();
    }

    private void put(byte[] from, int offset, int length) throws IOException {
        for (int copied = 0; copied < length; ) {
            int piece = room(length - copied);
            System.arraycopy(from, offset + copied, buffer, buffered, piece);
            buffered += piece;
            copied += piece;
        }
    }

    private void end() throws IOException {
        room(1);
        buffer[buffered++] = '\n';
        lineEnds++;
    }

    /** At least 1 byte and at most {@code wanted}. */
    private int room(int wanted) throws IOException {
        if (buffered == buffer.length) {
            flush();
        }
        return Math.min(wanted, buffer.length - buffered);
    }

    private void flush() throws IOException {
        part.write(buffer, 0, buffered, lineEnds);
        buffered = 0;
        lineEnds = 0;
    }

    /** Makes the part durable, and closes it. */
    Content finish() throws IOException {
        flush();
        return part.finish();
    }

    @Override
    public void close() throws IOException {
        part.close();
    }
}
