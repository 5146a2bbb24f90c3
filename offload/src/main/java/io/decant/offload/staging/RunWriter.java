package io.decant.offload.staging;

import io.decant.bucketer.Memory;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Writes a run and its index, or a run without one. Records come by bucket, then arrival.
 *
 * <p>Owned by one thread. The streams are the caller's, who syncs and closes them.
 */
public final class RunWriter {

    private static final int BUFFER_BYTES = 256 * 1024;
    private static final int NO_BUCKET = -1;

    private final OutputStream run;
    private final OutputStream index;
    private final byte[] bytes = new byte[BUFFER_BYTES];
    private final ByteBuffer buffer = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    private final ByteBuffer indexBuffer = ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private long offset;
    private long records;
    private int bucket = NO_BUCKET;
    private long bucketOffset;
    private int bucketRecords;

    /**
     * Begins a run.
     *
     * @param index a stream to nowhere for a run without an index
     * @param streams those that records will be said to have come in
     */
    public RunWriter(OutputStream run, OutputStream index, List<RunHeader.Stream> streams) throws IOException {
        this.run = run;
        this.index = index;
        byte[] header = RunHeader.encode(streams).array();
        run.write(header);
        offset = header.length;
    }

    /** Appends a record that is the only one of its record. */
    public void add(
            int toBucket, int stream, long position, long arrivalMillis, long address, int length, boolean framed)
            throws IOException {
        add(toBucket, stream, position, -1, arrivalMillis, address, length, framed);
    }

    /**
     * Appends a record.
     *
     * @param toBucket its bucket, the same as the last one's or higher; 0 for all in a run of records without a bucket
     * @param stream which of the header's streams it came in
     * @param index which it is of several that transforms made of one, from 0; -1: the only one
     * @param address where the line, or the frame, lies in native memory
     * @param length its bytes, a newline not included
     */
    public void add(
            int toBucket,
            int stream,
            long position,
            int index,
            long arrivalMillis,
            long address,
            int length,
            boolean framed)
            throws IOException {
        if (toBucket != bucket) {
            endBucket();
            bucket = toBucket;
            bucketOffset = offset;
        }
        if (buffer.remaining() < RunEntry.HEADER_BYTES) {
            flush();
        }
        RunEntry.put(buffer, length, framed, stream, position, index, arrivalMillis);
        copy(address, length);
        offset += RunEntry.HEADER_BYTES + (long) length;
        bucketRecords++;
        records++;
    }

    private void copy(long address, int length) throws IOException {
        for (int copied = 0; copied < length; ) {
            if (!buffer.hasRemaining()) {
                flush();
            }
            int piece = Math.min(length - copied, buffer.remaining());
            Memory.copyToArray(address + copied, bytes, buffer.position(), piece);
            buffer.position(buffer.position() + piece);
            copied += piece;
        }
    }

    private void endBucket() throws IOException {
        if (bucket != NO_BUCKET) {
            putIndex(new RunIndexEntry(bucket, bucketRecords, bucketOffset));
            bucketRecords = 0;
        }
    }

    private void putIndex(RunIndexEntry entry) throws IOException {
        if (indexBuffer.remaining() < RunIndexEntry.BYTES) {
            flushIndex();
        }
        entry.put(indexBuffer);
    }

    private void flush() throws IOException {
        run.write(bytes, 0, buffer.position());
        buffer.clear();
    }

    private void flushIndex() throws IOException {
        index.write(indexBuffer.array(), 0, indexBuffer.position());
        indexBuffer.clear();
    }

    /**
     * Hands the rest to the streams, and ends the index.
     *
     * @param name of the run within the job's output
     */
    public RunFile finish(String name) throws IOException {
        endBucket();
        putIndex(new RunIndexEntry(RunIndexEntry.END, 0, offset));
        flush();
        flushIndex();
        return new RunFile(name, offset, records);
    }
}
