package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A client as the documentation describes it: says {@code SESSION id}, goes on with the record that the server names,
 * and starts over whenever the connection breaks. Its thread ends when all its records are acknowledged.
 */
final class SessionClient implements Runnable {

    private static final int ANSWER_SECONDS_MAX = 120;
    private static final int WRITE_RECORDS = 50;
    private static final int UNACKNOWLEDGED_MAX = 2_000;

    private final String id;
    private final int port;
    private final List<byte[]> records;
    private final Duration patience;
    private volatile int allowed;
    private volatile long acknowledged;
    private volatile String violation = "";

    /** @param patience after which it gives up, whatever is not acknowledged by then */
    SessionClient(String id, int port, List<byte[]> records, Duration patience) {
        this.id = id;
        this.port = port;
        this.records = records;
        this.patience = patience;
    }

    /** Lets it send its first {@code count} records; more cannot be taken back. */
    void allow(int count) {
        allowed = Math.min(count, records.size());
    }

    long acknowledged() {
        return acknowledged;
    }

    boolean isDone() {
        return acknowledged == records.size();
    }

    /** What the server did that it must not; empty if nothing. */
    String violation() {
        return violation;
    }

    @Override
    public void run() {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!isDone() && violation.isEmpty() && System.nanoTime() - deadline < 0) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                socket.setSoTimeout(ANSWER_SECONDS_MAX * 1000);
                converse(socket);
            } catch (IOException e) {
                // The server is gone or not back yet; that is what the session is for.
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
    }

    private void converse(Socket socket) throws IOException {
        OutputStream out = socket.getOutputStream();
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
        out.write(("SESSION " + id + "\n").getBytes(US_ASCII));
        long durable = count(in.readLine());
        if (durable < acknowledged) {
            violation =
                    id + ": " + acknowledged + " records were acknowledged, and now only " + durable + " are durable";
            return;
        }
        acknowledged = durable;
        int next = (int) durable;
        while (!isDone()) {
            int limit = allowed;
            int end = Math.min(limit, next + WRITE_RECORDS);
            for (; next < end; next++) {
                out.write(records.get(next));
                out.write('\n');
            }
            // A few thousand may be on their way; then it waits for the server.
            while (acknowledged < next - UNACKNOWLEDGED_MAX || (next == limit && acknowledged < next) || in.ready()) {
                acknowledged = count(in.readLine());
            }
            if (next == limit && limit == allowed && !isDone()) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            }
        }
    }

    private static long count(String line) throws IOException {
        if (line == null || !line.startsWith("OK ")) {
            throw new IOException("the server said " + line);
        }
        return Long.parseLong(line.substring(3));
    }
}
