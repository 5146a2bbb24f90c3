package io.decant.ingest.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.ClientAuth;
import io.decant.config.DataSize;
import io.decant.config.SourceUserSettings;
import io.decant.ingest.journal.StreamId;
import io.decant.ingest.source.SourceStatus;
import io.decant.ingest.tls.ServedCertificates;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A source with users: who is let in, what belongs to whom, and what each may take. */
@Timeout(120)
class HttpUsersTest {

    private static final String EDGE_7 = "Authorization: Bearer open-sesame\r\n";
    private static final String EDGE_8 = "Authorization: Bearer another\r\n";

    private final Map<String, SourceUserSettings> users = new LinkedHashMap<>();
    private final HttpFixture fixture = new HttpFixture().users(users);

    @TempDir
    Path folder;

    @BeforeEach
    void know() {
        users.put("edge-7", SourceUserSettings.of("open-sesame"));
        users.put("edge-8", SourceUserSettings.of("another"));
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private HttpFixture start() {
        return fixture.users(Map.copyOf(users)).start();
    }

    private SourceStatus.Users status() {
        return fixture.source().status().users();
    }

    private static String basic(String credentials) {
        byte[] bytes = credentials.getBytes(StandardCharsets.UTF_8);
        return "Authorization: Basic " + Base64.getEncoder().encodeToString(bytes) + "\r\n";
    }

    private static void assertUnauthorized(RawClient.Answer answer) {
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.body()).startsWith("{\"error\":\"unauthorized\",\"message\":\"");
        assertThat(answer.headers()).containsKey("www-authenticate");
    }

    @Test
    void shouldTakeRequestsOfUsers() {
        start();

        assertThat(fixture.post(EDGE_7, "one\n").status()).isEqualTo(200);
        assertThat(fixture.post(basic("edge-8:another"), "two\nthree\n").status())
                .isEqualTo(200);

        assertThat(fixture.journal.text()).isEqualTo("one\ntwo\nthree\n");
        assertThat(status().users().get("edge-7").records()).isEqualTo(1);
        assertThat(status().users().get("edge-8").records()).isEqualTo(2);
        assertThat(fixture.source().status().records()).isEqualTo(3);
        assertThat(status().unauthorized()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Authorization: Bearer wrong\r\n",
                "Authorization: Bearer \r\n",
                "Authorization:\r\n",
                "Authorization: open-sesame\r\n",
                "Authorization: Digest open-sesame\r\n",
                "Authorization: Basic !!!\r\n",
                "Authorization: Basic b3Blbi1zZXNhbWU=\r\n",
                "Authorization: Bearer open-sesame\r\nAuthorization: Bearer open-sesame\r\n",
                "X-Authorization: Bearer open-sesame\r\n"
            })
    void shouldTakeNothingOfAnybodyElse(String headers) {
        start();

        assertUnauthorized(fixture.post(headers, "one\n"));

        assertThat(fixture.journal.taken()).isZero();
        assertThat(fixture.source().status().refusals()).isEqualTo(1);
        assertThat(status().unauthorized()).isEqualTo(1);
    }

    @Test
    void shouldNotTakeATokenUnderTheNameOfAnother() {
        start();

        assertUnauthorized(fixture.post(basic("edge-8:open-sesame"), "one\n"));
        assertUnauthorized(fixture.post(basic("edge-7:"), "one\n"));
    }

    @Test
    void shouldNotReadATokenOfAMebibyte() {
        start();

        // As long as a token may be, as long as a header may be, and longer.
        assertUnauthorized(fixture.post("Authorization: Bearer " + "x".repeat(1_024) + "\r\n", "one\n"));
        assertUnauthorized(fixture.post("Authorization: Bearer " + "x".repeat(15 << 10) + "\r\n", "one\n"));
        String head = "POST / HTTP/1.1\r\nHost: decant\r\nAuthorization: Bearer ";
        RawClient longer = fixture.client().send(head + "x".repeat(16 << 10));
        assertThat(longer.answer().status()).isEqualTo(431);
        RawClient longest = fixture.client();
        try {
            longest.send(head + "x".repeat(1 << 20));
        } catch (UncheckedIOException e) {
            // It is closed while the client sends on, and the answer may be lost with it.
        }
        assertThat(longest.untilClosed()).matches(rest -> rest.isEmpty() || rest.startsWith("HTTP/1.1 431 "));

        assertThat(fixture.journal.taken()).isZero();
    }

