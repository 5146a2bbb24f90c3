package io.decant.ingest.source.tcp;

import io.decant.ingest.source.RateLimit;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * What a connection may take by the rate of its user. While that is used up nothing is read, and what was read with the
 * lines before the first record waits here, so that many short connections take no more than one. Belongs to the
 * connection's event loop.
 */
final class RateGate {

    /** After so much time the rate is looked at again, however long the wait is: the connection may end before. */
    private static final long WAIT_NANOS_MAX = TimeUnit.SECONDS.toNanos(1);

    private final EventLoop loop;

    /** No more than what one read brought, and what the end of its input may bring: nothing else is asked for. */
    private final ArrayDeque<ByteBuf> held = new ArrayDeque<>(1);

    /** Null: there is no limit. */
    private RateLimit limit;

    RateGate(EventLoop loop) {
        this.loop = loop;
    }

    /** @param rate of the connection's user */
    void limitTo(RateLimit rate) {
        limit = rate;
    }

    /** Whether nothing may be taken now. */
    boolean isClosed() {
        return limit != null && (!held.isEmpty() || limit.waitNanos() > 0);
    }

    /** Keeps a read that may not be taken now. */
    void hold(ByteBuf read) {
        held.add(read);
    }

    boolean holds() {
        return !held.isEmpty();
    }

    /** The next of the reads that were kept, or null where there is none that may be taken now. */
    ByteBuf nextDue() {
        return limit == null || limit.waitNanos() > 0 ? null : held.poll();
    }

    /** So much is taken. */
    void taken(int bytes) {
        if (limit != null) {
            limit.take(bytes);
        }
    }

    /** Runs it when more may be taken, or sooner. */
    void whenOpen(Runnable action) {
        var unused = loop.schedule(action, Math.min(limit.waitNanos(), WAIT_NANOS_MAX), TimeUnit.NANOSECONDS);
    }

    void drop() {
        held.forEach(ByteBuf::release);
        held.clear();
    }
}
