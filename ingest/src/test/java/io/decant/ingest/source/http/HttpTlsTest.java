package io.decant.ingest.source.http;

import static io.decant.ingest.tls.InstalledPrograms.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.ClientAuth;
import io.decant.ingest.tls.ServedCertificates;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
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
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests over https, from the JDK's client, from curl and from openssl. */
@Timeout(120)
class HttpTlsTest {

    @TempDir
    static Path certificates;

    private static ServedCertificates made;

    @TempDir
    Path folder;

    private final HttpFixture fixture = new HttpFixture();

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

    private URI url() {
        return URI.create("https://127.0.0.1:" + fixture.port() + "/");
    }

    private HttpResponse<String> post(SSLContext context, Version version, String protocol, String body)
            throws Exception {
        SSLParameters parameters = context.getDefaultSSLParameters();
        parameters.setProtocols(new String[] {protocol});
        HttpClient client = HttpClient.newBuilder()
                .sslContext(context)
                .sslParameters(parameters)
                .version(version)
                .build();
        HttpRequest request = HttpRequest.newBuilder(url())
                .POST(BodyPublishers.ofString(body))
                .build();
        return client.send(request, BodyHandlers.ofString());
    }

    @ParameterizedTest
    @EnumSource
    void shouldTakeRequestsOfEitherVersionOfHttp(Version version) throws Exception {
        start(ClientAuth.NONE);

        HttpResponse<String> answer = post(made.authority().trusted(), version, "TLSv1.3", "one\ntwo\n");

        assertThat(answer.version()).isEqualTo(version);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"records\":2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.2", "TLSv1.3"})
    void shouldLetOnlyClientsInWhoseCertificateItsAuthoritySigned(String protocol) throws Exception {
        start(ClientAuth.NEED);

        assertNotLetIn(made.authority().trusted(), protocol);
        assertNotLetIn(made.stranger().trusting(made.authority()), protocol);
        assertThat(post(made.edge().trusting(made.authority()), Version.HTTP_1_1, protocol, "one\n")
                        .statusCode())
                .isEqualTo(200);
        HttpFixture.until(
                "both are counted", () -> fixture.source().status().tls().handshakesFailed() >= 2);
        assertThat(fixture.source().status().records()).isEqualTo(1);
    }

    private void assertNotLetIn(SSLContext context, String protocol) {
        assertThatThrownBy(() -> post(context, Version.HTTP_1_1, protocol, "no\n"))
                .isInstanceOf(IOException.class);
    }

    @Test
    void shouldCloseWhoeverSpeaksNoTls() throws Exception {
        start(ClientAuth.NONE);

        RawClient plain = fixture.client().send("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: 4\r\n\r\none\n");

        assertThatThrownBy(plain::answer).isInstanceOf(UncheckedIOException.class);
        HttpFixture.until("it is counted", () -> fixture.source().status().refusals() == 1);
        assertThat(fixture.source().status().records()).isZero();
    }

    @Test
    void shouldShowARenewedCertificateAndLoseNothingMeanwhile() throws Exception {
        start(ClientAuth.NONE);
        int sent = 0;
        String shown = "";
        while (!shown.equals("CN=renewed")) {
            HttpResponse<String> answer = post(made.authority().trusted(), Version.HTTP_1_1, "TLSv1.3", "one\n");
            assertThat(answer.statusCode()).isEqualTo(200);
            sent++;
            shown = answer.sslSession().orElseThrow().getPeerPrincipal().getName();
            if (sent == 1) {
                assertThat(shown).isEqualTo("CN=server");
                ServedCertificates.show(made.renewed(), folder);
            }
        }
        assertThat(fixture.source().status().records()).isEqualTo(sent);
    }

    @Test
    void shouldTakeWhatCurlSends() throws Exception {
        start(ClientAuth.NEED);
        Path body = Files.writeString(folder.resolve("body"), "one\ntwo\n");

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
                "--data-binary",
                "@" + body,
                url().toString());

        assertThat(output).contains("\"records\":2");
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
                "127.0.0.1:" + fixture.port(),
                "-verify_return_error",
                "-CAfile",
                made.authority().certificate().toString());

        assertThat(output).contains("Verify return code: 0 (ok)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"-tls1", "-tls1_1"})
    void shouldSpeakNoOlderVersion(String version) throws Exception {
        start(ClientAuth.NONE);

        String output = run(
                "openssl",
                "s_client",
                version,
                "-cipher",
                "ALL:@SECLEVEL=0",
                "-connect",
                "127.0.0.1:" + fixture.port());

        assertThat(output).contains("Cipher is (NONE)");
    }
}
