package io.decant.ingest.server;

import static io.decant.ingest.server.SinksFixture.awaitDelivered;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A source that reads from a server, in a whole server of ours. */
@Timeout(60)
class TcpClientServerTest {

    @TempDir
    Path temp;

    private SinksFixture fixture;

    @BeforeEach
    void open() {
        fixture = new SinksFixture(temp);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void shouldDeliverWhatAServerSendsAndShowHowItIsWithIt() throws Exception {
        try (ServerSocket words = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String address = "127.0.0.1:" + words.getLocalPort();
            String source = "sources={words: {type: tcp, connect: '" + address + "', transforms: [{split: ' '}]}}";
            try (Server server = fixture.start(List.of("one"), source);
                    Socket connection = words.accept()) {
                connection.getOutputStream().write("to be or\n".getBytes(StandardCharsets.US_ASCII));

                assertThat(fixture.receiver("one").next().body()).isEqualTo("to\nbe\nor\n");
                awaitDelivered(server);

                assertThat(get(server, "/status"))
                        .contains("\"address\":\"" + address + "\"", "\"state\":\"reading\"", "\"lastError\":\"\"")
                        .doesNotContain("\"partitions\"");
                assertThat(get(server, "/metrics")).contains("decant_source_up{source=\"words\"} 1.0");
                // What it read is delivered, and the connection ends.
                connection.getOutputStream().write("not to\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(fixture.receiver("one").next().body()).isEqualTo("not\nto\n");
                assertThat(server.drain()).isTrue();
                assertThat(connection.getInputStream().readAllBytes()).isEmpty();
            }
        }
    }

    private static String get(Server server, String path) throws IOException {
        try (InputStream in =
                URI.create("http://" + server.adminAddress() + path).toURL().openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replaceAll("\" ?: ", "\":");
        }
    }
}
