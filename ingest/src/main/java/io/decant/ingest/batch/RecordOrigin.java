package io.decant.ingest.batch;

import io.decant.bucketer.Buckets;
import io.decant.bucketer.Chunks;
import io.decant.ingest.journal.BlockView;
import java.util.function.LongUnaryOperator;

/**
 * Where the records of a batch came from, one record at a time. Turning to a record in the same block as the one before costs
 * next to nothing; to one in another block, a bisection of the batch's blocks. Nothing is allocated.
 *
 * <p>Owned by one thread; {@link OpenBatch#newOrigin()} makes one. Not to be used once the batch is closed.
 */
public final class RecordOrigin {

    private final Buckets buckets;
    private final Chunks chunks;
    private final LongUnaryOperator headers;
    private final BlockView block = new BlockView();
    private long blockFirst;
    private long blockEnd;
    private long record;

    RecordOrigin(Buckets buckets, Chunks chunks, LongUnaryOperator headers) {
        this.buckets = buckets;
        this.chunks = chunks;
        this.headers = headers;
    }

    /**
     * Turns to a record.
     *
     * @return whether it came in another block than the one before: everything but {@link #position()} may be new
     */
    public boolean turnTo(int bucket, long ordinal) {
        record = buckets.arrival(bucket, ordinal);
        if (record >= blockFirst && record < blockEnd) {
            return false;
        }
        int chunk = chunks.chunkOf(record);
        blockFirst = chunks.firstRecord(chunk);
        blockEnd = chunks.firstRecord(chunk + 1);
        block.set(headers.applyAsLong(chunks.tag(chunk)));
        return true;
    }

    /** Ordinal of the record in its stream, from 0. */
    public long position() {
        return block.first() + (record - blockFirst);
    }

    /** When its block arrived, milliseconds since the epoch. */
    public long arrivalMillis() {
        return block.arrivalMillis();
    }

    /** Where the name of the source lies in native memory, in UTF-8. */
    public long sourceAddress() {
        return block.sourceAddress();
    }

    public int sourceBytes() {
        return block.sourceBytes();
    }

    /** Where the stream's name within its source lies in native memory, in UTF-8. */
    public long streamAddress() {
        return block.streamAddress();
    }

    public int streamBytes() {
        return block.streamBytes();
    }
}
