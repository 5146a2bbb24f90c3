package io.decant.loadtest.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * Posts bodies to an HTTP source flat out, over any number of connections with one request under way on each. One
 * thread writes to all of them and reads what they are answered, which must be success.
 *
 * <p>Safe for any thread, {@link #start} apart.
 */
public final class HttpFlood implements AutoCloseable {

    private static final int ANSWER_BYTES_MAX = 4 << 10;
    private static final String SUCCESS = "HTTP/1.1 200 ";

    private final RecordPool pool;
    private final Selector selector;
    private final List<Connection> connections = new ArrayList<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();
    private final Thread thread = new Thread(this::run, "http-flood");
    private final ByteBuffer head;
    private final String answerEnd;
    private int underWay;
    private long successes;
    private volatile long answered;
    private volatile boolean stopped;

    /**
     * Connects.
     *
     * @param pool whose chunks are the bodies, as many as there are connections at least
     * @throws LoadException when the source does not take the connections
     */
    public HttpFlood(InetSocketAddress address, RecordPool pool, int connections) {
        this.pool = pool;
        pool.rewind();
        this.head =
                ByteBuffer.wrap(("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: " + pool.chunkBytes() + "\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        this.answerEnd = "\r\n\r\n{\"records\":" + pool.chunkRecords() + "}";
        try {
            selector = Selector.open();
            for (int i = 0; i < connections; i++) {
                this.connections.add(new Connection(address));
            }
        } catch (IOException e) {
            throw new LoadException("no connection to the source at " + address + ": " + e, e);
        }
        thread.setDaemon(true);
    }

    public void start() {
        thread.start();
    }

    /** How many requests were answered with success. */
    public long answered() {
        return answered;
    }

    /** How many records these brought. */
    public long acknowledged() {
        return answered * pool.chunkRecords();
    }

    /**
     * Begins no further request, and waits for the answers.
     *
     * @throws LoadException when one was no success
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

    private void run() {
        try {
            for (Connection connection : connections) {
                connection.begin();
            }
            while (underWay > 0) {
                selector.select();
                for (SelectionKey key : selector.selectedKeys()) {
                    ((Connection) key.attachment()).attend();
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

    /** Breaks off what is still open. */
    @Override
    public void close() throws IOException {
        stopped = true;
        for (Connection connection : connections) {
            connection.socket.close();
        }
        selector.close();
    }

    /** One connection, with one request at a time. */
    private final class Connection {

        private final SocketChannel socket;
        private final SelectionKey key;
        private final ByteBuffer answer = ByteBuffer.allocate(ANSWER_BYTES_MAX);
        private ByteBuffer[] request;

        Connection(InetSocketAddress address) throws IOException {
            socket = SocketChannel.open(address);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            socket.configureBlocking(false);
            key = socket.register(selector, SelectionKey.OP_READ, this);
        }

        void begin() throws IOException {
            underWay++;
            // The pool has a chunk for each connection, and each waits for its answer, so none is in use twice.
            request = new ByteBuffer[] {head.duplicate(), pool.take().duplicate()};
            write();
        }

        void attend() throws IOException {
            if (key.isWritable()) {
                write();
            }
            if (key.isReadable()) {
                read();
            }
        }

        private void write() throws IOException {
            socket.write(request);
            boolean done = !request[1].hasRemaining();
            int interest = done ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
            if (key.interestOps() != interest) {
                key.interestOps(interest);
            }
        }

        private void read() throws IOException {
            if (socket.read(answer) < 0 || !answer.hasRemaining()) {
                throw new LoadException("the server ended a connection, or answers without an end");
            }
            String text = new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
            if (text.length() >= SUCCESS.length() && !text.startsWith(SUCCESS)) {
                throw new LoadException("the server answered: " + text);
            }
            if (text.endsWith(answerEnd)) {
                answer.clear();
                answered = ++successes;
                underWay--;
                if (!stopped) {
                    begin();
                }
            }
        }
    }
}
