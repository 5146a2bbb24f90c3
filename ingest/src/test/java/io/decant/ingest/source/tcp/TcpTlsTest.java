package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.AckMode;
import io.decant.config.ClientAuth;
import io.decant.ingest.source.SourceException;
import io.decant.ingest.tls.ServedCertificates;
import io.decant.ingest.tls.ServerTls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Security;
import java.util.Random;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records over TLS, from clients that keep to it and others. */
@Timeout(120)
@ParameterizedClass
@EnumSource
class TcpTlsTest {

    private static final String TLS_1_2 = "TLSv1.2";
    private static final String TLS_1_3 = "TLSv1.3";

    @TempDir
    static Path certificates;

    private static ServedCertificates made;

    @Parameter
    TcpFixture.Kind kind;

    @TempDir
    Path folder;

    private TcpFixture tcp;

    @BeforeAll
    static void make() throws Exception {
        made = ServedCertificates.make(certificates);
    }

    @BeforeEach
    void listen() {
        tcp = new TcpFixture(kind);
    }

    @AfterEach
    void close() {
        tcp.close();
    }

    private TcpFixture tls(ClientAuth auth) throws IOException {
        ServedCertificates.show(made.server(), folder);
        return tcp.tls(made.settings(folder, auth));
    }

    private TlsClient client(SSLContext context, String protocol) throws IOException {
        return new TlsClient(tcp.port(), context, protocol);
    }

    private ServerTls.Status status() {
        return tcp.source().status().tls();
    }

    @ParameterizedTest
    @ValueSource(strings = {TLS_1_2, TLS_1_3})
    void shouldTakeAndAcknowledgeRecordsOfAnyLength(String protocol) throws Exception {
        tls(ClientAuth.NONE).start();
        String longRecord = "x".repeat(500_000);
        try (TlsClient client = client(made.authority().trusted(), protocol)) {
            client.send("one\n").send(longRecord + "\ntwo\n");
            while (!"OK 3".equals(client.line())) {
                // The count comes in one line or several.
            }
        }
        assertThat(tcp.intake.text()).isEqualTo("one\n" + longRecord + "\ntwo\n");
    }

    @Test
    void shouldAnswerAfterTheEndOfInputOverTls13() throws Exception {
        tls(ClientAuth.NONE).ack(AckMode.END).start();
        try (TlsClient client = client(made.authority().trusted(), TLS_1_3)) {
            client.send("one\nlast").endInput();
            assertThat(client.line()).isEqualTo("OK 2");
            // Told in TLS: a connection that was cut would throw.
            assertThat(client.line()).isNull();
        }
        assertThat(tcp.intake.text()).isEqualTo("one\nlast\n");
    }

