package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What an HTTP sink may be told of methods, URLs, statuses, tokens and proxies. */
class HttpSinkSettingsTest {

    private static final String OAUTH2 =
            "sinks.api.auth.oauth2={token-url: 'https://id.example/token', client-id: edge,"
                    + " client-secret: hunter2hunter2";

    private static HttpSinkSettings sink(String... sets) {
        return Yaml.http(Yaml.load(Yaml.LEAST, sets), "api");
    }

    private static List<String> problems(String... sets) {
        return Yaml.problems(Yaml.LEAST, Map.of(), sets);
    }

    private static void assertProblem(String problem, String... sets) {
        assertThat(problems(sets)).singleElement().asString().endsWith(problem);
    }

    @Test
    void shouldTakeEveryKey() {
        HttpSinkSettings sink = sink(
                "sinks.api.url=https://h.example/b/{batch}/{bucket}?k={key}&x=%7B",
                "sinks.api.max-records=1",
                "sinks.api.method=PATCH",
                "sinks.api.connect-timeout=3s",
                "sinks.api.retry-on=[404, 422]",
                "sinks.api.refuse-on=[500]",
                "sinks.api.proxy='http://edge:p%40ss%3Aword@proxy.example:8888'",
                "sinks.api.no-proxy=[id.example, .internal, '[::1]']",
                OAUTH2 + ", scopes: [read, 'urn:write']}");

        assertThat(sink.method()).isEqualTo(RequestMethod.PATCH);
        assertThat(sink.url().getRawPath()).isEqualTo("/b/%7Bbatch%7D/%7Bbucket%7D");
        assertThat(sink.shownUrl()).isEqualTo("https://h.example/b/{batch}/{bucket}?k={key}&x=%7B");
        assertThat(sink.urlHas("key")).isTrue();
        assertThat(sink.connectTimeout()).isEqualTo(Duration.ofSeconds(3));
        assertThat(sink.retryOn()).containsExactly(404, 422);
        assertThat(sink.refuseOn()).containsExactly(500);
        assertThat(sink.proxy())
                .contains(new HttpProxy("proxy.example", 8_888, new Secret("edge"), new Secret("p@ss:word")));
        assertThat(sink.noProxy()).containsExactly("id.example", ".internal", "[::1]");
        assertThat(sink.auth().oauth2())
                .contains(new OAuth2Settings(
                        URI.create("https://id.example/token"),
                        "edge",
                        new Secret("hunter2hunter2"),
                        List.of("read", "urn:write")));
    }

