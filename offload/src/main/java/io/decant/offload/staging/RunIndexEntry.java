package io.decant.offload.staging;

import java.nio.ByteBuffer;

/**
 * Where a run holds its slice of a bucket.
 *
 * @param bucket from 0; {@link #END} in the last entry
 * @param records of this bucket in this run
 * @param offset of the first of them in the run
 */
public record RunIndexEntry(int bucket, int records, long offset) {

    /** Bytes of an entry: entry i of an index begins at i times as many. */
    public static final int BYTES = 16;
    /** The bucket of the entry that ends an index. */
    public static final int END = Integer.MAX_VALUE;

    /** Reads the entry at the position of a little-endian buffer. */
    public static RunIndexEntry get(ByteBuffer from) {
        return new RunIndexEntry(from.getInt(), from.getInt(), from.getLong());
    }

    void put(ByteBuffer to) {
        to.putInt(bucket).putInt(records).putLong(offset);
    }
}
