package io.decant.ingest.batch;

import io.decant.bucketer.Assignment;
import io.decant.bucketer.Chunks;
import io.decant.ingest.journal.BlockView;
import java.util.function.LongUnaryOperator;

/** Of a batch in memory: leads back to the block's header in the mapped journal, by a bisection of the batch's blocks. */
final class JournalOrigin implements RecordOrigin {

    private final Assignment buckets;
    private final Chunks chunks;
    private final LongUnaryOperator headers;
    private final BlockView block = new BlockView();
    private long blockFirst;
    private long blockEnd;
    private long record;

    JournalOrigin(Assignment buckets, Chunks chunks, LongUnaryOperator headers) {
        this.buckets = buckets;
        this.chunks = chunks;
        this.headers = headers;
    }

    @Override
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

    @Override
    public long position() {
        return block.first() + (record - blockFirst);
    }

    @Override
    public long arrivalMillis() {
        return block.arrivalMillis();
    }

    @Override
    public long sourceAddress() {
        return block.sourceAddress();
    }

    @Override
    public int sourceBytes() {
        return block.sourceBytes();
    }

    @Override
    public long streamAddress() {
        return block.streamAddress();
    }

    @Override
    public int streamBytes() {
        return block.streamBytes();
    }
}
