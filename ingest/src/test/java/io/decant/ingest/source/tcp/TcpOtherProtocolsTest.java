package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Clients that speak HTTP or TLS to the port of lines: nothing of what they send becomes a record. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class TcpOtherProtocolsTest {

    private static final String REFUSAL =
            "ERR 0 bad-protocol the first line is an HTTP request, but this port accepts lines of"
                    + " records; if it is a record, set allow-http-like: true\n";

    @Parameter
    TcpFixture.Kind kind;

    private TcpFixture tcp;

    @BeforeEach
    void listen() {
        tcp = new TcpFixture(kind);
    }

    @AfterEach
    void close() {
        tcp.close();
    }

    @Test
    void shouldTakeNothingOfAnHttpRequest() {
        tcp.start();
        for (String end : new String[] {"\r\n", "\n"}) {
            TestClient client = tcp.client().send("POST / HTTP/1.1" + end + "Host: x" + end + end + "evil\nrecords\n");
            assertThat(client.rest()).isEqualTo(REFUSAL);
        }
        assertThat(tcp.client().send("POST / HTTP/1.1").endInput().rest()).isEqualTo(REFUSAL);
        assertThat(tcp.intake.blocks()).isZero();
        assertThat(tcp.source().status().refusals()).isEqualTo(3);
        assertThat(tcp.source().status().unfinishedBytes()).isZero();
    }

    @Test
    void shouldTakeNothingOfAnHttpRequestInPieces() {
        tcp.start();
        TestClient client = tcp.client();
        String request = "POST /a/long/target HTTP/1.1\r\nevil\n";
        for (int i = 0; i < request.length() - 6; i++) {
            client.send(request.substring(i, i + 1));
            int sent = i + 1;
            Await.until("it has arrived", () -> tcp.source().status().unfinishedBytes() == sent);
        }
        client.send(request.substring(request.length() - 6));
        assertThat(client.rest()).isEqualTo(REFUSAL);
        assertThat(tcp.intake.blocks()).isZero();
    }

    @Test
    void shouldTakeNothingOfARealHttpClient() {
        tcp.start();
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + tcp.port() + "/x?y"))
                .POST(HttpRequest.BodyPublishers.ofString("evil\n".repeat(100_000)))
                .build();
        for (HttpClient.Version version : HttpClient.Version.values()) {
            CompletableFuture<?> answer =
                    HttpClient.newBuilder().version(version).build().sendAsync(request, BodyHandlers.discarding());
            Assertions.assertThatThrownBy(answer::join).hasMessageContaining("ERR 0 bad-protocol");
        }
        tcp.awaitConnections(0);
        assertThat(tcp.intake.blocks()).isZero();
    }

    @Test
    void shouldTakeNothingOfATlsHandshake() throws Exception {
        tcp.start();
        try (SSLSocket socket =
                (SSLSocket) SSLContext.getDefault().getSocketFactory().createSocket("127.0.0.1", tcp.port())) {
            Assertions.assertThatThrownBy(socket::startHandshake).isInstanceOf(SSLException.class);
        }
        tcp.awaitConnections(0);
        assertThat(tcp.intake.blocks()).isZero();
        TestClient client = tcp.client().send(new byte[] {0x16, 3, 1, 2, '\n', 1, 'x', '\n'});
        assertThat(client.rest()).startsWith("ERR 0 bad-protocol the connection begins with a TLS handshake, ");
        assertThat(tcp.intake.blocks()).isZero();
    }

    @Test
    void shouldLookAtTheFirstLineOnly() {
        tcp.start();
        TestClient client = tcp.client().send("first\nPOST / HTTP/1.1\r\n");
        tcp.awaitRecords(2);
        client.send("POST / HTTP/1.1\n\u0016\u0003\u0001\n").endInput();
        assertThat(client.rest()).endsWith("OK 4\n");
    }

    @Test
    void shouldTakeRequestsForRecordsWhereThatIsAllowed() {
        tcp.allowHttpLike().start();
        assertThat(tcp.client().send("POST / HTTP/1.1\r\n\n").endInput().rest()).endsWith("OK 2\n");
        assertThat(tcp.intake.text()).isEqualTo("POST / HTTP/1.1\r\n\n");
    }

    /** The first line of such a connection is its session line: what comes next is a record. */
    @Test
    void shouldTakeARequestBehindASessionLineForARecord() {
        tcp.sessions().start();
        assertThat(tcp.client().send("POST / HTTP/1.1\r\n").rest()).startsWith("ERR 0 bad-session ");
        assertThat(tcp.client().send("\u0016\u0003\u0001").rest()).startsWith("ERR 0 bad-session ");
        assertThat(tcp.intake.blocks()).isZero();
        tcp.client("a", 0).send("POST / HTTP/1.1\r\n").linesUpTo("OK 1");
    }
}
