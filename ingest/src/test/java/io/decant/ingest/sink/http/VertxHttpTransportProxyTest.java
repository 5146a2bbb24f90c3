package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.decant.config.HttpSinkSettings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.sink.AnswerClass;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Outcome.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Connections go through the tunnels of a proxy, to http and https receivers, unless the host is excepted; and how long
 * they may take, by which method requests go and where to, as the settings say.
 */
class VertxHttpTransportProxyTest extends TransportHarness {

    private static final Answered TAKEN = new Answered(204, "", "");
    private static final Path TINYPROXY = Path.of("/usr/bin/tinyproxy");

    @TempDir
    Path folder;

    private TestProxy proxy(String credentials) throws IOException {
        TestProxy proxy = new TestProxy(credentials);
        resources.add(proxy);
        return proxy;
    }

    private HttpTransport through(String proxy, URI url, String... sets) {
        return transport(vertx, settings(proxy, url, sets));
    }

    private static HttpSinkSettings settings(String proxy, URI url, String... sets) {
        List<String> all = new ArrayList<>(List.of(
                "sources.in={type: tcp, address: '127.0.0.1:1'}",
                "sinks.api={type: http, url: '" + url + "', proxy: '" + proxy + "'}"));
        all.addAll(List.of(sets));
        return (HttpSinkSettings) SettingsLoader.parse("", "test", Path.of("/"), all, Map.of())
                .sinks()
                .get("api");
    }

    private RawReceiver plain() throws IOException {
        return receiver(connection -> {
            while (connection.readRequest()) {
                connection.send("HTTP/1.1 204 No Content\r\n\r\n");
            }
        });
    }

    @Test
    void shouldTunnelToHttp() throws Exception {
        TestProxy proxy = proxy("");
        RawReceiver receiver = plain();
        HttpTransport transport = through("http://localhost:" + proxy.port(), receiver.url("http", "localhost"));

        assertThat(post(transport, 3_000_000)).isEqualTo(TAKEN);
        assertThat(post(transport, 10)).isEqualTo(TAKEN);

        int port = receiver.url("http", "localhost").getPort();
        assertThat(proxy.targets()).containsExactly("CONNECT localhost:" + port);
        assertThat(receiver.connections()).isEqualTo(1);
        RawReceiver.Received request = receiver.received().remove();
        // As without a proxy: no absolute URL, nothing of the proxy's.
        assertThat(request.line()).isEqualTo("POST /buckets?from=decant HTTP/1.1");
        assertThat(request.headers())
                .containsEntry("Host", "localhost:" + port)
                .doesNotContainKey("Proxy-Authorization");
        assertThat(request.body()).hasSize(3_000_000);
    }

    @Test
    void shouldTunnelToHttpsAndCheckTheReceiversCertificate() throws Exception {
        TestProxy proxy = proxy("edge:p@ss:wörd");
        TestCertificate certificate = TestCertificate.receiver(folder, "dns:localhost");
        RawReceiver receiver = receiver(certificate);
        URI url = receiver.url("https", "localhost");
        String there = "http://edge:p%40ss:w%C3%B6rd@127.0.0.1:" + proxy.port();

        assertThat(post(through(there, url, "sinks.api.tls.ca-file=" + certificate.certificate()), 3_000_000))
                .isEqualTo(TAKEN);
        assertFailed(post(through(there, url), 10), Kind.TLS);

        assertThat(proxy.targets()).containsOnly("CONNECT localhost:" + url.getPort());
        assertThat(receiver.received()).hasSize(1);
    }

    @Test
    void shouldShowUserAndPasswordToTheProxyAndToNobodyElse() throws Exception {
        TestProxy proxy = proxy("edge:p@ss:wörd");
        RawReceiver receiver = plain();

        assertThat(post(
                        through(
                                "http://edge:p%40ss:w%C3%B6rd@localhost:" + proxy.port(),
                                receiver.url("http", "localhost")),
                        10))
                .isEqualTo(TAKEN);

        assertThat(receiver.received().remove().headerLines()).noneMatch(line -> line.contains("Basic"));
    }

    @Test
    void shouldSayThatTheProxyWantsOtherCredentials() throws Exception {
        TestProxy proxy = proxy("edge:right-one");
        TestCertificate certificate = TestCertificate.receiver(folder, "dns:localhost");
        RawReceiver https = receiver(certificate);
        RawReceiver http = plain();
        String there = "http://edge:wrong-one@127.0.0.1:" + proxy.port();

        for (URI url : List.of(http.url("http", "localhost"), https.url("https", "localhost"))) {
            Outcome outcome = post(through(there, url), 10);
            assertFailed(outcome, Kind.PROXY);
            assertThat(((Outcome.Failed) outcome).message())
                    .contains("the proxy ", " answers 407 to CONNECT localhost:" + url.getPort())
                    .doesNotContain("wrong-one");
        }
        assertThat(http.received()).isEmpty();
    }

    @Test
    void shouldTryAgainWhereTheProxyDoesNotReachTheReceiver() throws Exception {
        TestProxy proxy = proxy("").answering("HTTP/1.1 502 Bad Gateway");
        String there = "http://127.0.0.1:" + proxy.port();

        assertFailed(post(through(there, URI.create("http://nowhere.example/")), 10), Kind.CONNECT);
        assertFailed(post(through(there, URI.create("https://nowhere.example/")), 10), Kind.CONNECT);

        // Names are the proxy's matter.
        assertThat(proxy.targets()).containsExactly("CONNECT nowhere.example:80", "CONNECT nowhere.example:443");
    }

