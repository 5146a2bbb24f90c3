package io.decant.bucketer;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Large blocks of memory off the heap that are kept when they are no longer needed, to be used again by the next batch.
 * The kernel clears each page that it gives to a process, which takes a sixth of the time in which a large batch is
 * split. Nothing is kept unless {@link #keep} says so. What is kept does not count as allocated
 * ({@link Memory#allocatedBytes}). For any thread.
 */
public final class FreeBlocks {

    /** Smaller ones, malloc itself keeps. */
    static final long BLOCK_BYTES_MIN = 1L << 20;

    /** A block may be so many times as large as what is asked for. */
    private static final double SIZE_RATIO_MAX = 1.25;
    /** Sizes are rounded up to an eighth of a power of two, so that batches of about the same size fit. */
    private static final int STEPS = 8;

    private static final Object LOCK = new Object();
    /** The one that was given first in front. */
    private static final Deque<Block> KEPT = new ArrayDeque<>();

    private static long bytesMax;
    private static long bytes;

    /** A block that nobody uses. */
    record Block(long address, long bytes) {}

    private FreeBlocks() {}

    /** Has at most so many bytes be kept from now on. */
    public static void keep(long most) {
        synchronized (LOCK) {
            bytesMax = most;
            freeAbove(most);
        }
    }

    /**
     * Frees all that is kept.
     *
     * @return whether there was any
     */
    public static boolean release() {
        synchronized (LOCK) {
            boolean isAny = bytes > 0;
            freeAbove(0);
            return isAny;
        }
    }

    /** What is kept. */
    static long keptBytes() {
        synchronized (LOCK) {
            return bytes;
        }
    }

    /** How many bytes to allocate where {@code wanted} are needed: pages that are not touched cost nothing. */
    static long rounded(long wanted) {
        if (wanted < BLOCK_BYTES_MIN) {
            return wanted;
        }
        long step = Long.highestOneBit(wanted) / STEPS;
        return (wanted + step - 1) / step * step;
    }

    /** A block that was kept, of at least {@code wanted} bytes, and not much more; null: there is none. */
    static Block take(long wanted) {
        if (wanted < BLOCK_BYTES_MIN) {
            return null;
        }
        synchronized (LOCK) {
            Block best = null;
            for (Block block : KEPT) {
                boolean fits = block.bytes >= wanted && block.bytes <= wanted * SIZE_RATIO_MAX;
                if (fits && (best == null || block.bytes < best.bytes)) {
                    best = block;
                }
            }
            if (best != null) {
                KEPT.remove(best);
                bytes -= best.bytes;
                Memory.count(best.bytes);
            }
            return best;
        }
    }

    /** Keeps an allocation if it is large, in place of those that were given long ago; else it is freed. */
    static void give(long address, long size) {
        if (size >= BLOCK_BYTES_MIN) {
            synchronized (LOCK) {
                if (size <= bytesMax) {
                    freeAbove(bytesMax - size);
                    KEPT.add(new Block(address, size));
                    bytes += size;
                    Memory.count(-size);
                    return;
                }
            }
        }
        Memory.free(address, size);
    }

    private static void freeAbove(long most) {
        while (bytes > most) {
            Block oldest = KEPT.remove();
            bytes -= oldest.bytes;
            Memory.freeUncounted(oldest.address);
        }
    }
}
