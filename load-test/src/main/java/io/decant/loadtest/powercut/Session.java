package io.decant.loadtest.powercut;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** One connection of a session, from its first line on. */
final class Session implements AutoCloseable {

    private static final int CONNECT_MILLIS_MAX = 1_000;
    private static final int ANSWER_MILLIS_MAX = 30_000;

    private final Socket socket;
    private final OutputStream out;
    private final BufferedReader in;
    private final long durable;

    /** Connects and waits for the server's answer. */
    Session(int port, int session) throws IOException {
        socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS_MAX);
            socket.setSoTimeout(ANSWER_MILLIS_MAX);
            socket.setTcpNoDelay(true);
            out = socket.getOutputStream();
            in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            out.write(("SESSION " + Workload.sessionId(session) + "\n").getBytes(US_ASCII));
            durable = nextCount();
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** How many records of the session were durable when the connection began. */
    long durable() {
        return durable;
    }

    OutputStream out() {
        return out;
    }

    /** Waits for the next acknowledgement. */
    long nextCount() throws IOException {
        String line = in.readLine();
        if (line == null || !line.startsWith("OK ")) {
            throw new IOException("the server said " + line);
        }
        return Long.parseLong(line.substring("OK ".length()));
    }

    /** Fails once the connection was closed by the side that reads. */
    void requireOpen() throws IOException {
        if (socket.isClosed()) {
            throw new IOException("the connection is closed");
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
