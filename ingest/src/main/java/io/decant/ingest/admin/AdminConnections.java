package io.decant.ingest.admin;

import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The clients of the admin port and what they use together: at most {@value #CONNECTIONS_MAX} connections and
 * {@value #ANSWER_BYTES_MAX} bytes of answers that are not yet taken. Where a further client comes, the one that has
 * been idle for longest is closed, so that there always is room for who asks now. Owned by the event loop.
 */
final class AdminConnections {

    static final int CONNECTIONS_MAX = 128;

    static final int ANSWER_BYTES_MAX = 8 << 20;

    private final int connectionsMax;
    private final EventReaders readers;
    private final Set<AdminConnection> connections = new LinkedHashSet<>();
    /** Makes pages, one at a time; a connection waits for at most one. */
    private final ThreadPoolExecutor pages = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(2 * CONNECTIONS_MAX),
            new DefaultThreadFactory("decant-admin-pages", true));

    private int answerBytes;
    private boolean closed;

    /**
     * @param connectionsMax from 1 to {@link #CONNECTIONS_MAX}
     * @param readers those of the connections that read events
     */
    AdminConnections(int connectionsMax, EventReaders readers) {
        this.connectionsMax = connectionsMax;
        this.readers = readers;
    }

    EventReaders readers() {
        return readers;
    }

    /** Takes a new one in; false, and it is closed, where the server ends. */
    boolean add(AdminConnection connection) {
        connections.add(connection);
        if (closed) {
            connection.close("the server ends");
            return false;
        }
        if (connections.size() > connectionsMax) {
            connections.stream()
                    .filter(other -> other != connection)
                    .min(longestIdle(System.nanoTime()))
                    .ifPresent(idle -> idle.close("idle for longest of " + connectionsMax));
        }
        return true;
    }

    /**
     * Spared as long as there are others: those that wait for an answer or events of ours, and those that had no time
     * to ask, which may be a probe.
     */
    private static Comparator<AdminConnection> longestIdle(long nowNanos) {
        return Comparator.<AdminConnection, Boolean>comparing(connection -> connection.isNew(nowNanos))
                .thenComparing(AdminConnection::isAnswering)
                .thenComparingLong(AdminConnection::movedNanos);
    }

    /**
     * Has a page made, in turn, by a thread of its own: the event loop is there for probes.
     *
     * @return what {@link #remove} takes to have it made no more
     */
    Runnable queue(Runnable page) {
        pages.execute(page);
        return page;
    }

    /** @param queued the last page that was asked for; null: none was */
    void remove(AdminConnection connection, Runnable queued) {
        connections.remove(connection);
        if (queued != null) {
            pages.remove(queued);
        }
    }

    /** Takes room for an answer, to be given back by {@link #release}. */
    boolean reserve(int bytes) {
        if (answerBytes + bytes > ANSWER_BYTES_MAX) {
            return false;
        }
        answerBytes += bytes;
        return true;
    }

    /**
     * The same for an answer of a few bytes, which is always let through: there are no more of them than connections.
     */
    Answer reserved(Answer few) {
        answerBytes += few.body().length;
        return few;
    }

    void release(int bytes) {
        answerBytes -= bytes;
    }

    /** Closes those that do nothing, or do it too slowly. Called once a second. */
    void closeOverdue() {
        long now = System.nanoTime();
        for (AdminConnection connection : List.copyOf(connections)) {
            if (connection.isOverdue(now)) {
                connection.closeOverdue();
            }
        }
        readers.beat();
    }

    /** Closes all, and those that still come. */
    void close() {
        closed = true;
        new ArrayList<>(connections).forEach(connection -> connection.close("the server ends"));
        pages.shutdown();
    }
}
