package io.decant.loadtest.chaos;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Map;

/** A session over TCP, which goes on where the server says. */
final class TcpSender extends ChaosSender {

    private static final int CONNECT_MILLIS_MAX = 2_000;
    private static final int ANSWER_MILLIS_MAX = 60_000;
    private static final int PORTION_RECORDS = 40;
    private static final int UNACKNOWLEDGED_RECORDS_MAX = 10_000;

    private final int port;
    private final String stream;
    private volatile long sent;
    private volatile long acknowledged;

    TcpSender(String stream, int port, int rate) {
        super(stream, rate);
        this.stream = stream;
        this.port = port;
    }

    @Override
    public void run() {
        while (!isDone()) {
            try {
                converse();
            } catch (IOException e) {
                // The server is down or suspended; that is what the session is for.
                pause();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private boolean isDone() {
        return isAbandoned() || (isStopping() && acknowledged == sent);
    }

    private void converse() throws IOException, InterruptedException {
        Thread reader;
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS_MAX);
            socket.setSoTimeout(ANSWER_MILLIS_MAX);
            OutputStream out = new BufferedOutputStream(socket.getOutputStream());
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            out.write(("SESSION chaos-" + stream + "\n").getBytes(US_ASCII));
            out.flush();
            long next = count(in);
            durable(next, "a new connection begins at");
            reader = new Thread(() -> read(socket, in), "acknowledgements-" + stream);
            reader.setDaemon(true);
            reader.start();
            try {
                send(next, out, socket);
            } finally {
                socket.close();
                // An old connection's last count must not come after the next one's first.
                reader.join();
            }
        }
    }

    private void send(long from, OutputStream out, Socket socket) throws IOException {
        long next = from;
        while (!isDone()) {
            if (socket.isClosed()) {
                throw new IOException("the connection is closed");
            }
            // What was sent before, and is not durable, comes again even at the end.
            boolean isNew = next >= sent;
            if (next - acknowledged > UNACKNOWLEDGED_RECORDS_MAX || (isNew && isStopping())) {
                pause();
                continue;
            }
            int records = (int) (isNew ? PORTION_RECORDS : Math.min(PORTION_RECORDS, sent - next));
            if (isNew) {
                pace(records);
            }
            // Counted first: a part of it may be acknowledged before the last byte is written.
            sent = Math.max(sent, next + records);
            for (int i = 0; i < records; i++) {
                out.write((new ChaosRecord(stream, next++).json() + "\n").getBytes(US_ASCII));
            }
            out.flush();
        }
    }

    private void read(Socket socket, BufferedReader in) {
        try (socket) {
            while (true) {
                durable(count(in), "the server counts");
            }
        } catch (IOException e) {
            // Closed by then, which the sending side notices.
        }
    }

    private static long count(BufferedReader in) throws IOException {
        String line = in.readLine();
        if (line == null || !line.startsWith("OK ")) {
            throw new IOException("the server said " + line);
        }
        return Long.parseLong(line.substring("OK ".length()));
    }

    private void durable(long count, String said) {
        if (count < acknowledged) {
            violated(acknowledged + " records were acknowledged, and " + said + " " + count);
        } else if (count > sent) {
            violated(sent + " records were sent, and " + said + " " + count);
        }
        acknowledged = count;
    }

    @Override
    Map<String, Long> sent() {
        return Map.of(stream, sent);
    }

    @Override
    long acknowledged() {
        return acknowledged;
    }
}
