package io.decant.ingest.server;

import io.decant.ingest.journal.SegmentStore;
import io.decant.ingest.stage.Stage;
import io.decant.ingest.stage.StageWaker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * Bounds what the mapped journal takes of the process's memory. A batch is mapped whole and read two times or more, by
 * several threads; without this all of it would be resident until it is delivered. The pages that were read are given
 * back whenever readers say that it was much, and, for those who do not count, again and again while segments are
 * mapped: soon after one was, and less often later, when a receiver may be what everything waits for. Without new
 * batches, memory that is kept for them is given back, too.
 */
final class PageUnloading implements Stage {

    /** So much may stay. */
    static final long MAPPED_BYTES_MIN = 64L << 20;

    /** In this time two threads read some 100 MB at most. */
    static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    static final long LATER_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    /** How long without a mapping until memory for the next batches is no longer kept. */
    static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** How long after a mapping it is later. */
    static final long SOON_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final LongPredicate unload;
    private final Runnable release;
    private final StageWaker waker = new StageWaker();
    private final AtomicBoolean mapped = new AtomicBoolean();
    private final AtomicBoolean muchRead = new AtomicBoolean();
    private long mappedNanos;
    private boolean released = true;
    private long wakeAtNanos = Long.MAX_VALUE;

    /**
     * @param unload {@link SegmentStore#unload}
     * @param whenMapped {@link SegmentStore#whenMapped}
     * @param whenMuchRead {@link SegmentStore#whenMuchRead}
     * @param release frees the memory that is kept for the next batch
     */
    PageUnloading(
            LongPredicate unload, Consumer<Runnable> whenMapped, Consumer<Runnable> whenMuchRead, Runnable release) {
        this.unload = unload;
        this.release = release;
        whenMapped.accept(() -> {
            mapped.set(true);
            waker.wake();
        });
        whenMuchRead.accept(() -> {
            muchRead.set(true);
            waker.wake();
        });
    }

    @Override
    public String name() {
        return "page-unloading";
    }

    @Override
    public boolean work(long nowNanos) {
        if (mapped.getAndSet(false)) {
            mappedNanos = nowNanos;
            released = false;
            wakeAtNanos = Math.min(wakeAtNanos, nowNanos + INTERVAL_NANOS);
        }
        if (!muchRead.getAndSet(false) && nowNanos < wakeAtNanos) {
            return false;
        }
        if (!released && nowNanos - mappedNanos >= IDLE_NANOS) {
            released = true;
            release.run();
        }
        if (unload.test(MAPPED_BYTES_MIN)) {
            boolean soon = nowNanos - mappedNanos < SOON_NANOS;
            wakeAtNanos = nowNanos + (soon ? INTERVAL_NANOS : LATER_INTERVAL_NANOS);
        } else {
            wakeAtNanos = released ? Long.MAX_VALUE : mappedNanos + IDLE_NANOS;
        }
        return true;
    }

    @Override
    public long wakeAtNanos() {
        return wakeAtNanos;
    }

    @Override
    public StageWaker waker() {
        return waker;
    }
}
