package io.decant.loadtest.load;

import io.decant.config.AckMode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Sends flat out over any number of connections: whatever the sockets take, as long as no more than a bound is
 * unacknowledged. One thread writes to all of them and reads what they answer.
 *
 * <p>Safe for any thread, {@link #start} apart.
 */
public final class Flood implements AutoCloseable {

    private static final int ANSWER_BYTES = 64 << 10;

    private final RecordPool pool;
    private final FloodOptions options;
    private final Selector selector;
    private final List<FloodConnection> connections = new ArrayList<>();
    private final Deque<FloodConnection> idle = new ArrayDeque<>();
    private final BitSet chunksInUse = new BitSet();
    private final ByteBuffer answers = ByteBuffer.allocateDirect(ANSWER_BYTES);
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread = new Thread(this::run, "flood");
    private int open;
    private long begun;
    private long heard;
    private volatile long chunks;
    private volatile long acknowledged;
    private volatile boolean stopped;

    /**
     * Connects.
     *
     * @param pool rewound; for this flood alone until it has ended
     * @throws LoadException when the source does not take the connections
     */
    public Flood(InetSocketAddress address, RecordPool pool, FloodOptions options) {
        this.pool = pool;
        this.options = options;
        pool.rewind();
        try {
            selector = Selector.open();
            try {
                for (int i = 0; i < options.connections(); i++) {
                    FloodConnection connection =
                            new FloodConnection(address, options.ack(), options.sessions() ? "flood-" + i : null);
                    connections.add(connection);
                    connection.register(selector);
                }
            } catch (IOException | LoadException e) {
                close();
                throw e;
            }
        } catch (IOException e) {
            throw new LoadException(
                    "connection " + (connections.size() + 1) + " to the source at " + address + ": " + e, e);
        }
        idle.addAll(connections);
        open = connections.size();
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** How many chunks of the pool were sent, or are being sent. */
    public long chunks() {
        return chunks;
    }

    /** How many records these were. */
    public long sent() {
        return chunks * pool.chunkRecords();
    }

    /** How many records the server says are durable; without an answer, 0. */
    public long acknowledged() {
        return acknowledged;
    }

    /**
     * Begins no further chunk, ends each connection behind its last one, and waits until the server has closed all.
     *
     * @throws LoadException when it did not acknowledge exactly what was sent on each
     */
    public void stop() {
        stopped = true;
        selector.wakeup();
        try {
            ended.join();
        } catch (CompletionException e) {
            throw new LoadException("the load broke off: " + e.getCause().getMessage(), e.getCause());
        }
    }

    /** Fails when it has ended by itself. */
    public void requireRunning() {
        if (ended.isDone()) {
            stop();
        }
    }

    private void run() {
        try {
            while (open > 0) {
                boolean more = beginChunks();
                if (more) {
                    selector.selectNow();
                } else {
                    selector.select();
                }
                for (SelectionKey key : selector.selectedKeys()) {
                    attend((FloodConnection) key.attachment(), key);
                }
                selector.selectedKeys().clear();
            }
            ended.complete(null);
        } catch (IOException e) {
            ended.completeExceptionally(new LoadException("a connection broke: " + e, e));
        } catch (RuntimeException e) {
            ended.completeExceptionally(e);
        }
    }

    /**
     * Gives a chunk to a connection that has none; false when there is nothing to give, or no connection to take it.
     */
    private boolean beginChunks() throws IOException {
        if (stopped) {
            for (FloodConnection connection : idle) {
                connection.halfClose();
            }
            idle.clear();
            return false;
        }
        if (idle.isEmpty() || !hasRoom() || chunksInUse.get(pool.next())) {
            return false;
        }
        FloodConnection connection = idle.poll();
        int number = pool.next();
        chunksInUse.set(number);
        connection.begin(pool.take(), number, pool.chunkRecords());
        chunks = ++begun;
        write(connection);
        return true;
    }

    private boolean hasRoom() {
        return options.ack() == AckMode.NONE
                || (sent() - acknowledged) * pool.shape().lineBytes() + pool.chunkBytes()
                        <= Math.max(options.outstandingBytesMax(), pool.chunkBytes());
    }

    private void attend(FloodConnection connection, SelectionKey key) throws IOException {
        if (key.isWritable()) {
            write(connection);
        }
        if (key.isReadable()) {
            long before = connection.acknowledged();
            boolean goesOn = connection.read(answers);
            heard += connection.acknowledged() - before;
            acknowledged = heard;
            if (!goesOn) {
                end(connection);
            }
        }
    }

    private void write(FloodConnection connection) throws IOException {
        if (connection.write()) {
            chunksInUse.clear(connection.chunkNumber());
            idle.add(connection);
        }
    }

    private void end(FloodConnection connection) throws IOException {
        if (!connection.halfClosed()) {
            throw new LoadException("the server closed a connection before its end");
        }
        if (options.ack() != AckMode.NONE && connection.acknowledged() != connection.sent()) {
            throw new LoadException("the server acknowledged " + connection.acknowledged() + " of " + connection.sent()
                    + " records of a connection");
        }
        connection.close();
        open--;
    }

    /** Breaks off what is still open. */
    @Override
    public void close() throws IOException {
        stopped = true;
        for (FloodConnection connection : connections) {
            connection.close();
        }
        selector.close();
    }
}
