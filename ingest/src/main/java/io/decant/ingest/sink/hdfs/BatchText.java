package io.decant.ingest.sink.hdfs;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.journal.SinkShape;
import io.decant.ingest.sink.body.CountedBatch;
import io.decant.ingest.sink.body.PartBody;
import io.decant.ingest.sink.body.PartBody.Extent;
import io.decant.offload.layout.BucketSizes;
import io.decant.offload.layout.PartWriter;
import io.decant.offload.layout.TailLine;
import java.io.IOException;

/**
 * The lines of a batch, a chunk of whole lines at a time, copied out of it: a write may block for minutes, and the
 * batch can be removed meanwhile.
 *
 * <p>Owned by the thread that writes, except for {@link #withdraw}.
 */
final class BatchText implements AutoCloseable {

    /** Of a chunk, unless one line alone is longer. */
    static final int CHUNK_BYTES = 256 << 10;

    /** Handled for a chunk: the batch cannot be removed meanwhile. */
    private static final int CHUNK_RECORDS = 1 << 16;

    private final OpenBatch batch;
    private final String format;
    /** Null where records are written as they are, and until {@link #prepare}. */
    private CountedBatch counted;
    /** Null until all is counted, as are the buckets. */
    private PartBody body;

    private Buckets written;
    private final byte[] copy = new byte[64 << 10];
    private long address;
    private long capacity;
    private long bytes;
    private long lines;
    private long uncarried;
    private int bucket;
    private long ordinal;
    private long carriedOfBucket;
    private BucketSizes.Runs sizes;
    private long pieces;
    /** The same for other threads. */
    private volatile long moved;
    /** Guarded by this. */
    private boolean withdrawn;

    BatchText(OpenBatch batch, SinkShape shape) {
        this.batch = batch;
        this.format = shape.format();
        if (!CountedBatch.isOf(shape)) {
            write(batch);
        }
    }

    private void write(OpenBatch of) {
        body = PartBody.of(format, of);
        written = of.buckets();
    }

    /** Counts, where that is what is written; before, nothing but {@link #mayHave} may be asked. */
    void prepare() {
        while (!isPrepared()) {
            pieces++;
            moved = pieces;
        }
    }

    private synchronized boolean isPrepared() {
        requireBatch();
        if (written == null && counted == null) {
            counted = new CountedBatch(batch);
        }
        if (written == null && counted.count(CHUNK_RECORDS)) {
            write(counted.lines());
        }
        return written != null;
    }

    /** When this returns, the batch is not read any more, and never will be. Any thread. */
    synchronized void withdraw() {
        withdrawn = true;
    }

    private Buckets buckets() {
        requireBatch();
        return written;
    }

    private void requireBatch() {
        if (withdrawn) {
            throw new WithdrawnException(batch.cut().batch());
        }
    }

    /** How many buckets the batch has. */
    synchronized int count() {
        return buckets().buckets();
    }

    /**
     * Whether the batch as it is written may have so many records, carried or not. Of counts that are not counted yet,
     * no fewer than the first bucket has: that one has each key, but for those that share a hash with another.
     */
    synchronized boolean mayHave(long records) {
        requireBatch();
        if (written != null) {
            return records == written.records();
        }
        Buckets counting = batch.buckets();
        return records >= (counting.buckets() == 0 ? 0 : counting.records(0));
    }

    /** Turns to a bucket, from its first record. */
    void turnTo(int next) {
        bucket = next;
        ordinal = 0;
        carriedOfBucket = 0;
    }

    /**
     * Has the next lines of the bucket; they may be none, where nothing can be carried. Whether there was a record
     * left.
     */
    synchronized boolean nextOfBucket() {
        long records = buckets().records(bucket);
        bytes = 0;
        lines = 0;
        if (ordinal == records) {
            return false;
        }
        Extent extent = body.extent(bucket, ordinal, records, CHUNK_RECORDS, CHUNK_BYTES);
        reserve(extent.bodyBytes());
        if (extent.carried() > 0) {
            bytes = body.write(bucket, ordinal, extent, address);
            lines = extent.carried();
        }
        uncarried += extent.end() - ordinal - extent.carried();
        ordinal = extent.end();
        return true;
    }

    /** Turns to the tail, which begins with a bucket. */
    void turnToTail(int first) {
        turnTo(first);
        sizes = new BucketSizes.Runs();
    }

    /** Has the next lines of the tail, of one bucket or more. Whether there was a record left. */
    synchronized boolean nextOfTail() {
        Buckets buckets = buckets();
        bytes = 0;
        lines = 0;
        int looked = 0;
        byte[] prefix = TailLine.prefix(bucket);
        while (bucket < buckets.buckets()) {
            if (ordinal == buckets.records(bucket)) {
                sizes.add(carriedOfBucket);
                turnTo(bucket + 1);
                prefix = TailLine.prefix(bucket);
                continue;
            }
            Extent extent = body.extent(bucket, ordinal, ordinal + 1);
            long length = prefix.length + extent.bodyBytes();
            if (looked == CHUNK_RECORDS || (bytes > 0 && bytes + length > CHUNK_BYTES)) {
                return true;
            }
            looked++;
            if (extent.carried() > 0) {
                reserve(bytes + length);
                Memory.copyFromArray(prefix, 0, prefix.length, address + bytes);
                body.write(bucket, ordinal, extent, address + bytes + prefix.length);
                bytes += length;
                lines++;
                carriedOfBucket++;
            } else {
                uncarried++;
            }
            ordinal++;
        }
        return looked > 0;
    }

    /** The sizes of the tail's buckets, once {@link #nextOfTail} has come to the end. */
    BucketSizes.Runs tailSizes() {
        return sizes;
    }

    /** Bytes of the lines that {@code next...} has. */
    long bytes() {
        return bytes;
    }

    /** How many pieces have been written, of whatever size. Any thread. */
    long moved() {
        return moved;
    }

    /** Records passed over so far because the format cannot carry them. */
    long uncarried() {
        return uncarried;
    }

    /** Writes the lines that {@code next...} has. */
    void writeTo(PartWriter part) throws IOException {
        for (long written = 0; written < bytes; ) {
            int length = (int) Math.min(copy.length, bytes - written);
            Memory.copyToArray(address + written, copy, 0, length);
            written += length;
            part.write(copy, 0, length, written == bytes ? lines : 0);
            pieces++;
            moved = pieces;
        }
    }

    /** Grows what holds a chunk, keeping the bytes that are in it. */
    private void reserve(long needed) {
        if (needed <= capacity) {
            return;
        }
        long larger = Math.max(needed, CHUNK_BYTES);
        address = capacity == 0 ? Memory.allocate(larger) : Memory.reallocate(address, capacity, larger);
        capacity = larger;
    }

    /** Frees what it holds. Again: nothing. */
    @Override
    public void close() {
        if (counted != null) {
            counted.close();
        }
        if (capacity > 0) {
            Memory.free(address, capacity);
            capacity = 0;
        }
    }

    /** The batch was removed while it was being written: it is no longer waited for. */
    private static final class WithdrawnException extends RuntimeException {

        private static final long serialVersionUID = 1;

        WithdrawnException(long batch) {
            super("batch " + batch + " was removed");
        }
    }
}
