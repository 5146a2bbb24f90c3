package io.decant.ingest.source.http;

import io.decant.ingest.source.UnfinishedBudget;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;

/**
 * Bytes of a body in one piece of direct memory, which grows with what has come and not with what was announced, and
 * counts against the budget. Belongs to one thread at a time.
 */
final class HeldBody {

    private static final int CAPACITY_MIN = 512;

    private final UnfinishedBudget budget;
    private final ByteBufAllocator allocator;
    private final int bytesMax;

    /** Null until something has come, and once it is released. */
    private ByteBuf bytes;

    private int held;

    /** @param bytesMax most bytes that it may have */
    HeldBody(UnfinishedBudget budget, ByteBufAllocator allocator, int bytesMax) {
        this.budget = budget;
        this.allocator = allocator;
        this.bytesMax = bytesMax;
    }

    int length() {
        return bytes == null ? 0 : bytes.readableBytes();
    }

    /** The bytes; empty where nothing has come. */
    ByteBuf bytes() {
        return bytes == null ? Unpooled.EMPTY_BUFFER : bytes;
    }

    /** Takes more; reads {@code more} to its end. */
    void add(ByteBuf more) throws RefusedException {
        int length = more.readableBytes();
        if (length > 0) {
            reserve(length);
            bytes.writeBytes(more, length);
        }
    }

    /** Takes so many bytes of an array. */
    void add(byte[] more, int length) throws RefusedException {
        reserve(length);
        bytes.writeBytes(more, 0, length);
    }

    /** Takes the newline that the last line may lack; it does not count. */
    void endLine() {
        grow(1);
        bytes.writeByte('\n');
    }

    /** Where the bytes are, to be read by others. */
    ByteBuffer nio() {
        return bytes().nioBuffer();
    }

    private void reserve(int more) throws RefusedException {
        if (more > bytesMax - length()) {
            throw new RefusedException(Refusal.bodyTooLarge(bytesMax));
        }
        if (!budget.tryHold(held, more)) {
            throw new RefusedException(Refusal.noRoom());
        }
        held += more;
        grow(more);
    }

    /** Doubles, and has room for a newline beyond the bound. */
    private void grow(int more) {
        int needed = length() + more;
        if (bytes == null) {
            bytes = allocator.directBuffer(Math.max(CAPACITY_MIN, needed + 1));
        } else if (needed > bytes.capacity()) {
            bytes.capacity((int) Math.max(needed, Math.min(2L * bytes.capacity(), bytesMax + 1L)));
        }
    }

    /** Gives memory and budget back; what was sliced off stays with its owners. May be called again. */
    void release() {
        if (bytes != null) {
            bytes.release();
            bytes = null;
        }
        budget.release(held);
        held = 0;
    }
}
