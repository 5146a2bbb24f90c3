package io.decant.spark.job;

import io.decant.bucketer.Frame;
import io.decant.offload.staging.RunEntry;
import io.decant.offload.staging.RunIndexEntry;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** Goes through a run from some bucket on, slice by slice. Owned by one thread. */
final class RunCursor implements AutoCloseable {

    private static final int RECORD_BYTES_MIN = 1024;

    private final int number;
    private final FSDataInputStream indexFile;
    private final FSDataInputStream runFile;
    private DataInputStream index;
    private DataInputStream run;
    private RunIndexEntry slice;
    private final byte[] header = new byte[RunEntry.HEADER_BYTES];
    private final byte[] entry = new byte[RunIndexEntry.BYTES];
    private byte[] record = new byte[RECORD_BYTES_MIN];

    /**
     * Opens a run at its first slice of {@code bucket} or a later one.
     *
     * @param number of the run
     * @param bufferBytes for reading
     */
    RunCursor(int number, FileSystem filesystem, Path runPath, Path indexPath, int bucket, int bufferBytes)
            throws IOException {
        this.number = number;
        this.indexFile = filesystem.open(indexPath);
        try {
            this.runFile = filesystem.open(runPath);
        } catch (Throwable e) {
            indexFile.close();
            throw e;
        }
        try {
            seek(filesystem.getFileStatus(indexPath).getLen() / RunIndexEntry.BYTES, bucket, bufferBytes);
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    private void seek(long entries, int bucket, int bufferBytes) throws IOException {
        long low = 0;
        long high = entries - 1;
        while (low < high) {
            long middle = (low + high) >>> 1;
            if (entryAt(middle).bucket() < bucket) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        indexFile.seek(low * RunIndexEntry.BYTES);
        index = new DataInputStream(new BufferedInputStream(indexFile, bufferBytes));
        next();
        runFile.seek(slice.offset());
        run = new DataInputStream(new BufferedInputStream(runFile, bufferBytes));
    }

    private RunIndexEntry entryAt(long at) throws IOException {
        indexFile.readFully(at * RunIndexEntry.BYTES, entry);
        return entry();
    }

    private RunIndexEntry entry() {
        return RunIndexEntry.get(ByteBuffer.wrap(entry).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Which run it is. */
    int number() {
        return number;
    }

    /** The bucket of the slice where it stands; {@link RunIndexEntry#END} behind the last. */
    int bucket() {
        return slice.bucket();
    }

    /** Writes the records of the slice where it stands as lines, and continues with the next one. */
    void writeTo(LinesPart lines, byte[] prefix) throws IOException {
        for (int i = 0; i < slice.records(); i++) {
            int length = readEntry();
            int value = valueLength(length);
            lines.line(prefix, record, length - value, value);
        }
        next();
    }

    /** How many records the slice has where it stands. */
    int records() {
        return slice.records();
    }

    /**
     * Reads the next record of the slice where it stands: the line, or the value in a frame, which is empty for a
     * tombstone. After the last one of the slice, {@link #next} must follow.
     */
    byte[] readRecord() throws IOException {
        int length = readEntry();
        return Arrays.copyOfRange(record, length - valueLength(length), length);
    }

    private int readEntry() throws IOException {
        run.readFully(header);
        int length = RunEntry.recordLength(header);
        if (record.length < length) {
            record = new byte[Math.max(length, record.length * 2)];
        }
        run.readFully(record, 0, length);
        return length;
    }

    private int valueLength(int length) {
        return RunEntry.framed(header) ? Frame.valueLength(record) : length;
    }

    /** Goes on to the next slice. */
    void next() throws IOException {
        index.readFully(entry);
        slice = entry();
    }

    @Override
    public void close() throws IOException {
        try (indexFile) {
            runFile.close();
        }
    }
}
