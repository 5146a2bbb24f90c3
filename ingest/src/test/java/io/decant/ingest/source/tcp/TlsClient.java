package io.decant.ingest.source.tcp;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A blocking client over TLS by the JDK, which can also cut the connection below TLS. */
final class TlsClient implements AutoCloseable {

    private final Socket plain = new Socket();
    private final SSLSocket socket;
    private final BufferedReader in;

    /** @param protocol the only version that it speaks, such as {@code TLSv1.2} */
    TlsClient(int port, SSLContext context, String protocol, String proxyHeader) throws IOException {
        plain.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        plain.setSoTimeout((int) Await.DEADLINE.toMillis());
        plain.getOutputStream().write(proxyHeader.getBytes(StandardCharsets.US_ASCII));
        socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", port, false);
        socket.setEnabledProtocols(new String[] {protocol});
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
    }

    TlsClient(int port, SSLContext context, String protocol) throws IOException {
        this(port, context, protocol, "");
    }

    SSLSocket socket() {
        return socket;
    }

    TlsClient send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    /** The next line, or null where the server has ended its output in TLS, too. */
    String line() throws IOException {
        return in.readLine();
    }

    /** By close_notify. */
    TlsClient endInput() throws IOException {
        socket.shutdownOutput();
        return this;
    }

    /** As somebody on the way can do it: the socket's end without close_notify. */
    TlsClient cutInput() throws IOException {
        plain.shutdownOutput();
        return this;
    }

    @Override
    public void close() throws IOException {
        plain.close();
    }
}
