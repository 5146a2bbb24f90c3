package io.decant.ingest.source.tcp;

import java.time.Duration;

/**
 * Notices a line that is unfinished for {@code line-timeout}, at most a quarter of it late. It counts ticks that are
 * the same for all connections of an event loop, so that lines and connections cost it no look at a clock. Belongs to
 * the loop.
 */
final class LineClock {

    private static final int TICKS_PER_TIMEOUT = 4;
    private static final long TICK_NANOS_MIN = 5_000_000;

    /** 0: none was unfinished at the last tick. */
    private long line;

    /** Whole ticks that the line has been unfinished. */
    private int ticks;

    /** Time from tick to tick, in nanoseconds. */
    static long tickNanos(Duration timeout) {
        return Math.max(TICK_NANOS_MIN, timeout.toNanos() / TICKS_PER_TIMEOUT);
    }

    /**
     * To be called at each tick at which the client could have continued.
     *
     * @param unfinished the line that is unfinished now, by a number that no other line of the connection has; 0 where
     *     there is none
     * @return whether it has been so for the timeout
     */
    boolean tick(long unfinished) {
        // The first tick came at any time after the line's first byte, so it does not count.
        ticks = unfinished == line ? ticks + 1 : 0;
        line = unfinished;
        return line != 0 && ticks >= TICKS_PER_TIMEOUT;
    }
}
