package io.decant.ingest.admin;

import io.decant.ingest.history.EventLog;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Those who read {@code /events}. They read at their own pace from what is kept, and nobody waits for one: who has not
 * had an event by the time it goes is cut off, and told of a gap if it comes again. Owned by the event loop; what
 * others may ask says so.
 */
final class EventReaders {

    /**
     * Readers at a time: 50 pages and some others. One costs some KiB here, 16 KiB where it is slow, and what the
     * system keeps for it.
     */
    static final int READERS_MAX = 64;

    /** Of the connections, so that as many are left to probes, and to what pages ask for besides. */
    private static final int READERS_DIVISOR = 2;

    /**
     * How long an event waits for others, for each reader that there is: what comes meanwhile is sent together, and all
     * readers together are written to at most 250 times a second. With 50 of them it waits for a fifth of a second.
     */
    static final long WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

    /** Runs what others ask for, after so many nanoseconds. */
    interface EventLoop {
        void run(Runnable task, long nanos);
    }

    /** What was read of the events last, from where: most readers are at the same place. */
    private record Shared(long from, EventLog.Piece piece) {}

    private final EventLog events;
    private final EventLoop eventLoop;
    private final int readersMax;
    private final LongSupplier nanoTime;
    private final Set<EventStream> readers = new LinkedHashSet<>();
    private final AtomicBoolean isPumping = new AtomicBoolean();

    /** Null where nothing is. */
    private Shared shared;

    private volatile int count;
    private volatile long cutOff;
    private volatile long refused;

    /**
     * @param eventLoop its thread owns this
     * @param connectionsMax of the port: readers may have half of them
     * @param nanoTime the monotonic clock
     */
    EventReaders(EventLog events, EventLoop eventLoop, int connectionsMax, LongSupplier nanoTime) {
        this.events = events;
        this.eventLoop = eventLoop;
        this.readersMax = Math.max(1, Math.min(READERS_MAX, connectionsMax / READERS_DIVISOR));
        this.nanoTime = nanoTime;
        events.onAppended(this::appended);
    }

    EventLog events() {
        return events;
    }

    /** The next events for a reader, which those at the same place share; empty where they are no longer kept. */
    Optional<EventLog.Piece> read(long from) {
        if (shared != null && shared.from() == from) {
            return Optional.of(shared.piece());
        }
        Optional<EventLog.Piece> read = events.read(from, EventStream.PIECE_BYTES_MAX);
        read.filter(piece -> piece.next() > from).ifPresent(piece -> shared = new Shared(from, piece));
        return read;
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
                eventLoop.run(this::pump, WAIT_NANOS * count);
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

    /** Whether somebody wants the newest values. */
    boolean hasLive() {
        return readers.stream().anyMatch(EventStream::isLive);
    }

    /** Sends the newest values to those who want them. */
    void push(byte[] frame) {
        if (frame.length > 0) {
            List.copyOf(readers).forEach(reader -> reader.push(frame));
        }
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
