package io.decant.ingest.source;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of unfinished lines and bodies that all connections of all sources may hold together
 * ({@code journal.unfinished}). Safe from any thread.
 *
 * <p>Each connection has a share of {@link #SHARE_BYTES_MAX}. At the bound the oldest line that is longer goes, be it
 * the one that asks. Where there is none, and still no room, then so many lines are unfinished that there is no whole
 * share for each; then the same is done with lines above the bound divided by all connections that there may be. So a
 * line within that {@linkplain #leastShare() least share} always has room.
 *
 * <p>Lines within the least share are only counted. A longer one is listed when it passes the least share and again
 * when it passes the whole one, so that the oldest is found in logarithmic time and without a lock.
 */
public final class UnfinishedBudget {

    /** A line up to this length, in bytes, is not ended for the sake of others while there are longer ones. */
    public static final int SHARE_BYTES_MAX = 16 << 10;

    private final long bytesMax;
    private final long leastShare;
    private final AtomicLong used = new AtomicLong();
    private final AtomicLong begun = new AtomicLong();

    /** Lines that have reserved what makes them longer than a share, or are about to, and are not listed yet. */
    private final AtomicInteger listing = new AtomicInteger();

    /** Lines longer than {@link #SHARE_BYTES_MAX}, by their numbers. */
    private final ConcurrentSkipListMap<Long, LongLine> beyond = new ConcurrentSkipListMap<>();

    /** Lines longer than the least share, but no longer than {@link #SHARE_BYTES_MAX}, by their numbers. */
    private final ConcurrentSkipListMap<Long, LongLine> middling = new ConcurrentSkipListMap<>();

    /**
     * A budget.
     *
     * @param bytesMax at least 0
     * @param connectionsMax how many lines there may be at a time, at least 1
     */
    public UnfinishedBudget(long bytesMax, long connectionsMax) {
        if (bytesMax < 0 || connectionsMax < 1) {
            throw new IllegalArgumentException(
                    "a budget of " + bytesMax + " bytes for " + connectionsMax + " connections");
        }
        this.bytesMax = bytesMax;
        this.leastShare = Math.min(SHARE_BYTES_MAX, bytesMax / connectionsMax);
    }

    public long bytesMax() {
        return bytesMax;
    }

    /** Bytes of a line that there is always room for. */
    long leastShare() {
        return leastShare;
    }

    /**
     * Bytes reserved at this moment. Above {@link #bytesMax()} only by lines within a share, for the moment in which
     * others give back what they have too much; the memory of a line that was ended for the sake of others, on another
     * event loop, no longer counts and is freed as soon as that loop comes to it.
     */
    public long used() {
        return used.get();
    }

    /** The next line's number, from 1: an older line has a lower one. */
    long nextNumber() {
        return begun.incrementAndGet();
    }

    /**
     * Reserves the bytes, if need be by ending lines. False: the line that asks is the one to end.
     *
     * @param unlisted whether the caller is between {@link #beginListing()} and {@link #endListing()}
     */
    boolean reserve(UnfinishedLine line, long bytes, boolean unlisted) {
        while (!tryReserve(bytes)) {
            if (!endOldest(line, bytes)) {
                long length = line.bytes() + bytes;
                boolean othersUnlisted = listing.get() > (unlisted ? 1 : 0);
                if (length > leastShare && (length > SHARE_BYTES_MAX || !othersUnlisted)) {
                    return false;
                }
                // The owner of the excess is about to give it back, or to list its line.
                used.addAndGet(bytes);
                return true;
            }
        }
        return true;
    }

    /** A line is about to be longer than a share, so it reserves bytes and then lists itself. */
    void beginListing() {
        listing.incrementAndGet();
    }

    void endListing() {
        listing.decrementAndGet();
    }

    /** Ends the oldest line of those that are too long. False: there is none that is older than the one that asks. */
    private boolean endOldest(UnfinishedLine asking, long bytes) {
        long length = asking.bytes() + bytes;
        Map.Entry<Long, LongLine> oldest = beyond.firstEntry();
        boolean competes = length > SHARE_BYTES_MAX;
        if (oldest == null && !competes) {
            oldest = middling.firstEntry();
            competes = length > leastShare;
        }
        if (oldest == null || (competes && asking.number() <= oldest.getKey())) {
            return false;
        }
        LongLine line = oldest.getValue();
        delist(line);
        long freed = line.end();
        if (freed > 0) {
            release(freed);
            line.onEnded().run();
        }
        return true;
    }

    private boolean tryReserve(long bytes) {
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

    /**
     * Reserves memory for a body that is held until it is checked and taken. It is never ended for the sake of others,
     * so at the bound it is refused; one within the least share is not.
     *
     * @param held bytes that are reserved for the body already
     * @return false: there is no room
     */
    public boolean tryHold(long held, long more) {
        if (tryReserve(more)) {
            return true;
        }
        if (held + more > leastShare) {
            return false;
        }
        used.addAndGet(more);
        return true;
    }

    /** Gives back what was reserved. */
    public void release(long bytes) {
        long left = used.addAndGet(-bytes);
        assert left >= 0 : "released " + -left + " bytes more than were reserved";
    }

    /** Lists a line among those that may be ended; by its owner, each time that it has become longer than a share. */
    void list(LongLine line, long bytes) {
        if (bytes > SHARE_BYTES_MAX) {
            middling.remove(line.number());
            beyond.put(line.number(), line);
        } else {
            middling.put(line.number(), line);
        }
    }

    void delist(LongLine line) {
        middling.remove(line.number());
        beyond.remove(line.number());
    }

    /**
     * What others may do to a line above its share: end it. It is one line's alone, so that a thread that holds it for
     * a moment too long can do nothing to the next line of the same connection.
     *
     * @param number the line's
     * @param bytes that are reserved for it, or {@link #OVER}
     * @param onEnded run on the thread that ended it: passes the message on, and ends nothing itself
     */
    record LongLine(long number, AtomicLong bytes, Runnable onEnded) {

        /** Ended by another thread, or finished: its bytes are given back by the thread that did so. */
        private static final long OVER = -1;

        LongLine(long number, long bytes, Runnable onEnded) {
            this(number, new AtomicLong(bytes), onEnded);
        }

        /** The bytes that the caller has to give back; 0 where it was over before. */
        long end() {
            return Math.max(0, bytes.getAndSet(OVER));
        }

        boolean isOver() {
            return bytes.get() == OVER;
        }

        /** Owner's thread. False: it is over. */
        boolean grow(long more) {
            long before = bytes.get();
            return before != OVER && bytes.compareAndSet(before, before + more);
        }
    }
}
