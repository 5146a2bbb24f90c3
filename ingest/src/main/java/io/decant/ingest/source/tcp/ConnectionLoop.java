package io.decant.ingest.source.tcp;

import io.decant.ingest.journal.Intake;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** One event loop and the connections that live on it. Belongs to the loop unless said otherwise. */
final class ConnectionLoop {

    /** What the next reads of all connections of a source may take together. */
    static final int READ_BYTES_BUDGET = 64 << 20;

    private final EventLoop loop;
    private final ConnectionLimit limit;
    private final Acknowledger<Connection> acknowledger;
    private final BackpressureQueue room;
    private final Set<Connection> connections = new HashSet<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    /** Why no connection is taken any more; null while they are. */
    private CloseReason closing;

    ConnectionLoop(EventLoop loop, Intake intake, ConnectionLimit limit) {
        this.loop = loop;
        this.limit = limit;
        this.acknowledger = new Acknowledger<>(loop, connection -> guard(connection, Connection::progress));
        this.room = new BackpressureQueue(loop, intake);
    }

    EventLoop eventLoop() {
        return loop;
    }

    Acknowledger<Connection> acknowledger() {
        return acknowledger;
    }

    BackpressureQueue room() {
        return room;
    }

    /**
     * Most bytes of a connection's next read. While the journal has no room, a connection that is still to learn of it
     * reads very little: what was read is what has to be kept.
     */
    int readBytesMax() {
        if (room.isShort()) {
            return ReceiveAllocator.READ_BYTES_MIN;
        }
        int share = READ_BYTES_BUDGET / Math.max(1, limit.open());
        return Math.max(ReceiveAllocator.READ_BYTES_MIN, Math.min(share, ReceiveAllocator.READ_BYTES_MAX));
    }

    void opened(Connection connection) {
        connections.add(connection);
    }

    void closed(Connection connection) {
        connections.remove(connection);
        endIfEmpty();
    }

    /** Begins to look for lines that take longer than {@code timeout}; zero: does not. Any thread. */
    void watchLines(Duration timeout) {
        if (!timeout.isZero()) {
            long period = LineClock.tickNanos(timeout);
            Future<?> ticks = loop.scheduleAtFixedRate(this::lineTick, period, period, TimeUnit.NANOSECONDS);
            var unused = ended.thenRun(() -> ticks.cancel(false));
        }
    }

    private void lineTick() {
        // A connection that ends leaves the set.
        List.copyOf(connections).forEach(connection -> guard(connection, Connection::lineTick));
    }

    /** Does something to a connection. An error, such as a lack of memory, ends that connection and nothing else. */
    static void guard(Connection connection, Consumer<Connection> action) {
        try {
            action.accept(connection);
        } catch (RuntimeException | Error e) {
            connection.failed(e);
        }
    }

    /** Why the source takes no more connections, or null. */
    CloseReason closing() {
        return closing;
    }

    /** How long a client may take to read on, and is listened to after the last word, in milliseconds. */
    long lingerMillis() {
        return closing == null ? LingeringClose.LINGER_MILLIS_MAX : LingeringClose.LINGER_BRIEFLY_MILLIS_MAX;
    }

    /** Takes no more connections and ends those there are. Any thread. */
    void close(CloseReason ending, Consumer<Connection> end) {
        loop.execute(() -> {
            closing = ending;
            List.copyOf(connections).forEach(connection -> guard(connection, end));
            endIfEmpty();
        });
    }

    /** Completes when the loop was closed and its last connection is closed. */
    CompletableFuture<Void> ended() {
        return ended;
    }

    private void endIfEmpty() {
        if (closing != null && connections.isEmpty()) {
            ended.complete(null);
        }
    }

    /**
     * The connections of one event loop that wait for room in the journal, first come, first served. However many wait,
     * the journal is asked once. Belongs to the loop, {@link #isShort()} excepted.
     */
    static final class BackpressureQueue {

        private final EventLoop loop;
        private final Intake intake;

        /** Holds a connection at most once. */
        private final ArrayDeque<Connection> waiting = new ArrayDeque<>();

        /** Whether the journal's wake-up is under way. Written by the loop alone. */
        private volatile boolean isShort;

        BackpressureQueue(EventLoop loop, Intake intake) {
            this.loop = loop;
            this.intake = intake;
        }

        /** Whether connections wait. Any thread. */
        boolean isShort() {
            return isShort;
        }

        /** Has the connection's {@link Connection#roomAgain()} called when it is its turn. */
        void await(Connection connection) {
            waiting.add(connection);
            askForRoom();
        }

        private void askForRoom() {
            if (!isShort) {
                isShort = true;
                intake.whenRoom(() -> loop.execute(this::roomAgain));
            }
        }

        private void roomAgain() {
            isShort = false;
            while (!waiting.isEmpty() && waiting.peek().roomAgain()) {
                waiting.remove();
            }
            if (!waiting.isEmpty()) {
                askForRoom();
            }
        }
    }
}