    @Test
    void shouldSendByTheMethodOfTheSettingsToTheUrlOfThePart() throws Exception {
        RawReceiver receiver = plain();
        ByteBuf body = Unpooled.copiedBuffer("a", StandardCharsets.US_ASCII);
        bodies.add(body);
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();

        direct(receiver.url("http", "localhost"), "sinks.api.method=PATCH")
                .post(new PartRequest("/items/a%2Fb?x", Map.of("Content-Length", "1"), body), outcome::complete);

        assertThat(outcome.get(60, TimeUnit.SECONDS)).isEqualTo(TAKEN);
        assertThat(receiver.received().remove().line()).isEqualTo("PATCH /items/a%2Fb?x HTTP/1.1");
    }

    /** A receiver that accepts connections and does nothing more. */
    @Test
    void shouldNotWaitForAConnectionAsLongAsForAnAnswer() throws Exception {
        RawReceiver receiver = receiver(RawReceiver.Connection::awaitClose);

        Outcome outcome = post(
                direct(receiver.url("https", "localhost"), "sinks.api.timeout=1h", "sinks.api.connect-timeout=200ms"),
                10);

        assertThat(outcome).isInstanceOf(Outcome.Failed.class);
        assertThat(AnswerClass.of(outcome)).isEqualTo(AnswerClass.AGAIN);
    }

    private HttpTransport direct(URI url, String... sets) {
        return through("", url, sets);
    }

    @Test
    void shouldNotWaitForeverForATunnel() throws Exception {
        TestProxy proxy = proxy("").silent();
        String there = "http://127.0.0.1:" + proxy.port();

        assertFailed(
                post(through(there, URI.create("http://h.example/"), "sinks.api.connect-timeout=200ms"), 10),
                Kind.TIMEOUT);
        assertFailed(
                post(through(there, URI.create("https://h.example/"), "sinks.api.connect-timeout=200ms"), 10),
                Kind.TIMEOUT);
    }

    @Test
    void shouldSayWhatIsNotAProxy() throws Exception {
        TestProxy proxy = proxy("").answering("SSH-2.0-OpenSSH_9.2");
        RawReceiver gone = receiver(connection -> connection.readHead());

        assertFailed(
                post(through("http://127.0.0.1:" + proxy.port(), URI.create("http://h.example/")), 10), Kind.PROTOCOL);
        assertFailed(
                post(
                        through(
                                "http://127.0.0.1:"
                                        + gone.url("http", "localhost").getPort(),
                                URI.create("http://h.example/")),
                        10),
                Kind.RESET);
        assertFailed(
                post(through("http://127.0.0.1:" + closedPort(), URI.create("http://h.example/")), 10), Kind.CONNECT);
    }

    @Test
    void shouldConnectDirectlyToExceptedHosts() throws Exception {
        TestProxy proxy = proxy("");
        RawReceiver receiver = plain();

        assertThat(post(
                        through(
                                "http://localhost:" + proxy.port(),
                                receiver.url("http", "localhost"),
                                "sinks.api.no-proxy=[localhost]"),
                        10))
                .isEqualTo(TAKEN);

        assertThat(proxy.targets()).isEmpty();
    }

    /** The proxy that Debian has, with a user. */
    @Test
    void shouldTunnelThroughTinyproxy() throws Exception {
        assumeTrue(Files.isExecutable(TINYPROXY), "tinyproxy is not installed");
        int port = closedPort();
        Path configuration = Files.writeString(
                folder.resolve("tinyproxy.conf"), """
                Port %d
                Listen 127.0.0.1
                Timeout 60
                Allow 127.0.0.1
                BasicAuth edge secret7
                LogFile "%s"
                """.formatted(port, folder.resolve("tinyproxy.log")));
        Process process = new ProcessBuilder(TINYPROXY.toString(), "-d", "-c", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        resources.add(() -> {
            process.destroy();
            process.waitFor(20, TimeUnit.SECONDS);
        });
        TestCertificate certificate = TestCertificate.receiver(folder, "dns:localhost");
        RawReceiver https = receiver(certificate);
        RawReceiver http = plain();
        String there = "http://edge:secret7@127.0.0.1:" + port;
        HttpTransport first = through(there, http.url("http", "localhost"));
        // Until it listens.
        Outcome outcome = post(first, 10);
        for (long start = System.nanoTime();
                !outcome.equals(TAKEN) && System.nanoTime() - start < TimeUnit.SECONDS.toNanos(60); ) {
            outcome = post(first, 10);
        }

        assertThat(outcome).isEqualTo(TAKEN);
        assertThat(post(
                        through(
                                there,
                                https.url("https", "localhost"),
                                "sinks.api.tls.ca-file=" + certificate.certificate()),
                        1_000_000))
                .isEqualTo(TAKEN);
        Outcome refused = post(through("http://edge:wrong@127.0.0.1:" + port, http.url("http", "localhost")), 10);
        assertFailed(refused, Kind.PROXY);
    }
}
