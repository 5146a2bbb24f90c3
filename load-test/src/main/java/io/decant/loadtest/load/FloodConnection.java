package io.decant.loadtest.load;

import io.decant.config.AckMode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/** One connection of a {@link Flood}: sends a chunk at a time. Owned by the flood's thread once it runs. */
final class FloodConnection implements AutoCloseable {

    private static final int ANSWER_BYTES_MAX = 128;

    private final SocketChannel socket;
    private final AckReader acks;
    private SelectionKey key;
    private ByteBuffer chunk;
    private int chunkNumber;
    private long sent;
    private boolean halfClosed;

    /**
     * Connects, and waits for the answer to the session line if there is one.
     *
     * @param session the id, or null for none
     */
    FloodConnection(InetSocketAddress address, AckMode mode, String session) throws IOException {
        socket = SocketChannel.open();
        try {
            socket.connect(address);
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            acks = new AckReader(mode);
            if (session != null) {
                greet(session);
            }
            socket.configureBlocking(false);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private void greet(String session) throws IOException {
        socket.write(ByteBuffer.wrap(("SESSION " + session + "\n").getBytes(StandardCharsets.US_ASCII)));
        byte[] line = new byte[ANSWER_BYTES_MAX];
        ByteBuffer one = ByteBuffer.allocate(1);
        int length = 0;
        do {
            if (length == line.length || socket.read(one.clear()) < 0) {
                throw new LoadException("the session " + session + " was not answered");
            }
            line[length++] = one.get(0);
        } while (one.get(0) != '\n');
        String answer = new String(line, 0, length, StandardCharsets.US_ASCII);
        if (!answer.equals("OK 0\n")) {
            throw new LoadException("the new session " + session + " was answered: " + answer.strip());
        }
    }

    void register(Selector selector) throws IOException {
        key = socket.register(selector, SelectionKey.OP_READ, this);
    }

    /** How many records are durable. */
    long acknowledged() {
        return acks.acknowledged();
    }

    /** How many records were in the chunks that were begun. */
    long sent() {
        return sent;
    }

    /** The number of the chunk that is under way. */
    int chunkNumber() {
        return chunkNumber;
    }

    void begin(ByteBuffer next, int number, int records) {
        chunk = next;
        chunkNumber = number;
        sent += records;
    }

    /** Writes what the socket takes; true when the chunk is out. */
    boolean write() throws IOException {
        socket.write(chunk);
        boolean done = !chunk.hasRemaining();
        int interest = done ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
        if (key.interestOps() != interest) {
            key.interestOps(interest);
        }
        if (done) {
            chunk = null;
        }
        return done;
    }

    /** Reads what there is; false at the end. */
    boolean read(ByteBuffer buffer) throws IOException {
        int got = socket.read(buffer.clear());
        acks.read(buffer.flip());
        return got >= 0;
    }

    void halfClose() throws IOException {
        halfClosed = true;
        socket.shutdownOutput();
    }

    boolean halfClosed() {
        return halfClosed;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
