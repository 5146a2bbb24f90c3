package io.decant.ingest.pipeline;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when the wall clock has jumped: moved by more than an hour against the monotonic clock since the last look, or,
 * at a start, behind the last window of the journal. Each jump is told once. A smaller one is a clock that is being
 * corrected. Owned by one thread, the keeper's.
 */
final class ClockWatch {

    private static final long JUMP_MILLIS_MAX = TimeUnit.HOURS.toMillis(1);
    private static final Logger log = LoggerFactory.getLogger(ClockWatch.class);

    private final InstantSource clock;
    private long seenMillis;
    private long seenNanos;

    /**
     * @param windowStartMillis of the last window in the journal, milliseconds since the epoch; 0 where there is none
     * @param nowNanos the monotonic clock
     */
    ClockWatch(InstantSource clock, long windowStartMillis, long nowNanos) {
        this.clock = clock;
        this.seenMillis = Math.max(windowStartMillis, clock.millis());
        this.seenNanos = nowNanos;
        look(nowNanos);
    }

    /** Compares the two clocks. */
    void look(long nowNanos) {
        long nowMillis = clock.millis();
        long expectedMillis = seenMillis + TimeUnit.NANOSECONDS.toMillis(nowNanos - seenNanos);
        long jumpMillis = nowMillis - expectedMillis;
        if (Math.abs(jumpMillis) > JUMP_MILLIS_MAX) {
            log.warn(
                    "the wall clock jumped {} by {} hours, from {} to {}; windows of batches follow it forward, and"
                            + " back where it is more than a day behind the last one; check how this machine sets"
                            + " its clock",
                    jumpMillis > 0 ? "forward" : "back",
                    String.format(Locale.ROOT, "%.1f", Math.abs(jumpMillis) / (double) TimeUnit.HOURS.toMillis(1)),
                    Instant.ofEpochMilli(expectedMillis),
                    Instant.ofEpochMilli(nowMillis));
        }
        seenMillis = nowMillis;
        seenNanos = nowNanos;
    }
}
