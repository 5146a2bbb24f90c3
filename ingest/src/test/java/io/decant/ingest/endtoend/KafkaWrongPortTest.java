package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.sink.http.TestCertificate;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ports where something else than Kafka listens. Kafka's client takes the first four bytes of whatever it is answered
 * for a length, and allocates it.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
@Tag("slow")
class KafkaWrongPortTest {

    private static final byte[] HTTP = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".getBytes(UTF_8);

    @TempDir
    Path folder;

    /** Accepts connections one after the other, and lets each be answered. */
    private static final class Listener implements AutoCloseable {

        private final ServerSocket socket;

        interface Answer {
            void answer(Socket connection) throws IOException;
        }

        Listener(ServerSocket socket, Answer answer) {
            this.socket = socket;
            Thread thread = new Thread(() -> serve(answer), "wrong-port");
            thread.setDaemon(true);
            thread.start();
        }

        private void serve(Answer answer) {
            while (!socket.isClosed()) {
                try (Socket connection = socket.accept()) {
                    answer.answer(connection);
                } catch (IOException e) {
                    // The client has had enough, or the test ends.
                }
            }
        }

        String address() {
            return "127.0.0.1:" + socket.getLocalPort();
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static ServerSocket anyPort() throws IOException {
        return new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    private static ServerSocket anyPort(TestCertificate certificate) throws Exception {
        return certificate.serverSockets().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    private static void answerHttp(Socket connection) throws IOException {
        connection.getInputStream().read(new byte[1_024]);
        connection.getOutputStream().write(HTTP);
        connection.getOutputStream().flush();
    }

    private static List<String> problems(KafkaWorld world, String... sets) {
        return world.connectionProblems(sets);
    }

    @Test
    void shouldSayThatAnHttpServerIsNoBrokerAndServeTcpMeanwhile() throws Exception {
        try (Listener http = new Listener(anyPort(), KafkaWrongPortTest::answerHttp);
                KafkaWorld world = new KafkaWorld(folder, http.address(), "clicks")) {
            String wrong = http.address() + " does not use the Kafka protocol (it answers HTTP; set the broker's port)";
            assertThat(problems(world))
                    .containsExactly("source clicks: " + wrong + "; the server would start and keep trying");
            world.start("sources.lines={type: tcp, address: '127.0.0.1:0'}");
            world.await(reading -> reading.state().equals("failing"));
            assertThat(world.reading().lastError()).isEqualTo(wrong);
            assertThat(world.sendLines("lines", "from tcp\n".repeat(100))).endsWith("OK 100\n");
            world.awaitRecords(100);
        }
    }

    @Test
    void shouldSayThatAPortSpeaksTls() throws Exception {
        TestCertificate certificate = TestCertificate.receiver(folder, "ip:127.0.0.1");
        try (Listener tls = new Listener(anyPort(certificate), KafkaWrongPortTest::readAll);
                KafkaWorld world = new KafkaWorld(folder, tls.address(), "clicks")) {
            assertThat(problems(world))
                    .containsExactly(
                            "source clicks: " + tls.address()
                                    + " does not use the Kafka protocol (TLS? set security.protocol); the server would start and keep trying");
        }
    }

    private static void readAll(Socket connection) throws IOException {
        InputStream input = connection.getInputStream();
        while (input.read() >= 0) {
            // Until the handshake fails.
        }
    }

    /** The other way round: TLS is right, and behind it is no broker. */
    @Test
    void shouldSayThatAnHttpsServerIsNoBroker() throws Exception {
        TestCertificate certificate = TestCertificate.receiver(folder, "ip:127.0.0.1");
        try (Listener https = new Listener(anyPort(certificate), KafkaWrongPortTest::answerHttp);
                KafkaWorld world = new KafkaWorld(folder, https.address(), "clicks")) {
            assertThat(problems(
                            world,
                            "sources.clicks.properties.security.protocol=SSL",
                            "sources.clicks.properties.ssl.truststore.type=PEM",
                            "sources.clicks.properties.ssl.truststore.location=" + certificate.certificate()))
                    .containsExactly("source clicks: " + https.address()
                            + " does not use the Kafka protocol (it answers HTTP; set the broker's port); the server would start and"
                            + " keep trying");
        }
    }

    @Test
    void shouldBoundWhatABrokersAnswerMayClaimToBe() throws Exception {
        // The number of the request is right, and the length is none that a first answer has.
        try (Listener odd = new Listener(anyPort(), connection -> {
                    byte[] request = new byte[12];
                    connection.getInputStream().readNBytes(request, 0, request.length);
                    connection.getOutputStream().write(new byte[] {0x40, 0, 0, 0, request[8], request[9], request[10]});
                    connection.getOutputStream().write(request[11]);
                    connection.getInputStream().read();
                });
                KafkaWorld world = new KafkaWorld(folder, odd.address(), "clicks")) {
            assertThat(problems(world))
                    .containsExactly("source clicks: " + odd.address()
                            + " does not use the Kafka protocol; the server would start and keep trying");
        }
    }
}
