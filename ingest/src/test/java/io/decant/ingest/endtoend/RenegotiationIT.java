package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.ClientAuth;
import io.decant.config.ServerTlsSettings;
import io.decant.ingest.tls.ServedCertificates;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A second handshake on a connection. Whether a process allows it is settled when its first connection over TLS begins,
 * by whichever class was there first; so this is asked of the server's own process, and not of the one that has run
 * other tests before.
 */
class RenegotiationIT {

    private static final int PATIENCE_SECONDS = 60;

    @TempDir
    static Path certificates;

    private static ServedCertificates made;

    @TempDir
    Path folder;

    private final int lines = Ports.next();
    private final int web = Ports.next();
    private ServerProcess server;

    @BeforeAll
    static void make() throws Exception {
        made = ServedCertificates.make(certificates);
    }

    @BeforeEach
    void start() throws Exception {
        ServedCertificates.show(made.server(), folder);
        ServerTlsSettings files = made.settings(folder, ClientAuth.NONE);
        String tls = "{certificate: %s, key: %s}".formatted(files.certificate(), files.key());
        Path settings = Files.writeString(
                folder.resolve("decant.yaml"), """
                data-dir: ./data
                sources:
                  lines: {type: tcp, address: "127.0.0.1:%d", tls: %s}
                  web: {type: http, address: "127.0.0.1:%d", tls: %s}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                sinks: {files: {type: hdfs, uri: "file://%s"}}
                admin: {address: "127.0.0.1:0"}
                """.formatted(lines, tls, web, tls, folder.resolve("buckets")));
        server = ServerProcess.start(folder, settings);
    }

    @AfterEach
    void stop() throws InterruptedException {
        server.kill();
    }

    @Test
    void shouldBreakOffAConnectionOfTheTcpSource() throws Exception {
        assertBrokenOff(lines, "one\n", "OK 1", "two\n");
    }

    @Test
    void shouldBreakOffAConnectionOfTheHttpSource() throws Exception {
        String request = "POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 4\r\n\r\n";
        assertBrokenOff(web, request + "one\n", "HTTP/1.1 200 OK", request + "two\n");
    }

    private void assertBrokenOff(int port, String first, String answer, String second) throws Exception {
        try (Socket plain = connect(port);
                SSLSocket socket = (SSLSocket)
                        made.authority().trusted().getSocketFactory().createSocket(plain, "127.0.0.1", port, true)) {
            // TLS 1.3 has no second handshake.
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            socket.getOutputStream().write(first.getBytes(StandardCharsets.US_ASCII));
            assertThat(in.readLine()).isEqualTo(answer);

            assertThatThrownBy(() -> {
                        socket.startHandshake();
                        socket.getOutputStream().write(second.getBytes(StandardCharsets.US_ASCII));
                        for (String line = in.readLine(); line != null; line = in.readLine()) {
                            // What is left of the first answer.
                            assertThat(line).doesNotStartWith("OK 2").doesNotStartWith("HTTP/");
                        }
                        throw new EOFException("the server has closed");
                    })
                    .isInstanceOfAny(SSLException.class, SocketException.class, EOFException.class);
        }
    }

    /** To a server that may still be starting. */
    private Socket connect(int port) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            Socket socket = new Socket();
            try {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
                return socket;
            } catch (ConnectException e) {
                socket.close();
                assertThat(System.nanoTime() < deadline && server.isAlive())
                        .as(server::log)
                        .isTrue();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            }
        }
    }
}
