package io.decant.ingest.sink.http;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/** A receiver on loopback that does to its sockets whatever a test asks for, well-behaved or not. */
final class RawReceiver implements AutoCloseable {

    /** What to do with one connection, on a thread of its own; the socket is closed after it. */
    interface Script {
        void play(Connection connection) throws IOException;
    }

    /** A request as it came over the wire; every char of the body is a byte. */
    record Received(String line, List<String> headerLines, Map<String, String> headers, String body) {}

    private final ServerSocket server;
    private final Script script;
    private final BlockingQueue<Received> received = new LinkedBlockingQueue<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();
    private final Thread accepting;

    RawReceiver(ServerSocketFactory factory, InetAddress address, Script script) throws IOException {
        this(factory, address, 0, script);
    }

    /** @param port 0: any free one */
    RawReceiver(ServerSocketFactory factory, InetAddress address, int port, Script script) throws IOException {
        this.server = factory.createServerSocket(port, 50, address);
        this.script = script;
        this.accepting = start("receiver", this::accept);
    }

    URI url(String scheme, String host) {
        return URI.create(scheme + "://" + host + ":" + server.getLocalPort() + "/buckets?from=decant");
    }

    BlockingQueue<Received> received() {
        return received;
    }

    int connections() {
        return connections.get();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                start("receiver-connection", () -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            script.play(new Connection(socket));
        } catch (IOException e) {
            // The sink went away, or the handshake failed: what the test asked for shows on the sink's side.
            return;
        }
    }

    private static Thread start(String name, Runnable task) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    @Override
    public void close() throws IOException {
        server.close();
        try {
            // Until its call has returned, the kernel still accepts a connection.
            accepting.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** One accepted connection. */
    final class Connection {

        private static final int END = -1;
        private static final int NOTHING = -2;

        private final Socket socket;
        private final InputStream in;

        Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
        }

        /** Reads head and body of a request; false at the end of the connection. */
        boolean readRequest() throws IOException {
            return takeRequest() != null;
        }

        /** The same; null at the end of the connection. */
        Received takeRequest() throws IOException {
            Received head = readHead();
            if (head == null) {
                return null;
            }
            byte[] body = in.readNBytes(Integer.parseInt(head.headers().get("content-length")));
            Received request = new Received(
                    head.line(), head.headerLines(), head.headers(), new String(body, StandardCharsets.ISO_8859_1));
            received.add(request);
            return request;
        }

        Received readHead() throws IOException {
            String line = readLine();
            if (line == null) {
                return null;
            }
            List<String> lines = new CopyOnWriteArrayList<>();
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            for (String header = readLine(); header != null && !header.isEmpty(); header = readLine()) {
                lines.add(header);
                int colon = header.indexOf(':');
                headers.put(
                        header.substring(0, colon), header.substring(colon + 1).trim());
            }
            return new Received(line, lines, headers, "");
        }

        /** Reads the body of the request whose head was read. */
        void skipBody(Received head) throws IOException {
            in.skipNBytes(Long.parseLong(head.headers().get("content-length")));
        }

        /** Waits for bytes, or the end of the connection; they are not consumed. */
        boolean hasMoreWithin(int millis) throws IOException {
            return next(millis) >= 0;
        }

        /** Waits for the end of the connection; false where there is none by then. */
        boolean closedWithin(int millis) throws IOException {
            return next(millis) == END;
        }

        private int next(int millis) throws IOException {
            socket.setSoTimeout(millis);
            in.mark(1);
            try {
                return in.read();
            } catch (SocketTimeoutException e) {
                return NOTHING;
            } finally {
                in.reset();
                socket.setSoTimeout(0);
            }
        }

        private String readLine() throws IOException {
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    return null;
                }
                if (b != '\r') {
                    line.write(b);
                }
            }
            return line.toString(StandardCharsets.ISO_8859_1);
        }

        void send(String text) throws IOException {
            send(text.getBytes(StandardCharsets.ISO_8859_1));
        }

        void send(byte[] bytes) throws IOException {
            socket.getOutputStream().write(bytes);
            socket.getOutputStream().flush();
        }

        void answer(int status, String headerLines, String body) throws IOException {
            send("HTTP/1.1 " + status + " Whatever\r\n" + headerLines + "Content-Length: " + body.length() + "\r\n\r\n"
                    + body);
        }

        /** Ends the connection by a reset. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        /** Waits until the sink closes the connection. */
        void awaitClose() throws IOException {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
