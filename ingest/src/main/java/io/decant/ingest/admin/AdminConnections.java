package io.decant.ingest.admin;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The clients of the admin port and what they use together: at most {@value #CONNECTIONS_MAX} connections and
 * {@value #ANSWER_BYTES_MAX} bytes of answers that are not yet taken. Where a further client comes, the one that has been idle for
 * longest is closed, so that there always is room for who asks now. Owned by the event loop.
 */
final class AdminConnections {

    static final int CONNECTIONS_MAX = 64;

    static final int ANSWER_BYTES_MAX = 8 << 20;

    private static final Comparator<AdminConnection> LONGEST_IDLE =
            Comparator.comparing(AdminConnection::isAnswering).thenComparingLong(AdminConnection::movedNanos);

    private final int connectionsMax;
    private final Set<AdminConnection> connections = new LinkedHashSet<>();
    private int answerBytes;
    private boolean closed;

    /** @param connectionsMax from 1 to {@link #CONNECTIONS_MAX} */
    AdminConnections(int connectionsMax) {
        this.connectionsMax = connectionsMax;
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
                    .min(LONGEST_IDLE)
                    .ifPresent(idle -> idle.close("idle for longest of " + connectionsMax));
        }
        return true;
    }

    void remove(AdminConnection connection) {
        connections.remove(connection);
    }

    /** Takes room for an answer, to be given back by {@link #release}. */
    boolean reserve(int bytes) {
        if (answerBytes + bytes > ANSWER_BYTES_MAX) {
            return false;
        }
        answerBytes += bytes;
        return true;
    }

    /** The same for an answer of a few bytes, which is always let through: there are no more of them than connections. */
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
                connection.close("idle for too long");
            }
        }
    }

    /** Closes all, and those that still come. */
    void close() {
        closed = true;
        new ArrayList<>(connections).forEach(connection -> connection.close("the server ends"));
    }
}
