package io.decant.ingest.source.tcp;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Notices a client that was silent for {@code idle-timeout}, at most a quarter of it late. It counts ticks of a timer,
 * so that a read costs it no look at a clock. Belongs to the connection's event loop.
 */
final class IdleWatch {

    private static final int TICKS_PER_TIMEOUT = 4;

    private final EventLoop loop;
    private final long timeoutNanos;
    private Future<?> ticks;
    private int silentTicks;

    /** @param timeout zero: never */
    IdleWatch(EventLoop loop, Duration timeout) {
        this.loop = loop;
        this.timeoutNanos = timeout.toNanos();
    }

    /**
     * @param counts whether silence counts at this moment
     * @param onIdle run at each tick from the timeout on
     */
    void start(BooleanSupplier counts, Runnable onIdle) {
        if (timeoutNanos > 0) {
            long period = Math.max(1, timeoutNanos / TICKS_PER_TIMEOUT);
            ticks = loop.scheduleAtFixedRate(() -> tick(counts, onIdle), period, period, TimeUnit.NANOSECONDS);
        }
    }

    /** The client sent something. */
    void heard() {
        silentTicks = 0;
    }

    void stop() {
        if (ticks != null) {
            ticks.cancel(false);
        }
    }

    private void tick(BooleanSupplier counts, Runnable onIdle) {
        silentTicks = counts.getAsBoolean() ? silentTicks + 1 : 0;
        // The first tick came at any time after the client was heard, so it does not count.
        if (silentTicks > TICKS_PER_TIMEOUT) {
            onIdle.run();
        }
    }
}
