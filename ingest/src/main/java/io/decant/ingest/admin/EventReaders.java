package io.decant.ingest.admin;

import io.decant.ingest.history.EventLog;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Those who read {@code /events}. They read at their own pace from what is kept, and nobody waits for one: who has not
 * had an event by the time it goes is cut off, and told of a gap if it comes again. Owned by the event loop; what
 * others may ask says so.
 */
final class EventReaders {

    /** Readers at a time, so that most connections are left to probes and pages. */
    static final int READERS_MAX = 16;

    private final EventLog events;
    private final Executor eventLoop;
    private final int readersMax;
    private final LongSupplier nanoTime;
    private final Set<EventStream> readers = new LinkedHashSet<>();
    private final AtomicBoolean isPumping = new AtomicBoolean();

    private volatile int count;
    private volatile long cutOff;
    private volatile long refused;

    /**
     * @param eventLoop runs what others ask for; its thread owns this
     * @param connectionsMax of the port: readers may have a quarter of them
     * @param nanoTime the monotonic clock
     */
    EventReaders(EventLog events, Executor eventLoop, int connectionsMax, LongSupplier nanoTime) {
        this.events = events;
        this.eventLoop = eventLoop;
        this.readersMax = Math.max(1, Math.min(READERS_MAX, connectionsMax / 4));
        this.nanoTime = nanoTime;
        events.onAppended(this::appended);
    }

    EventLog events() {
        return events;
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /** Takes a reader in; false where there is no room. */
    boolean add(EventStream reader) {
        if (readers.size() >= readersMax) {
            long before = refused;
            refused = before + 1;
            return false;
        }
        readers.add(reader);
        count = readers.size();
        return true;
    }

    /** Again: nothing. */
    void remove(EventStream reader) {
        readers.remove(reader);
        count = readers.size();
    }

    /** A reader was too slow. */
    void cutOff() {
        long before = cutOff;
        cutOff = before + 1;
    }

    /** On the thread of a stage: must not wait, nor throw. */
    private void appended() {
        if (count > 0 && isPumping.compareAndSet(false, true)) {
            try {
                eventLoop.execute(this::pump);
            } catch (RejectedExecutionException e) {
                // The server ends.
                isPumping.set(false);
            }
        }
    }

    private void pump() {
        isPumping.set(false);
        List.copyOf(readers).forEach(EventStream::pump);
    }

    /** Shows readers that have had nothing for a while, and what is between, that the server is there. */
    void beat() {
        List.copyOf(readers).forEach(EventStream::beat);
    }

    /** How many there are; any thread. */
    int count() {
        return count;
    }

    /** How many were cut off since the start; any thread. */
    long cutOffSoFar() {
        return cutOff;
    }

    /** How many found no room since the start; any thread. */
    long refusedSoFar() {
        return refused;
    }
}
