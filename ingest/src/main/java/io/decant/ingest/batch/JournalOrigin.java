package io.decant.ingest.batch;

import io.decant.bucketer.ArrivalBuckets;
import io.decant.bucketer.ChunkCursor;
import io.decant.bucketer.Chunks;
import io.decant.ingest.journal.BlockView;
import java.util.function.IntUnaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Of a batch in memory: leads back to the block's header in the mapped journal, by a bisection of the batch's blocks.
 */
final class JournalOrigin implements RecordOrigin {

    private final ArrivalBuckets buckets;
    private final ChunkCursor blocks;
    private final LongUnaryOperator headers;
    private final IntUnaryOperator before;
    private final BlockView block = new BlockView();
    private int index;

    /** @param before by chunk, how many records of its block stand before it */
    JournalOrigin(ArrivalBuckets buckets, Chunks chunks, LongUnaryOperator headers, IntUnaryOperator before) {
        this.buckets = buckets;
        this.blocks = new ChunkCursor(chunks);
        this.headers = headers;
        this.before = before;
    }

    @Override
    public boolean turnTo(int bucket, long ordinal) {
        index = buckets.index(bucket, ordinal);
        if (!blocks.turnTo(buckets.arrival(bucket, ordinal))) {
            return false;
        }
        block.set(headers.applyAsLong(blocks.tag()));
        return true;
    }

    @Override
    public long position() {
        return block.first() + before.applyAsInt(blocks.chunk()) + blocks.offset();
    }

    @Override
    public int index() {
        return index;
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