    @Test
    void shouldAnswerBeforeTheBodyIsRead() {
        start();
        RawClient client = fixture.client();

        client.send("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: 1000000\r\n\r\n");
        assertUnauthorized(client.answer());
        assertThat(fixture.held()).isZero();

        RawClient asking = fixture.client();
        asking.send("POST / HTTP/1.1\r\nHost: decant\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        assertUnauthorized(asking.answer());
    }

    @Test
    void shouldSayWhoMayHaveWhatOnlyToUsers() {
        start();

        RawClient client = fixture.client();
        client.send("GET /elsewhere HTTP/1.1\r\nHost: decant\r\n\r\n");

        assertUnauthorized(client.answer());
    }

    @Test
    void shouldCheckEachRequestOfAConnection() {
        start();
        RawClient client = fixture.client();

        assertThat(client.post(EDGE_7, "one\n").answer().status()).isEqualTo(200);
        assertUnauthorized(client.post("", "no\n").answer());
        assertThat(client.post(EDGE_8, "two\n").answer().status()).isEqualTo(200);
        assertUnauthorized(
                client.post("Authorization: Bearer wrong\r\n", "no\n").answer());

        assertThat(fixture.journal.text()).isEqualTo("one\ntwo\n");
        assertThat(status().users().get("edge-7").connections()).isEqualTo(1);
        assertThat(status().users().get("edge-8").connections()).isEqualTo(1);
        client.close();
        HttpFixture.until("it counts for nobody any more", () -> status().users().values().stream()
                .allMatch(user -> user.connections() == 0));
    }

    @Test
    void shouldGiveEachUserKeysOfItsOwn() {
        start();
        String key = "Idempotency-Key: k\r\n";

        assertThat(fixture.post(EDGE_7 + key, "one\n").status()).isEqualTo(200);
        assertThat(fixture.post(EDGE_8 + key, "two\n").status()).isEqualTo(200);
        assertThat(fixture.post(EDGE_7 + key, "one\n").status()).isEqualTo(200);
        assertThat(fixture.post(EDGE_7 + key, "other\n").status()).isEqualTo(422);
        fixture.crash();
        assertThat(fixture.post(EDGE_8 + key, "two\n").status()).isEqualTo(200);
        assertThat(fixture.post(EDGE_8 + key, "one\n").status()).isEqualTo(422);

        assertThat(fixture.journal.text()).isEqualTo("one\ntwo\n");
    }

    @Test
    void shouldTakeTheLongestKeyOfTheLongestName() {
        users.put("u".repeat(64), SourceUserSettings.of("longest"));
        start();
        String headers = "Authorization: Bearer longest\r\nIdempotency-Key: " + "k".repeat(254);

        for (int i = 0; i < 2; i++) {
            assertThat(fixture.post(headers + "1\r\n", "one\n").status()).isEqualTo(200);
            assertThat(fixture.post(headers + "2\r\n", "two\n").status()).isEqualTo(200);
            fixture.crash();
        }

        assertThat(fixture.journal.text()).isEqualTo("one\ntwo\n");
        assertThat(fixture.journal.kept().keySet())
                .allSatisfy(name -> assertThat(name.length()).isLessThanOrEqualTo(StreamId.NAME_BYTES_MAX));
    }

    @Test
    void shouldLeaveKeysAndSessionsOfNobodyWhereUsersCome() {
        fixture.users(Map.of()).start();
        String key = "Idempotency-Key: k\r\n";
        String session = "Decant-Session: s\r\nDecant-First: 0\r\n";
        fixture.post(key, "one\n");
        fixture.post(session, "two\n");

        fixture.users(Map.copyOf(users)).crash();

        assertThat(fixture.post(EDGE_7 + key, "mine\n").status()).isEqualTo(200);
        assertThat(fixture.post(EDGE_7 + session, "").headers()).containsEntry("decant-next", "0");
    }

    @Test
    void shouldGiveEachUserSessionsOfItsOwn() {
        start();
        String session = "Decant-Session: s\r\nDecant-First: 0\r\n";

        assertThat(fixture.post(EDGE_7 + session, "one\ntwo\n").headers()).containsEntry("decant-next", "2");
        assertThat(fixture.post(EDGE_8 + session, "").headers()).containsEntry("decant-next", "0");
        assertThat(fixture.post(EDGE_8 + session, "three\n").headers()).containsEntry("decant-next", "1");
        fixture.crash();
        assertThat(fixture.post(EDGE_7 + session, "").headers()).containsEntry("decant-next", "2");

        assertThat(fixture.journal.text()).isEqualTo("one\ntwo\nthree\n");
        assertThat(fixture.journal.kept()).containsOnlyKeys("edge-7/s", "edge-8/s");
    }

    @Test
    void shouldLetABrowserAskAndSendAToken() {
        fixture.corsOrigins("https://shop.example");
        start();
        RawClient client = fixture.client();
        String origin = "Origin: https://shop.example\r\n";

        RawClient.Answer asked = client.send(
                        "OPTIONS / HTTP/1.1\r\nHost: decant\r\n" + origin
                                + "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n\r\n")
                .answer();
        assertThat(asked.status()).isEqualTo(204);
        assertThat(asked.headers()).containsEntry("access-control-allow-headers", "authorization");
        assertThat(fixture.post(EDGE_7 + origin, "one\n").headers())
                .containsEntry("access-control-allow-origin", "https://shop.example");
        RawClient.Answer refused = fixture.post(origin, "no\n");
        assertUnauthorized(refused);
        assertThat(refused.headers()).containsEntry("access-control-allow-origin", "https://shop.example");
        assertThat(fixture.post(EDGE_7 + "Origin: https://evil.example\r\n", "no\n")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void shouldBoundTheConnectionsOfAUser() {
        users.put("edge-7", SourceUserSettings.of("open-sesame").withLimits(Optional.of(1), Optional.empty()));
        start();
        RawClient first = fixture.client();
        assertThat(first.post(EDGE_7, "one\n").answer().status()).isEqualTo(200);
        assertThat(first.post(EDGE_7, "two\n").answer().status()).isEqualTo(200);

        RawClient.Answer refused = fixture.post(EDGE_7, "no\n");

        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.body()).contains("\"too-many-connections\"");
        assertThat(refused.headers()).containsEntry("retry-after", "1");
        assertThat(status().users().get("edge-7").refusals()).isEqualTo(1);
        assertThat(fixture.post(EDGE_8, "three\n").status()).isEqualTo(200);
        first.close();
        HttpFixture.until(
                "its place is free", () -> status().users().get("edge-7").connections() == 0);
        assertThat(fixture.post(EDGE_7, "four\n").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Content-Encoding: gzip\r\n"})
    void shouldBoundTheRateOfAUser(String coding) throws Exception {
        users.put(
                "edge-7",
                SourceUserSettings.of("open-sesame").withLimits(Optional.empty(), Optional.of(new DataSize(1 << 10))));
        start();
        byte[] lines = "x\n".repeat(500_000).getBytes(StandardCharsets.US_ASCII);
        byte[] body = coding.isEmpty() ? lines : HttpSourceTest.gzip(lines);

        assertThat(fixture.client().post(EDGE_7 + coding, body).answer().status())
                .isEqualTo(200);
        RawClient.Answer refused = fixture.post(EDGE_7, "no\n");

        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.body()).contains("\"rate-limited\"");
        // A quarter of an hour's worth.
        assertThat(Integer.parseInt(refused.headers().get("retry-after"))).isBetween(500, 1_000);
        assertThat(fixture.post(EDGE_8, "one\n").status()).isEqualTo(200);
        assertThat(fixture.source().status().records()).isEqualTo(500_001);
    }

    @Test
    void shouldKeepTheNameOfTheUserWithItsRecords() {
        fixture.headers("Decant-User", "X-Id");
        start();

        fixture.post(EDGE_7 + "Decant-User: forged\r\nX-Id: 1\r\n", "one\n");

        String kept = fixture.journal.text();
        assertThat(kept).contains("Decant-User", "edge-7", "X-Id").doesNotContain("forged", "sesame");
    }

    @ParameterizedTest
    @EnumSource
    void shouldKnowUsersOverTlsByTokensAndCertificates(Version version) throws Exception {
        ServedCertificates made = ServedCertificates.make(folder);
        ServedCertificates.show(made.server(), folder);
        users.put("seven", SourceUserSettings.of("certified").withCertificate("Edge-7"));
        fixture.tls(made.settings(folder, ClientAuth.WANT));
        start();
        SSLContext nobody = made.authority().trusted();
        SSLContext edge = made.edge().trusting(made.authority());

        HttpResponse<String> refused = post(nobody, version, "");
        assertThat(refused.version()).isEqualTo(version);
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(refused.headers().allValues("www-authenticate"))
                .containsExactly("Bearer realm=\"decant\"", "Basic realm=\"decant\", charset=\"UTF-8\"");
        assertThat(post(nobody, version, "Bearer another").statusCode()).isEqualTo(200);
        assertThat(post(edge, version, "").statusCode()).isEqualTo(200);
        assertThat(post(edge, version, "Bearer certified").statusCode()).isEqualTo(200);
        assertThat(post(edge, version, "Bearer another").statusCode())
                .as("somebody else's")
                .isEqualTo(401);

        assertThat(status().users().get("seven").records()).isEqualTo(2);
        assertThat(status().users().get("edge-8").records()).isEqualTo(1);
    }

    private HttpResponse<String> post(SSLContext context, Version version, String authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + fixture.port() + "/"))
                .POST(BodyPublishers.ofString("one\n"));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        HttpClient client =
                HttpClient.newBuilder().sslContext(context).version(version).build();
        return client.send(request.build(), BodyHandlers.ofString());
    }
}
