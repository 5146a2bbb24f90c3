package io.decant.offload.layout;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import io.decant.config.FileCompression;
import io.decant.offload.files.SafeClose;
import io.decant.offload.files.SyncedOutput;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.CRC32C;
import java.util.zip.GZIPOutputStream;

/**
 * Writes one part: a file of whole lines. It is durable once {@link #finish} has returned; closed before that, it is
 * nothing that may be kept. For one thread.
 */
public final class PartWriter implements AutoCloseable {

    private static final int BUFFER_BYTES = 64 << 10;

    private final SyncedOutput file;
    private final OutputStream lines;
    private final CRC32C crc = new CRC32C();
    private long records;
    private long bytes;
    private boolean finished;

    /**
     * Begins the part.
     *
     * @param file empty; taken over, also where this throws
     */
    public PartWriter(SyncedOutput file, FileCompression compression) throws IOException {
        this.file = file;
        try {
            this.lines = compressed(new Unclosed(file), compression);
        } catch (Throwable e) {
            SafeClose.afterFailure(file::close, e);
            throw e;
        }
    }

    /**
     * The same bytes, in whatever pieces, become the same bytes: no time and no name stands in a header. Closing it
     * ends the format, and frees what it holds outside the heap.
     */
    private static OutputStream compressed(OutputStream out, FileCompression compression) throws IOException {
        return switch (compression) {
            case NONE -> out;
            case GZIP -> new GZIPOutputStream(out, BUFFER_BYTES);
            case ZSTD -> new ZstdOutputStreamNoFinalizer(out);
        };
    }

    /** Passes on everything but the close, which is left to the owner of the file: the sync comes before it. */
    private static final class Unclosed extends FilterOutputStream {

        Unclosed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            out.write(from, offset, length);
        }

        @Override
        public void close() throws IOException {
            flush();
        }
    }

    /**
     * Appends bytes. They may end in the middle of a line, which then continues in the next ones.
     *
     * @param lineEnds how many lines end in them
     */
    public void write(byte[] from, int offset, int length, long lineEnds) throws IOException {
        lines.write(from, offset, length);
        crc.update(from, offset, length);
        bytes += length;
        records += lineEnds;
    }

    /** Bytes so far, before compression. */
    public long bytes() {
        return bytes;
    }

    /** Makes the part durable, and closes it. */
    public Content finish() throws IOException {
        lines.close();
        file.sync();
        file.close();
        finished = true;
        return new Content(records, bytes, 1, (int) crc.getValue());
    }

    /** Lets go of the file, finished or not. Again: nothing. */
    @Override
    public void close() throws IOException {
        if (!finished) {
            finished = true;
            SafeClose.afterTask(file::close, lines::close);
        }
    }
}
