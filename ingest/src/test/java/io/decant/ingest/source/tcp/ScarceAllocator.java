package io.decant.ingest.source.tcp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.atomic.AtomicInteger;

/** Direct memory that runs out, for what connections say, when a test wants it to. */
final class ScarceAllocator extends PooledByteBufAllocator {

    /** Longer than whatever a connection says. What it reads gets a buffer of fixed size, and is not concerned. */
    private static final int SAID_BYTES_MAX = 1 << 10;

    private final AtomicInteger toFail = new AtomicInteger();

    ScarceAllocator() {
        super(true);
    }

    /** The next so many words find no memory. */
    void failNext(int words) {
        toFail.set(words);
    }

    /** Of those, how many are still to come. */
    int toFail() {
        return toFail.get();
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        boolean said = initialCapacity <= SAID_BYTES_MAX && maxCapacity == Integer.MAX_VALUE;
        if (said && toFail.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new OutOfMemoryError("no direct memory, as the test wants it");
        }
        return super.newDirectBuffer(initialCapacity, maxCapacity);
    }
}
