package io.decant.loadtest.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class CountingReceiverTest {

    @TempDir
    Path temp;

    private static final String ANSWER = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";

    private static String request(int batch, String body) {
        return "POST /buckets HTTP/1.1\r\nhost: x\r\ncontent-length: " + body.length()
                + "\r\nIdempotency-Key: \"k\"\r\n"
                + "Decant-Batch: " + batch + "\r\nDecant-Bucket: 0\r\nDecant-Buckets: 1\r\nDecant-First: 0\r\n"
                + "Decant-Records: 2\r\nDecant-Window: a/b\r\n\r\n" + body;
    }

    private static Socket connect(CountingReceiver receiver) throws Exception {
        return new Socket(
                InetAddress.getLoopbackAddress(), URI.create(receiver.url()).getPort());
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 100, 10_000})
    void shouldAnswerAndCountHoweverRequestsAreCut(int step) throws Exception {
        byte[] requests = (request(1, "a\nb\n") + request(2, "a\r\n\r\nb\n") + request(3, ""))
                .getBytes(StandardCharsets.US_ASCII);
        try (CountingReceiver receiver = new CountingReceiver();
                Socket socket = connect(receiver)) {
            socket.setTcpNoDelay(true);
            for (int at = 0; at < requests.length; at += step) {
                socket.getOutputStream().write(requests, at, Math.min(step, requests.length - at));
            }
            byte[] answers = socket.getInputStream().readNBytes(3 * ANSWER.length());
            assertThat(new String(answers, StandardCharsets.US_ASCII)).isEqualTo(ANSWER.repeat(3));
            assertThat(receiver.ledger().records()).isEqualTo(6);
            assertThat(receiver.ledger().violations()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {7, 10_000, 1_000_000})
    void shouldReadAndAnswerOverTls(int bodyBytes) throws Exception {
        ReceiverIdentity identity = ReceiverIdentity.in(temp);
        SSLContext trusting = trusting(identity.certificate());
        byte[] requests = (request(1, "a".repeat(bodyBytes)) + request(2, "b\n")).getBytes(StandardCharsets.US_ASCII);
        try (CountingReceiver receiver = new CountingReceiver(Optional.of(identity.context()));
                Socket socket = trusting.getSocketFactory()
                        .createSocket(
                                InetAddress.getLoopbackAddress(),
                                URI.create(receiver.url()).getPort())) {
            assertThat(receiver.url()).startsWith("https://");
            socket.getOutputStream().write(requests);
            byte[] answers = socket.getInputStream().readNBytes(2 * ANSWER.length());
            assertThat(new String(answers, StandardCharsets.US_ASCII)).isEqualTo(ANSWER.repeat(2));
            assertThat(receiver.ledger().bodyBytes()).isEqualTo(bodyBytes + 2);
            assertThat(receiver.ledger().violations()).isEmpty();
        }
    }

    private static SSLContext trusting(Path certificate) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        try (InputStream in = Files.newInputStream(certificate)) {
            trusted.setCertificateEntry(
                    "receiver", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
                "POST / HTTP/1.1\r\nno colon\r\n\r\n",
            })
    void shouldNoticeWhatIsNoPartOfABucketAndGoOn(String request) throws Exception {
        try (CountingReceiver receiver = new CountingReceiver()) {
            try (Socket socket = connect(receiver)) {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).isNegative();
            }
            assertThat(receiver.ledger().violations()).hasSize(1);
            try (Socket socket = connect(receiver)) {
                socket.getOutputStream().write(request(1, "a\n").getBytes(StandardCharsets.US_ASCII));
                assertThat(socket.getInputStream().read()).isEqualTo('H');
            }
        }
    }

    @Test
    void shouldLeaveOutARequestThatWasNotWhole() throws Exception {
        try (CountingReceiver receiver = new CountingReceiver()) {
            try (Socket socket = connect(receiver)) {
                String request = request(1, "a\nb\n");
                socket.getOutputStream()
                        .write(request.substring(0, request.length() - 1).getBytes(StandardCharsets.US_ASCII));
                socket.shutdownOutput();
                assertThat(socket.getInputStream().read()).isNegative();
            }
            assertThat(receiver.ledger().records()).isZero();
            assertThat(receiver.ledger().violations()).isEmpty();
        }
    }

    @Test
    void shouldAnswerWhatCameWhileItStalledOnceItGoesOn() throws Exception {
        try (CountingReceiver receiver = new CountingReceiver();
                Socket socket = connect(receiver)) {
            receiver.stall();
            socket.getOutputStream().write(request(1, "a\nb\n").getBytes(StandardCharsets.US_ASCII));
            socket.setSoTimeout(300);
            assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
            assertThat(receiver.ledger().records()).isZero();

            receiver.resume();

            socket.setSoTimeout(0);
            assertThat(new String(socket.getInputStream().readNBytes(ANSWER.length()), StandardCharsets.US_ASCII))
                    .isEqualTo(ANSWER);
            assertThat(receiver.ledger().records()).isEqualTo(2);
        }
    }
}
