package io.decant.ingest.source;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of unfinished lines that all connections of all TCP sources may hold together ({@code journal.unfinished}). Safe
 * from any thread.
 */
public final class UnfinishedBudget {

    private final long bytesMax;
    private final AtomicLong used = new AtomicLong();

    /** A budget of {@code bytesMax} bytes, at least 0. */
    public UnfinishedBudget(long bytesMax) {
        if (bytesMax < 0) {
            throw new IllegalArgumentException("a budget of " + bytesMax + " bytes");
        }
        this.bytesMax = bytesMax;
    }

    public long bytesMax() {
        return bytesMax;
    }

    /** Bytes reserved at this moment; never above {@link #bytesMax()}. */
    public long used() {
        return used.get();
    }

    /** Reserves all of the bytes, or none where they do not fit. */
    boolean tryReserve(long bytes) {
        long before = used.get();
        while (bytes <= bytesMax - before) {
            long witness = used.compareAndExchange(before, before + bytes);
            if (witness == before) {
                return true;
            }
            before = witness;
        }
        return false;
    }

    void release(long bytes) {
        long left = used.addAndGet(-bytes);
        assert left >= 0 : "released " + -left + " bytes more than were reserved";
    }
}
