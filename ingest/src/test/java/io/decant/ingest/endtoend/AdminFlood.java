package io.decant.ingest.endtoend;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Clients of the admin port, more than it has room for, that ask for metrics again and again and read no answer. Who is
 * closed comes again.
 */
final class AdminFlood implements Pressure {

    private static final int CLIENTS = 200;
    /** Clients that ask in one step. */
    private static final int STEP = 10;

    private static final ByteBuffer REQUESTS = ByteBuffer.wrap(
            "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1_000).getBytes(StandardCharsets.US_ASCII));

    private final InetSocketAddress address;
    private final SocketChannel[] channels = new SocketChannel[CLIENTS];
    private final AtomicLong sentBytes = new AtomicLong();
    private final AtomicLong closed = new AtomicLong();
    private int next;

    AdminFlood(PressedServer server) {
        address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.adminPort());
    }

    @Override
    public void begin() throws IOException {
        for (int i = 0; i < CLIENTS; i += STEP) {
            goOn();
        }
    }

    @Override
    public void goOn() throws IOException {
        for (int i = 0; i < STEP; i++) {
            ask(next);
            next = (next + 1) % CLIENTS;
        }
    }

    private void ask(int client) throws IOException {
        if (channels[client] == null) {
            channels[client] = SocketChannel.open(address);
            channels[client].configureBlocking(false);
        }
        try {
            sentBytes.addAndGet(channels[client].write(REQUESTS.duplicate()));
        } catch (IOException e) {
            channels[client].close();
            channels[client] = null;
            closed.incrementAndGet();
        }
    }

    /** Clients that the server closed. */
    @Override
    public long felt() {
        return closed.get();
    }

    long sentBytes() {
        return sentBytes.get();
    }

    /** What is still made for closed clients is little. */
    @Override
    public void end() throws IOException {
        close();
    }

    @Override
    public void close() throws IOException {
        for (int i = 0; i < CLIENTS; i++) {
            if (channels[i] != null) {
                channels[i].close();
                channels[i] = null;
            }
        }
    }
}
