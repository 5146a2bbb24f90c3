package io.decant.ingest.admin;

import static io.decant.ingest.tls.InstalledPrograms.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.AdminRight;
import io.decant.config.AdminUserSettings;
import io.decant.config.ClientAuth;
import io.decant.config.HostPort;
import io.decant.ingest.sink.http.TestCertificate;
import io.decant.ingest.tls.ServedCertificates;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin port over https, with the JDK's client, curl and openssl. */
@Timeout(120)
class AdminTlsTest {

    @TempDir
    static Path certificates;

    private static ServedCertificates made;

    @TempDir
    Path folder;

    private final AdminFixture fixture = new AdminFixture();

    @BeforeAll
    static void make() throws Exception {
        made = ServedCertificates.make(certificates);
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private void start(ClientAuth auth) throws IOException {
        ServedCertificates.show(made.server(), folder);
        fixture.tls(made.settings(folder, auth)).start();
    }

    private URI url(String path) {
        return URI.create("https://" + fixture.address() + path);
    }

    private HttpResponse<String> get(SSLContext context, String protocol, String path) throws Exception {
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        HttpClient client = HttpClient.newBuilder()
                .sslContext(context)
                .sslParameters(parameters)
                .build();
        return client.send(HttpRequest.newBuilder(url(path)).build(), BodyHandlers.ofString());
    }

    private JsonObject shownTls() throws Exception {
        return new JsonObject(
                        get(made.authority().trusted(), "TLSv1.3", "/status").body())
                .getJsonObject("admin")
                .getJsonObject("tls");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldAnswerAndShowItsCertificateInStatusAndMetrics(String protocol) throws Exception {
        start(ClientAuth.NONE);

        HttpResponse<String> metrics = get(made.authority().trusted(), protocol, "/metrics");
        assertThat(metrics.statusCode()).isEqualTo(200);
        assertThat(metrics.body())
                .contains(
                        "decant_tls_expiry_days{component=\"admin\"}",
                        "decant_tls_reload_failed{component=\"admin\"} 0.0");
        assertThat(get(made.authority().trusted(), protocol, "/healthz").body()).isEqualTo("ok\n");
        assertThat(shownTls().getLong("days")).isPositive();
        assertThat(shownTls().getString("lastError")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldLetOnlyClientsInWhoseCertificateItsAuthoritySigned(String protocol) throws Exception {
        start(ClientAuth.NEED);

        assertThatThrownBy(() -> get(made.authority().trusted(), protocol, "/status"))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> get(made.stranger().trusting(made.authority()), protocol, "/healthz"))
                .isInstanceOf(IOException.class);
        assertThat(get(made.edge().trusting(made.authority()), protocol, "/status")
                        .statusCode())
                .isEqualTo(200);
        fixture.until("both are counted", () -> fixture.tls().status().handshakesFailed() >= 2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 300})
    void shouldCloseWhoeverSpeaksNoTls(int requests) throws Exception {
        start(ClientAuth.NONE);

        try (Socket plain = fixture.connect()) {
            plain.getOutputStream()
                    .write("GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n"
                            .repeat(requests)
                            .getBytes(StandardCharsets.US_ASCII));
            assertThat(AdminFixture.readToTheEnd(plain)).doesNotContain("HTTP/1.1");
        }
        fixture.until("it is counted", () -> fixture.tls().status().handshakesFailed() == 1);
        fixture.until(
                "it is told", () -> fixture.tls().status().lastHandshakeError().startsWith("127.0.0.1:"));
    }

    /** The end is said in TLS, so that nobody can have cut it. */
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldAnswerPipelinedRequestsInTurnAndSayTheirEnd(String protocol) throws Exception {
        start(ClientAuth.NONE);

        String answers = fixture.askOverTls(
                made.authority().trusted(),
                protocol,
                "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(200)
                        + "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");

        assertThat(answers.split("HTTP/1.1 200 OK", -1)).hasSize(201);
        assertThat(answers).containsOnlyOnce("HTTP/1.1 404 Not Found").endsWith("not found; see /\n");
    }

    @Test
    void shouldBoundWhatItReadsOfARequest() throws Exception {
        start(ClientAuth.NONE);

        String answer = fixture.askOverTls(
                made.authority().trusted(),
                "TLSv1.3",
                "GET /status HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + "a".repeat(1 << 20) + "\r\n\r\n");

        assertThat(answer).startsWith("HTTP/1.1 431 ");
    }

    @Test
    void shouldShowARenewedCertificateAndKeepItWhereTheNextCannotBeUsed() throws Exception {
        start(ClientAuth.NONE);
        assertThat(shown()).isEqualTo("CN=server");

        ServedCertificates.show(made.renewed(), folder);
        fixture.until("the renewed one is shown", () -> shown().equals("CN=renewed"));
        Path broken = Files.writeString(folder.resolve("broken"), "none");
        ServedCertificates.put(broken, folder.resolve("server.pem"));
        fixture.until("it is told", () -> !shownTls().getString("lastError").isEmpty());

        assertThat(shown()).isEqualTo("CN=renewed");
        assertThat(get(made.authority().trusted(), "TLSv1.3", "/metrics").body())
                .contains("decant_tls_reload_failed{component=\"admin\"} 1.0");
    }

    /** As between the two moves of a renewal. */
    @Test
    void shouldKeepACertificateWhoseKeyAloneHasChanged() throws Exception {
        start(ClientAuth.NONE);

        ServedCertificates.put(made.renewed().key(), folder.resolve("server.key"));
        fixture.until("it is told", () -> !shownTls().getString("lastError").isEmpty());

        assertThat(shown()).isEqualTo("CN=server");
        ServedCertificates.put(made.renewed().certificate(), folder.resolve("server.pem"));
        fixture.until("the renewed one is shown", () -> shown().equals("CN=renewed"));
        assertThat(shownTls().getString("lastError")).isEmpty();
    }

    @Test
    void shouldNotComplainOnceAFileIsBackAsItWas() throws Exception {
        start(ClientAuth.NONE);

        Files.delete(folder.resolve("server.key"));
        fixture.until("it is told", () -> shownTls().getString("lastError").contains("does not exist"));
        ServedCertificates.put(made.server().key(), folder.resolve("server.key"));
        fixture.until("it is well", () -> shownTls().getString("lastError").isEmpty());

        assertThat(shown()).isEqualTo("CN=server");
    }

    private String shown() throws Exception {
        return get(made.authority().trusted(), "TLSv1.3", "/healthz")
                .sslSession()
                .orElseThrow()
                .getPeerPrincipal()
                .getName();
    }

    @Test
    void shouldTellThatItsCertificateHasExpired() throws Exception {
        TestCertificate expired = TestCertificate.expired(folder, "ip:127.0.0.1", made.authority());
        ServedCertificates.show(expired, folder);
        fixture.tls(made.settings(folder, ClientAuth.NONE)).start();

        assertThat(fixture.tls().status().days()).isNegative();
        assertThatThrownBy(() -> get(made.authority().trusted(), "TLSv1.3", "/healthz"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void shouldNotStartWhereACertificateCannotBeUsed() throws Exception {
        ServedCertificates.show(made.server(), folder);
        Files.writeString(folder.resolve("server.key"), "none");
        fixture.tls(made.settings(folder, ClientAuth.NONE));

        assertThatThrownBy(fixture::start)
                .isInstanceOf(AdminServer.AdminException.class)
                .hasMessageContaining("admin")
                .hasMessageContaining("server.key");
    }

    @Test
    void shouldAnswerCurl() throws Exception {
        start(ClientAuth.NEED);

        String output = run(
                "curl",
                "--silent",
                "--show-error",
                "--fail-with-body",
                "--cacert",
                made.authority().certificate().toString(),
                "--cert",
                made.edge().certificate().toString(),
                "--key",
                made.edge().key().toString(),
                url("/healthz").toString());

        assertThat(output).isEqualTo("ok\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1_2", "-tls1_3"})
    void shouldShowOpensslACertificateThatItVerifies(String version) throws Exception {
        start(ClientAuth.NONE);

        String output = run(
                "openssl",
                "s_client",
                version,
                "-connect",
                fixture.address(),
                "-verify_return_error",
                "-CAfile",
                made.authority().certificate().toString());

        assertThat(output).contains("Verify return code: 0 (ok)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1", "-tls1_1"})
    void shouldSpeakNoOlderVersion(String version) throws Exception {
        start(ClientAuth.NONE);

        String output =
                run("openssl", "s_client", version, "-cipher", "ALL:@SECLEVEL=0", "-connect", fixture.address());

        assertThat(output).contains("Cipher is (NONE)");
    }

    @ParameterizedTest
    @CsvSource({"edge-7, 200, 200", "other, 401, 401"})
    void shouldKnowAUserByTheNameInItsCertificate(String name, int read, int change) throws Exception {
        fixture.user("ops", AdminUserSettings.of("token", AdminRight.OPERATE).withCertificate(name));
        start(ClientAuth.WANT);
        HttpClient shows = HttpClient.newBuilder()
                .sslContext(made.edge().trusting(made.authority()))
                .build();
        String url = "https://" + fixture.address();

        assertThat(shows.send(
                                HttpRequest.newBuilder(URI.create(url + "/status"))
                                        .build(),
                                BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(read);
        assertThat(shows.send(
                                HttpRequest.newBuilder(URI.create(url + "/dlq/replay"))
                                        .header("Content-Type", "application/json")
                                        .POST(BodyPublishers.ofString("{}"))
                                        .build(),
                                BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(change);
    }

    @Test
    void shouldBindTheCookieOfALoginToTls() throws Exception {
        fixture.user("ops", AdminUserSettings.of("token", AdminRight.OPERATE));
        start(ClientAuth.NONE);
        HttpClient encrypted =
                HttpClient.newBuilder().sslContext(made.authority().trusted()).build();
        String url = "https://" + fixture.address();

        HttpResponse<String> answer = encrypted.send(
                HttpRequest.newBuilder(URI.create(url + "/login"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Origin", url)
                        .POST(BodyPublishers.ofString("token=token"))
                        .build(),
                BodyHandlers.ofString());

        String cookie = answer.headers().firstValue("set-cookie").orElseThrow();
        assertThat(cookie)
                .startsWith("__Host-decant-" + HostPort.parse(fixture.address()).port() + "=")
                .endsWith("; Path=/; HttpOnly; SameSite=Strict; Secure");
        assertThat(encrypted
                        .send(
                                HttpRequest.newBuilder(URI.create(url + "/status"))
                                        .header("Cookie", AdminFixture.cookie(answer))
                                        .build(),
                                BodyHandlers.discarding())
                        .statusCode())
                .isEqualTo(200);
    }
}
