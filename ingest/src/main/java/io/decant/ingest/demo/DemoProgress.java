package io.decant.ingest.demo;

import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Tells now and then how fast it goes, in records a second, over the time since it was last told. Owned by one thread.
 */
final class DemoProgress {

    private static final long REDRAWN_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LINE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final Screen screen;
    private final long startNanos;
    private long toldNanos;
    private long acknowledged;
    private Tally received = Tally.EMPTY;

    DemoProgress(Screen screen, long nowNanos) {
        this.screen = screen;
        this.startNanos = nowNanos;
        this.toldNanos = nowNanos;
    }

    /** Tells it, if it was not told just now. */
    void tell(long nowNanos, long nowAcknowledged, Tally nowReceived) {
        long since = nowNanos - toldNanos;
        if (since < (screen.redraws() ? REDRAWN_NANOS : LINE_NANOS)) {
            return;
        }
        double seconds = since / 1e9;
        screen.progress(String.format(
                Locale.ROOT,
                "%5.0f s  %,9.0f/s acknowledged  %,9.0f/s delivered  %,8.0f/s duplicates",
                (nowNanos - startNanos) / 1e9,
                (nowAcknowledged - acknowledged) / seconds,
                (nowReceived.records().records() - received.records().records()) / seconds,
                (nowReceived.repeats() - received.repeats()) / seconds));
        toldNanos = nowNanos;
        acknowledged = nowAcknowledged;
        received = nowReceived;
    }
}