    @Test
    void shouldHaveDefaultsThatChangeNothing() {
        HttpSinkSettings sink = sink();

        assertThat(sink.method()).isEqualTo(RequestMethod.POST);
        assertThat(sink.connectTimeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(sink.proxy()).isEmpty();
        assertThat(sink.noProxy()).isEmpty();
        assertThat(sink.retryOn()).isEmpty();
        assertThat(sink.refuseOn()).isEmpty();
        assertThat(sink.auth()).isEqualTo(AuthSettings.NONE);
        assertThat(sink("sinks.api.timeout=2s").connectMillis()).isEqualTo(2_000);
        assertThat(sink.connectMillis()).isEqualTo(10_000);
    }

    @Test
    void shouldPrintWhatItReadsBackAndNoSecret() {
        Settings settings = Yaml.load(
                Yaml.LEAST,
                "sinks.api.url=http://h/{batch}",
                "sinks.api.method=PUT",
                "sinks.api.retry-on=[404]",
                "sinks.api.proxy='http://proxy:8888'",
                OAUTH2 + "}");
        String printed = SettingsPrinter.print(settings);

        assertThat(printed)
                .contains("http://h/{batch}", "http://proxy:8888", "PUT")
                .doesNotContain("hunter2");
        assertThat(Yaml.http(Yaml.load(printed), "api").url()).isEqualTo(URI.create("http://h/%7Bbatch%7D"));
        assertThat(SettingsPrinter.print(Yaml.load(Yaml.LEAST, "sinks.api.proxy='http://edge:hunter2@proxy:8888'")))
                .contains("http://<hidden>@proxy:8888")
                .doesNotContain("hunter2");
    }

    @Test
    void shouldLetOptionsReachTheKeysOfOAuth2() {
        HttpSinkSettings sink = sink(
                "sinks.api.auth.oauth2.token-url=http://id.example/token",
                "sinks.api.auth.oauth2.client-id=edge",
                "sinks.api.auth.oauth2.client-secret=s.e.c");

        assertThat(sink.auth().oauth2().orElseThrow().clientSecret()).isEqualTo(new Secret("s.e.c"));
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        assertProblem(
                "has a placeholder that is not known; known are {batch}, {bucket} and {key}; percent-encode other braces",
                "sinks.api.url=http://h/{batches}");
        assertProblem(
                "has no valid host; write http://host:port/path; a host has letters, digits, -, _ and .",
                "sinks.api.url=http://{batch}/");
        assertProblem("is not one of the choices; write POST or PUT or PATCH", "sinks.api.method=DELETE");
        assertProblem("is too small; the least is 300", "sinks.api.retry-on=[200]");
        assertProblem("is too large; the most is 599", "sinks.api.refuse-on=[600]");
        assertProblem(
                "is not an http URL; write http://host:port; proxies by TLS or SOCKS are not supported",
                "sinks.api.proxy='socks5://proxy:1080'");
        assertProblem("has more than a host and a port; write http://host:port", "sinks.api.proxy='http://proxy:1/x'");
        assertProblem(
                "is not a host or a domain; write e.g. receiver.internal, .internal or 10.0.0.1, without a port",
                "sinks.api.no-proxy=['10.0.0.0/8']");
        assertThat(problems("sinks.api.proxy='http://edge:hunter2@:1'"))
                .singleElement()
                .asString()
                .doesNotContain("hunter2");
        assertThat(problems("sinks.api.proxy='http://edge:hunter2%@proxy:1'"))
                .singleElement()
                .asString()
                .doesNotContain("hunter2");
    }

    @Test
    void shouldRefuseWhatDoesNotFitTogether() {
        assertProblem(
                "has {key}, but a request has up to 10000 records; set max-records: 1", "sinks.api.url=http://h/{key}");
        assertProblem(
                "has {key}, which is not for format: counts; remove it, or set another format",
                "sinks.api.url=http://h/{key}",
                "sinks.api.max-records=1",
                "sinks.api.format=counts");
        assertProblem(
                "has {key}, and with these bucket.keys a record can have several; remove it, or set bucket.key in place"
                        + " of bucket.keys",
                "sinks.api.url=http://h/{key}",
                "sinks.api.max-records=1",
                "bucket.keys={a: 'json:/a', b: 'json:/b'}");
        assertProblem(
                "has 404, and so has retry-on; remove it from one of the two",
                "sinks.api.retry-on=[404]",
                "sinks.api.refuse-on=[404]");
        assertProblem(
                "has 401, which says that the token is no longer good; remove it",
                "sinks.api.refuse-on=[401]",
                OAUTH2 + "}");
        assertProblem(
                "is set together with bearer, but a request has one Authorization header; remove one",
                "sinks.api.auth.bearer=abc",
                OAUTH2 + "}");
        assertThat(problems("sinks.api.headers.Authorization=x", OAUTH2 + "}")).hasSize(1);
    }

    @Test
    void shouldTakeTlsForTheTokenEndpointAlone() {
        assertThat(sink("sinks.api.tls={server-name: id.example}", OAUTH2 + "}").isHttps())
                .isFalse();
    }

    @Test
    void shouldLookIntoTheFileOfAToken(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("token"), "abc\n");

        assertThat(sink("sinks.api.auth.token-file=" + file).auth().tokenFile()).isEqualTo(Optional.of(file));
        assertProblem(
                "does not exist; name a file that has a token and nothing else",
                "sinks.api.auth.token-file=" + folder.resolve("none"));
        Files.writeString(file, "hunter2 hunter2\n");
        assertProblem(
                "does not hold a token: printable ASCII without blanks; name a file that has a token and nothing else",
                "sinks.api.auth.token-file=" + file);
    }

    @ParameterizedTest
    @CsvSource({
        "receiver.example, receiver.example, false",
        "receiver.example, a.receiver.example, false",
        "receiver.example, areceiver.example, true",
        ".example, receiver.Example, false",
        ".example, example, true",
        "*, anything, false",
        "10.0.0.1, 10.0.0.1, false",
        "10.0.0.1, 110.0.0.1, true",
        "[::1], [::1], false",
    })
    void shouldGoThroughTheProxyUnlessTheHostIsExcepted(String pattern, String host, boolean proxied) {
        HttpSinkSettings sink = sink("sinks.api.proxy='http://proxy'", "sinks.api.no-proxy=['" + pattern + "']");

        assertThat(sink.proxyFor(host).isPresent()).isEqualTo(proxied);
        assertThat(sink("sinks.api.proxy='http://proxy'").proxyFor(host))
                .contains(new HttpProxy("proxy", 3_128, Secret.NONE, Secret.NONE));
    }
}
