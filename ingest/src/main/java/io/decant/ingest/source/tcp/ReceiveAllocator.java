package io.decant.ingest.source.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import java.util.function.IntSupplier;

/**
 * How large a buffer a connection's next read gets: from 4 KiB up to a limit that may change from read to read. A read
 * that fills its buffer makes the next four times as large, one that leaves three quarters empty halves it. One buffer
 * a read, and one read each time that a read is asked for. Belongs to one connection and its event loop.
 */
final class ReceiveAllocator implements RecvByteBufAllocator {

    static final int READ_BYTES_MIN = 4 << 10;
    static final int READ_BYTES_MAX = LineFramer.BLOCK_BYTES_MAX;

    private static final int GROWTH = 4;

    /** A read that fills no more than this part of its buffer shrinks the next, and does not keep its buffer. */
    private static final int SPARSE_DIVISOR = 4;

    private final IntSupplier bytesMax;

    /** @param bytesMax limit of the next read, asked before each; at least {@link #READ_BYTES_MIN} */
    ReceiveAllocator(IntSupplier bytesMax) {
        this.bytesMax = bytesMax;
    }

    @Override
    public AdaptiveHandle newHandle() {
        return new AdaptiveHandle();
    }

    /**
     * A read waits in the journal's queue, which is bounded by its bytes and not by the buffer around them. So a buffer
     * that is mostly empty is left for one that fits.
     */
    static ByteBuf trimmed(ByteBuf read, ByteBufAllocator allocator) {
        int length = read.readableBytes();
        if (length > read.capacity() / SPARSE_DIVISOR) {
            return read;
        }
        try {
            return allocator.directBuffer(length, length).writeBytes(read);
        } finally {
            read.release();
        }
    }

    /** The memory of sizes that Netty keeps for each connection. */
    final class AdaptiveHandle implements ExtendedHandle {

        private int size = READ_BYTES_MIN;
        private int attempted;
        private int lastRead;

        @Override
        public ByteBuf allocate(ByteBufAllocator allocator) {
            int now = guess();
            return allocator.directBuffer(now, now);
        }

        @Override
        public int guess() {
            return Math.min(size, bytesMax.getAsInt());
        }

        @Override
        public void lastBytesRead(int bytes) {
            lastRead = bytes;
            if (bytes <= 0) {
                return;
            }
            if (bytes == attempted) {
                size = Math.min(attempted * GROWTH, READ_BYTES_MAX);
            } else if (bytes <= attempted / SPARSE_DIVISOR) {
                size = Math.max(attempted / 2, READ_BYTES_MIN);
            }
        }

        @Override
        public int lastBytesRead() {
            return lastRead;
        }

        @Override
        public void attemptedBytesRead(int bytes) {
            attempted = bytes;
        }

        @Override
        public int attemptedBytesRead() {
            return attempted;
        }

        @Override
        public boolean continueReading() {
            return false;
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMoreData) {
            return false;
        }

        @Override
        public void reset(ChannelConfig config) {
            attempted = 0;
            lastRead = 0;
        }

        @Override
        public void incMessagesRead(int messages) {
            // One message a read is all there ever is.
        }

        @Override
        public void readComplete() {
            // Sizes are learnt from each read as it happens.
        }
    }
}
