package io.decant.loadtest.load;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A source that acknowledges what it has read, and is off by some records where a test wants that. */
final class FakeSource implements AutoCloseable {

    private final ServerSocket listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final AtomicLong lines = new AtomicLong();
    private final int off;
    private final boolean sessions;

    /** @param off added to the last count of each connection */
    FakeSource(boolean sessions, int off) throws IOException {
        this.sessions = sessions;
        this.off = off;
        threads.execute(this::accept);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = listener.accept();
                threads.execute(() -> serve(socket));
            }
        } catch (IOException e) {
            // Closed: the test is over.
            threads.shutdown();
        }
    }

    private void serve(Socket socket) {
        try (socket;
                InputStream in = socket.getInputStream();
                OutputStream out = socket.getOutputStream()) {
            if (sessions) {
                int next;
                do {
                    next = in.read();
                } while (next != '\n');
                answer(out, 0);
            }
            byte[] buffer = new byte[64 << 10];
            long mine = 0;
            for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
                for (int i = 0; i < got; i++) {
                    mine += buffer[i] == '\n' ? 1 : 0;
                }
                answer(out, mine);
            }
            lines.addAndGet(mine);
            if (off != 0) {
                answer(out, mine + off);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void answer(OutputStream out, long count) throws IOException {
        out.write(("OK " + count + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    /** Lines of the connections that have ended. */
    long lines() {
        return lines.get();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        threads.shutdownNow();
    }
}
