package io.decant.ingest.source.http;

import io.decant.bucketer.Frame;
import io.decant.bucketer.Lines;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.OpaqueBytes;
import io.decant.ingest.journal.ResumePoint;
import io.decant.ingest.journal.StreamId;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;

/**
 * Cuts a body into blocks, one after the other, as they are asked for: what is not cut yet takes no further memory. A
 * block of lines is a piece of the body; only where records keep headers, each is copied behind them. Belongs to one
 * thread.
 */
final class BlockCutter {

    /** A block is at most this long, or else is one record alone. */
    static final int BLOCK_BYTES_MAX = 1 << 20;

    private static final long NO_TIMESTAMP = -1;

    private final StreamId stream;
    private final OpaqueBytes cursor;
    private final byte[] headers;
    private final boolean framed;
    private final long arrivalMillis;
    private final Block.BlockOwner owner;
    private final ByteBufAllocator allocator;
    private final int blockBytesMax;
    private final HeldBody body;
    private final ByteBuf lines;
    private long next;

    /**
     * @param body its records from {@code skipped} on are cut
     * @param first ordinal in the stream of the first record after those that are skipped
     * @param skipped records of the body that are durable already; fewer than it has
     * @param cursor that each block carries; none: none does
     * @param headers of each record; empty: records are lines
     */
    BlockCutter(
            StreamId stream,
            CheckedBody body,
            long first,
            int skipped,
            OpaqueBytes cursor,
            byte[] headers,
            long arrivalMillis,
            Block.BlockOwner owner,
            ByteBufAllocator allocator) {
        this(stream, body, first, skipped, cursor, headers, arrivalMillis, owner, allocator, BLOCK_BYTES_MAX);
    }

    /** @param blockBytesMax a block is at most this long, or else is one record alone */
    BlockCutter(
            StreamId stream,
            CheckedBody body,
            long first,
            int skipped,
            OpaqueBytes cursor,
            byte[] headers,
            long arrivalMillis,
            Block.BlockOwner owner,
            ByteBufAllocator allocator,
            int blockBytesMax) {
        this.stream = stream;
        this.cursor = cursor;
        this.headers = headers;
        this.framed = headers.length > 0;
        this.arrivalMillis = arrivalMillis;
        this.owner = owner;
        this.allocator = allocator;
        this.blockBytesMax = blockBytesMax;
        this.body = body.body();
        this.lines = this.body.bytes();
        this.next = first;
        if (skipped > 0) {
            long start = address();
            long newline = Lines.nthNewline(start, lines.readableBytes(), skipped);
            lines.skipBytes((int) (newline + 1 - start));
        }
    }

    /** Ordinal of the record after the last block. */
    long next() {
        return next;
    }

    /** The next block, or null behind the last. */
    Block cut() {
        if (!lines.isReadable()) {
            return null;
        }
        Block block = framed ? frames() : lines();
        next = block.next();
        return cursor.isEmpty() ? block : block.withCursor(cursor);
    }

    /** Lets go of what is not cut. */
    void release() {
        body.release();
    }

    private Block lines() {
        int length = lengthOfBlock();
        int records = (int) Lines.count(address(), length);
        return new Block(stream, next, records, arrivalMillis, lines.readRetainedSlice(length), owner);
    }

    /** As many whole lines as a block may have, or the next one. */
    private int lengthOfBlock() {
        if (lines.readableBytes() <= blockBytesMax) {
            return lines.readableBytes();
        }
        long start = address();
        long last = Lines.lastNewline(start, blockBytesMax);
        return (int)
                ((last == Lines.NONE ? Lines.nextNewline(start, start + lines.readableBytes()) : last) + 1 - start);
    }

    private Block frames() {
        int head = (int) Frame.bytes(Frame.ABSENT, headers.length, 0);
        long start = address();
        long limit = start + lines.readableBytes();
        long end = start;
        int records = 0;
        long bytes = 0;
        while (end < limit) {
            long newline = Lines.nextNewline(end, limit);
            long more = head + newline - end;
            if (records > 0 && bytes + more > blockBytesMax) {
                break;
            }
            bytes += more;
            records++;
            end = newline + 1;
        }
        ByteBuf frames = allocator.directBuffer((int) bytes, (int) bytes);
        ByteBuffer target = frames.nioBuffer(0, (int) bytes);
        ByteBuffer value = lines.nioBuffer();
        int base = value.position();
        int whole = value.limit();
        long ordinal = next;
        for (long line = start; line < end; ordinal++) {
            long newline = Lines.nextNewline(line, end);
            value.limit(whole);
            value.position(base + (int) (line - start));
            value.limit(base + (int) (newline - start));
            Frame.putWithoutKey(target, ordinal, NO_TIMESTAMP, headers, value);
            line = newline + 1;
        }
        frames.writerIndex((int) bytes);
        lines.skipBytes((int) (end - start));
        return Block.framed(
                stream, next, records, arrivalMillis, frames, ResumePoint.NO_OFFSET, ResumePoint.NO_TOPIC, owner);
    }

    private long address() {
        return lines.memoryAddress() + lines.readerIndex();
    }
}