    @Test
    void shouldTakeTheLastLineWhereTls12EndsTheInput() throws Exception {
        tls(ClientAuth.NONE).start();
        try (TlsClient client = client(made.authority().trusted(), TLS_1_2)) {
            client.send("one\nlast").socket().close();
            tcp.awaitRecords(2);
        }
        assertThat(tcp.intake.text()).isEqualTo("one\nlast\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {TLS_1_2, TLS_1_3})
    void shouldNotTakeTheRestOfAnInputThatWasCutForARecord(String protocol) throws Exception {
        tls(ClientAuth.NONE).start();
        try (TlsClient client = client(made.authority().trusted(), protocol)) {
            client.send("one\ntrunc").cutInput();
            assertThat(client.line()).isEqualTo("OK 1");
        }
        tcp.awaitConnections(0);
        assertThat(tcp.intake.text()).isEqualTo("one\n");
    }

    @Test
    void shouldResumeASessionThatWasCut() throws Exception {
        tls(ClientAuth.NONE).sessions().start();
        try (TlsClient client = client(made.authority().trusted(), TLS_1_3)) {
            client.send("SESSION s\none\nha").cutInput();
            assertThat(client.line()).isEqualTo("OK 0");
            assertThat(client.line()).isEqualTo("OK 1");
        }
        try (TlsClient client = client(made.authority().trusted(), TLS_1_3)) {
            client.send("SESSION s\nhalf\n");
            assertThat(client.line()).isEqualTo("OK 1");
            assertThat(client.line()).isEqualTo("OK 2");
        }
        assertThat(tcp.intake.text()).isEqualTo("one\nhalf\n");
    }

    @Test
    void shouldTakeTheProxysHeaderBeforeTls() throws Exception {
        tls(ClientAuth.NONE).proxyProtocol().start();
        String header = "PROXY TCP4 192.0.2.7 127.0.0.1 4711 9999\r\n";
        try (TlsClient client = new TlsClient(tcp.port(), made.authority().trusted(), TLS_1_3, header)) {
            client.send("one\n");
            assertThat(client.line()).isEqualTo("OK 1");
        }
        assertThat(tcp.intake.text()).isEqualTo("one\n");
    }

    @Test
    void shouldLetOnlyClientsInWhoseCertificateItsAuthoritySigned() throws Exception {
        tls(ClientAuth.NEED).start();
        assertNotLetIn(made.authority().trusted(), TLS_1_2);
        assertNotLetIn(made.stranger().trusting(made.authority()), TLS_1_2);
        assertNotLetIn(made.stranger().trusting(made.authority()), TLS_1_3);
        assertThat(tcp.intake.text()).isEmpty();
        assertThat(status().handshakesFailed()).isEqualTo(3);
        try (TlsClient client = client(made.edge().trusting(made.authority()), TLS_1_3)) {
            client.send("one\n");
            assertThat(client.line()).isEqualTo("OK 1");
        }
    }

    @Test
    void shouldLetClientsInWithoutACertificateWhereOneIsOnlyWanted() throws Exception {
        tls(ClientAuth.WANT).start();
        assertNotLetIn(made.stranger().trusting(made.authority()), TLS_1_3);
        try (TlsClient client = client(made.authority().trusted(), TLS_1_3)) {
            client.send("one\n");
            assertThat(client.line()).isEqualTo("OK 1");
        }
    }

    /** Over TLS 1.3 a client learns it only when it reads. */
    private void assertNotLetIn(SSLContext context, String protocol) throws IOException {
        long failedBefore = status().handshakesFailed();
        try (TlsClient client = client(context, protocol)) {
            assertThatThrownBy(() -> client.send("one\n").line()).isInstanceOf(IOException.class);
        }
        Await.until("the handshake has failed", () -> status().handshakesFailed() == failedBefore + 1);
        assertThat(status().lastHandshakeError()).startsWith("127.0.0.1:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1", "TLSv1.1"})
    void shouldSpeakNoOlderVersion(String protocol) throws Exception {
        String disabled = Security.getProperty("jdk.tls.disabledAlgorithms");
        assertThat(disabled)
                .as("what the JDK itself does not speak, a client of its cannot try")
                .contains(protocol);
        tls(ClientAuth.NONE).start();
        // A hello as such a client sends it, up to the cipher suites.
        byte minor = (byte) (protocol.equals("TLSv1") ? 1 : 2);
        byte[] hello = hello(minor);
        TestClient client = tcp.client().send(hello);
        byte[] alert = client.rest().getBytes(StandardCharsets.ISO_8859_1);
        assertThat(alert)
                .as("a fatal alert, protocol_version")
                .hasSize(7)
                .startsWith(21)
                .endsWith(2, 70);
        Await.until("it is counted", () -> status().handshakesFailed() == 1);
    }

    private static byte[] hello(byte minor) {
        int body = 2 + 32 + 1 + 2 + 2 + 2;
        ByteBuffer hello = ByteBuffer.allocate(5 + 4 + body);
        hello.put((byte) 22).put((byte) 3).put((byte) 1).putShort((short) (4 + body));
        hello.put((byte) 1).put((byte) 0).putShort((short) body);
        hello.put((byte) 3).put(minor).put(new byte[32]).put((byte) 0);
        hello.putShort((short) 2).putShort((short) 0xc013).put((byte) 1).put((byte) 0);
        return hello.array();
    }

    @Test
    void shouldCloseWhoeverSpeaksNoTls() throws Exception {
        tls(ClientAuth.NONE).start();
        assertThat(tcp.client().send("one\ntwo\n").rest()).doesNotContain("OK");
        byte[] garbage = new byte[100_000];
        new Random(1).nextBytes(garbage);
        garbage[0] = 22;
        garbage[1] = 3;
        garbage[2] = 3;
        tcp.client().send(garbage).reset();
        Await.until("both are counted", () -> status().handshakesFailed() == 2);
        tcp.awaitConnections(0);
        assertThat(tcp.intake.text()).isEmpty();
        assertThat(tcp.source().status().refusals()).isEqualTo(2);
    }

    @Test
    void shouldShowARenewedCertificateAndKeepConnectionsThatAreThere() throws Exception {
        tls(ClientAuth.NONE).start();
        assertThat(status().days()).isGreaterThan(0);
        try (TlsClient early = client(made.authority().trusted(), TLS_1_3)) {
            early.send("one\n");
            assertThat(early.line()).isEqualTo("OK 1");
            assertThat(subject(early)).isEqualTo("CN=server");

            ServedCertificates.show(made.renewed(), folder);

            Await.until("the new one is shown", () -> subjectNow().equals("CN=renewed"));
            early.send("two\n");
            assertThat(early.line()).isEqualTo("OK 2");
        }
    }

    @Test
    void shouldKeepItsCertificateWhereTheNewFilesAreBad() throws Exception {
        tls(ClientAuth.NONE).start();
        Files.writeString(folder.resolve("server.pem"), "no certificate");
        Await.until("it is seen", () -> !status().lastError().isEmpty());
        assertThat(status().lastError()).contains("server.pem");
        assertThat(subjectNow()).isEqualTo("CN=server");

        ServedCertificates.show(made.renewed(), folder);
        Await.until("it is mended", () -> status().lastError().isEmpty());
        assertThat(subjectNow()).isEqualTo("CN=renewed");
    }

    @Test
    void shouldNotBeginWithFilesThatCannotBeUsed() throws Exception {
        tls(ClientAuth.NONE);
        ServedCertificates.put(made.stranger().key(), folder.resolve("server.key"));
        Files.delete(folder.resolve("server.pem"));
        assertThatThrownBy(() -> tcp.start())
                .isInstanceOf(SourceException.class)
                .hasMessageContaining("server.pem does not exist")
                .hasMessageContaining("sources.logs.tls");
    }

    private String subjectNow() {
        try (TlsClient client = client(made.authority().trusted(), TLS_1_3)) {
            client.send("?\n");
            client.line();
            return subject(client);
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static String subject(TlsClient client) throws Exception {
        return client.socket().getSession().getPeerPrincipal().getName();
    }

    @Test
    void shouldDrainOverTls() throws Exception {
        tcp.intake.syncsOnlyWhenTold();
        tls(ClientAuth.NONE).start();
        try (TlsClient client = client(made.authority().trusted(), TLS_1_3)) {
            client.send("one\n");
            tcp.awaitRecords(1);
            var drained = tcp.source().drain();
            tcp.intake.sync();
            assertThat(client.line()).isEqualTo("OK 1");
            assertThat(client.line()).startsWith("ERR 1 shutting-down ");
            assertThat(client.line()).isNull();
            client.close();
            TcpFixture.await(drained);
        }
    }
}
