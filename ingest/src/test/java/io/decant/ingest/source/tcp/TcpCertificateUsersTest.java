package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AckMode;
import io.decant.config.ClientAuth;
import io.decant.config.SourceUserSettings;
import io.decant.ingest.source.SourceStatus;
import io.decant.ingest.tls.ServedCertificates;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
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

/** Users that are known by the names in their certificates, over TLS. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class TcpCertificateUsersTest {

    private static final String TLS_1_2 = "TLSv1.2";
    private static final String TLS_1_3 = "TLSv1.3";

    @TempDir
    static Path certificates;

    private static ServedCertificates made;

    @Parameter
    TcpFixture.Kind kind;

    @TempDir
    Path folder;

    private final Map<String, SourceUserSettings> users = new LinkedHashMap<>();
    private TcpFixture tcp;

    @BeforeAll
    static void make() throws Exception {
        made = ServedCertificates.make(certificates);
    }

    @BeforeEach
    void listen() throws Exception {
        // The certificate says edge-7, which need not be what the user is called here.
        users.put("seven", SourceUserSettings.of("open-sesame").withCertificate("Edge-7"));
        users.put("eight", SourceUserSettings.of("another"));
        ServedCertificates.show(made.server(), folder);
        tcp = new TcpFixture(kind).users(users).tls(made.settings(folder, ClientAuth.WANT));
    }

    @AfterEach
    void close() {
        tcp.close();
    }

    private TlsClient edge7(String protocol) throws Exception {
        return new TlsClient(tcp.port(), made.edge().trusting(made.authority()), protocol);
    }

    private TlsClient nobody() throws Exception {
        return new TlsClient(tcp.port(), made.authority().trusted(), TLS_1_3);
    }

    private SourceStatus.Users status() {
        return tcp.source().status().users();
    }

    @ParameterizedTest
    @ValueSource(strings = {TLS_1_2, TLS_1_3})
    void shouldTakeRecordsWithoutATokenWhereTheCertificateNamesTheUser(String protocol) throws Exception {
        tcp.start();
        try (TlsClient client = edge7(protocol)) {
            client.send("A");
            client.send("UTUMN\ntwo\n");
            while (!"OK 2".equals(client.line())) {
                // The count comes in one line or two.
            }
        }
        assertThat(tcp.intake.text()).isEqualTo("AUTUMN\ntwo\n");
        assertThat(status().users().get("seven").records()).isEqualTo(2);
    }

    @Test
    void shouldTakeALastRecordThatBeginsAsATokensLine() throws Exception {
        tcp.ack(AckMode.END).start();
        try (TlsClient client = edge7(TLS_1_3)) {
            client.send("AUT").endInput();
            assertThat(client.line()).isEqualTo("OK 1");
        }
        try (TlsClient client = edge7(TLS_1_3)) {
            client.socket().startHandshake();
            client.endInput();
            assertThat(client.line()).isEqualTo("OK 0");
        }
        assertThat(tcp.intake.text()).isEqualTo("AUT\n");
    }

    @Test
    void shouldGiveTheUserItsSessionsHoweverItIsKnown() throws Exception {
        tcp.sessions().start();
        try (TlsClient client = edge7(TLS_1_3)) {
            client.send("SESSION s\none\n");
            assertThat(client.line()).isEqualTo("OK 0");
            assertThat(client.line()).isEqualTo("OK 1");
        }
        try (TlsClient client = nobody()) {
            client.send("AUTH open-sesame\nSESSION s\n");
            assertThat(client.line()).isEqualTo("OK 1");
        }
        try (TlsClient client = nobody()) {
            client.send("AUTH another\nSESSION s\n");
            assertThat(client.line()).isEqualTo("OK 0");
        }
    }

    @Test
    void shouldTakeTheTokenOfTheSameUserAndNoOther() throws Exception {
        tcp.start();
        try (TlsClient client = edge7(TLS_1_3)) {
            client.send("AUTH open-sesame\none\n");
            assertThat(client.line()).isEqualTo("OK 1");
        }
        for (String token : new String[] {"another", "wrong"}) {
            try (TlsClient client = edge7(TLS_1_3)) {
                client.send("AUTH " + token + "\ntwo\n");
                assertThat(client.line()).startsWith("ERR 0 unauthorized ");
            }
        }
        assertThat(tcp.intake.text()).isEqualTo("one\n");
        assertThat(status().unauthorized()).isEqualTo(2);
    }

    @Test
    void shouldRefuseACertificateThatNamesNoUserWithoutAToken() throws Exception {
        users.remove("seven");
        tcp.start();
        try (TlsClient client = edge7(TLS_1_3)) {
            client.send("one\n");
            assertThat(client.line()).startsWith("ERR 0 unauthorized ");
        }
        try (TlsClient client = edge7(TLS_1_3)) {
            client.send("AUTH another\none\n");
            assertThat(client.line()).isEqualTo("OK 1");
        }
        try (TlsClient client = nobody()) {
            client.send("two\n");
            assertThat(client.line()).startsWith("ERR 0 unauthorized ");
        }
        assertThat(tcp.intake.text()).isEqualTo("one\n");
    }

    @Test
    void shouldBoundTheConnectionsOfACertificate() throws Exception {
        users.put(
                "seven",
                SourceUserSettings.of("open-sesame")
                        .withCertificate("edge-7")
                        .withLimits(Optional.of(1), Optional.empty()));
        tcp.start();
        try (TlsClient first = edge7(TLS_1_3)) {
            first.send("one\n");
            assertThat(first.line()).isEqualTo("OK 1");
            try (TlsClient second = edge7(TLS_1_3)) {
                second.send("two\n");
                assertThat(second.line()).startsWith("ERR 0 too-many-connections ");
            }
        }
        Await.until("its place is free", () -> status().users().get("seven").connections() == 0);
    }

    @Test
    void shouldStillRefuseRequestsOfWebPages() throws Exception {
        tcp.start();
        try (TlsClient client = edge7(TLS_1_3)) {
            client.send("POST / HTTP/1.1\r\n");
            assertThat(client.line()).startsWith("ERR 0 bad-protocol ");
        }
    }
}
