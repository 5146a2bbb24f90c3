package io.decant.loadtest.load;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.OptionalInt;

/** A connection of a browser to the admin port: a request at a time, with the header that a browser sends. */
final class PageConnection implements Closeable {

    private static final int PATIENCE_MILLIS = 60_000;
    private static final String LENGTH = "content-length:";

    private final InetSocketAddress address;
    private final Socket socket = new Socket();
    private final InputStream in;

    PageConnection(InetSocketAddress address) throws IOException {
        this.address = address;
        socket.setTcpNoDelay(true);
        socket.connect(address, PATIENCE_MILLIS);
        socket.setSoTimeout(PATIENCE_MILLIS);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /** The body of an answer. */
    String get(String path, String accept) throws IOException {
        OptionalInt length = ask(path, accept);
        byte[] body = in.readNBytes(length.orElseThrow(() -> new IOException(path + " has no length")));
        if (body.length < length.getAsInt()) {
            throw new IOException(path + " was cut off");
        }
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Begins a stream, which is then read by {@link #line}. */
    void open(String path) throws IOException {
        var unused = ask(path, "text/event-stream");
    }

    private OptionalInt ask(String path, String accept) throws IOException {
        String request = "GET " + path + " HTTP/1.1\r\nHost: " + address.getHostString() + ":" + address.getPort()
                + "\r\nConnection: keep-alive\r\nCache-Control: max-age=1\r\n"
                + "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
                + " Chrome/140.0.0.0 Safari/537.36\r\nAccept: " + accept
                + "\r\nSec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\nReferer: http://"
                + address.getHostString() + ":" + address.getPort()
                + "/\r\nAccept-Encoding: gzip, deflate, br, zstd\r\nAccept-Language: en-US,en;q=0.9\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        String status = line();
        if (!status.startsWith("HTTP/1.1 200 ")) {
            throw new IOException(path + " is answered " + status);
        }
        OptionalInt length = OptionalInt.empty();
        for (String field = line(); !field.isEmpty(); field = line()) {
            if (field.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
                length = OptionalInt.of(
                        Integer.parseInt(field.substring(LENGTH.length()).strip()));
            }
        }
        return length;
    }

    /** The next line of a stream. */
    String line() throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the server closed the connection");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
