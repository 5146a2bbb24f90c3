package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.HttpSinkSettings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.sink.AnswerClass;
import io.decant.ingest.sink.BuilderThreads;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Outcome.Judged;
import io.decant.ingest.sink.SinkContext;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Requests carry a token of an OAuth 2.0 server, or of a file: renewed before it expires and when it is refused, once
 * for all requests. Whatever becomes of tokens, no request is answered in a way that would lose records.
 */
class TokenTransportTest extends TransportHarness {

    private static final Answered TAKEN = new Answered(204, "", "");

    @TempDir
    Path folder;

    private TokenServer server;

    @BeforeEach
    void start() throws IOException {
        server = new TokenServer();
        resources.add(server);
    }

    private HttpTransport oauth2(String... sets) {
        List<String> all = new ArrayList<>(List.of(
                "sinks.api.auth.oauth2={token-url: '" + server.tokenUrl() + "', client-id: 'edge 7', client-secret:"
                        + " 'hunter2:hunter2'}",
                "sinks.api.retry-max-delay=200ms"));
        all.addAll(List.of(sets));
        return component(all);
    }

    /** The transport that a server would use. */
    private HttpTransport component(List<String> sets) {
        List<String> all = new ArrayList<>(List.of(
                "sources.in={type: tcp, address: '127.0.0.1:1'}",
                "sinks.api={type: http, url: '" + server.receiverUrl() + "'}"));
        all.addAll(sets);
        HttpSinkSettings settings = (HttpSinkSettings) SettingsLoader.parse("", "test", Path.of("/"), all, Map.of())
                .sinks()
                .get("api");
        SinkContext context = new SinkContext(
                "test",
                "00000000",
                vertx,
                new Random(1),
                InstantSource.system(),
                name -> {},
                null,
                BuilderThreads.NONE,
                null);
        HttpTransport transport = new HttpSinkComponent("api", settings).transport(context);
        resources.add(transport);
        return transport;
    }

    private Outcome post(HttpTransport transport) throws Exception {
        return begin(transport, 10).get(60, TimeUnit.SECONDS);
    }

    /** As a sink does: until the receiver has it. Whatever comes in between keeps the record. */
    private List<Outcome> postUntilTaken(HttpTransport transport) throws Exception {
        List<Outcome> outcomes = new ArrayList<>();
        long start = System.nanoTime();
        do {
            assertThat(System.nanoTime() - start).as("%s", outcomes).isLessThan(TimeUnit.SECONDS.toNanos(60));
            Outcome outcome = post(transport);
            assertThat(AnswerClass.of(outcome)).isNotEqualTo(AnswerClass.REFUSED);
            outcomes.add(outcome);
        } while (!outcomes.get(outcomes.size() - 1).equals(TAKEN));
        return outcomes;
    }

    private static void assertOutage(Outcome outcome, String said) {
        assertThat(outcome).isInstanceOf(Judged.class);
        assertThat(((Judged) outcome).answer()).isEqualTo(AnswerClass.OUTAGE);
        assertThat(((Judged) outcome).message())
                .contains("no access token", said)
                .doesNotContain("hunter2")
                .doesNotContain("\n");
    }

    @Test
    void shouldAskAsTheStandardSaysAndUseTheTokenAgain() throws Exception {
        HttpTransport transport = oauth2("sinks.api.auth.oauth2.scopes=[read, 'a&b']");

        assertThat(post(transport)).isEqualTo(TAKEN);
        assertThat(post(transport)).isEqualTo(TAKEN);

        assertThat(server.seen()).containsExactly("Bearer token-1", "Bearer token-1");
        assertThat(server.requests()).singleElement().satisfies(request -> {
            assertThat(request.line()).isEqualTo("POST /buckets?from=decant HTTP/1.1");
            // "edge+7" and "hunter2%3Ahunter2"
            assertThat(request.headers())
                    .containsEntry("Authorization", "Basic ZWRnZSs3Omh1bnRlcjIlM0FodW50ZXIy")
                    .containsEntry("Content-Type", "application/x-www-form-urlencoded")
                    .containsEntry("Accept", "application/json");
            assertThat(request.body()).isEqualTo("grant_type=client_credentials&scope=read+a%26b");
        });
    }

    @Test
    void shouldAskOnceForAllRequestsThatWait() throws Exception {
        server.shut();
        HttpTransport transport = oauth2();
        List<CompletableFuture<Outcome>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(begin(transport, 10));
        }
        await(() -> server.asked() == 1);
        server.open();

        for (CompletableFuture<Outcome> one : all) {
            assertThat(one.get(60, TimeUnit.SECONDS)).isEqualTo(TAKEN);
        }
        assertThat(server.asked()).isEqualTo(1);
    }

    @Test
    void shouldRenewATokenThatIsRefusedOnceForAllRequests() throws Exception {
        HttpTransport transport = oauth2();
        assertThat(post(transport)).isEqualTo(TAKEN);
        server.revoke();

        List<CompletableFuture<Outcome>> all = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            all.add(begin(transport, 10));
        }
        for (CompletableFuture<Outcome> one : all) {
            // Those that came after the renewal have been taken.
            Outcome outcome = one.get(60, TimeUnit.SECONDS);
            assertThat(AnswerClass.of(outcome)).isIn(AnswerClass.AGAIN, AnswerClass.DELIVERED);
        }
        assertThat(postUntilTaken(transport)).hasSize(1);

        assertThat(server.asked()).isEqualTo(2);
        assertThat(server.seen()).endsWith("Bearer token-2");
    }

    @Test
    void shouldRenewBeforeTheTokenExpiresWhileItIsStillUsed() throws Exception {
        // It is due after three quarters of a second, and good for a second.
        server.members(",\"token_type\":\"bearer\",\"expires_in\":\"1\"");
        HttpTransport transport = oauth2();

        long start = System.nanoTime();
        while (server.asked() < 4) {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(60));
            assertThat(post(transport)).isEqualTo(TAKEN);
        }

        assertThat(server.underWayMax()).isEqualTo(1);
        assertThat(server.seen()).noneMatch(token -> token.equals("none"));
    }

    @Test
    void shouldBeAnOutageWhileTheServerFailsAndGoOnAfterwards() throws Exception {
        server.fail("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 5\r\nConnection: close\r\n\r\nlater");
        HttpTransport transport = oauth2();

        Outcome outcome = post(transport);
        assertOutage(outcome, "the token endpoint " + server.tokenUrl() + " answers 503, \"later\"");
        for (int i = 0; i < 20; i++) {
            assertOutage(post(transport), " answers 503");
        }
        server.fail("");
        assertThat(postUntilTaken(transport)).isNotEmpty();

        assertThat(server.seen()).hasSize(1);
    }

    @Test
    void shouldNotAskAgainBeforeTheServerWantsToBeAsked() throws Exception {
        server.fail("HTTP/1.1 429 Too Many\r\nRetry-After: 3600\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        HttpTransport transport = oauth2("sinks.api.retry-max-delay=1h");

        for (int i = 0; i < 50; i++) {
            assertOutage(post(transport), " answers 429");
        }

        assertThat(server.asked()).isEqualTo(1);
    }

    @Test
    void shouldNotShowTheSecretThatTheServerQuotes() throws Exception {
        server.fail("HTTP/1.1 401 Unauthorized\r\nContent-Length: 45\r\nConnection: close\r\n\r\n"
                + "{\"error\":\"bad secret hunter2:hunter2 for you\"}".substring(0, 45));

        assertOutage(post(oauth2()), " answers 401, \"{\"error\":\"bad secret <hidden> for you");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "not JSON",
                "[]",
                "{}",
                "{\"access_token\":7}",
                "{\"access_token\":\"\"}",
                "{\"access_token\":\"two words\"}",
                "{\"access_token\":\"a\\r\\nX: y\"}",
                "{\"access_token\":\"abc\",\"token_type\":\"mac\"}"
            })
    void shouldBeAnOutageWhereWhatTheServerGivesIsNoToken(String json) throws Exception {
        server.fail("HTTP/1.1 200 OK\r\nContent-Length: " + json.length() + "\r\nConnection: close\r\n\r\n" + json);

        assertOutage(post(oauth2()), "the token endpoint");
        assertThat(server.seen()).isEmpty();
    }

    @Test
    void shouldBeAnOutageWhereTheServerIsDownSlowOrBreaksOff() throws Exception {
        assertOutage(
                post(oauth2("sinks.api.auth.oauth2.token-url=http://localhost:" + closedPort() + "/")),
                "cannot be asked: ");
        server.fail("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
        assertOutage(post(oauth2()), "cannot be asked: ");
        server.fail("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n80000\r\n" + "x".repeat(0x80000));
        assertOutage(post(oauth2()), "answers with more than 256 KiB");
        server.fail("");
        server.shut();
        assertOutage(post(oauth2("sinks.api.timeout=300ms")), "gave no complete answer within 300 ms");
        server.open();
    }

    @Test
    void shouldUseATokenAsLongAsItIsGoodThoughItCannotBeRenewed() throws Exception {
        server.members(",\"expires_in\":2");
        HttpTransport transport = oauth2();
        assertThat(post(transport)).isEqualTo(TAKEN);
        server.fail("HTTP/1.1 500 Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        // It is renewed from 1.5 s on, which fails, and good until 2 s.
        List<Outcome> outcomes = new ArrayList<>();
        long start = System.nanoTime();
        do {
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(60));
            outcomes.add(post(transport));
        } while (outcomes.get(outcomes.size() - 1).equals(TAKEN));

        assertOutage(outcomes.get(outcomes.size() - 1), " answers 500");
        assertThat(server.seen()).containsOnly("Bearer token-1");
    }

    @Test
    void shouldShowWhatTheReceiverSaysToANewTokenAndGoOnOnceItIsTaken() throws Exception {
        HttpTransport transport = oauth2();
        server.giveBadTokens();

        Outcome outcome = post(transport);
        assertThat(outcome).isInstanceOf(Answered.class);
        assertThat(((Answered) outcome).status()).isEqualTo(401);
        assertThat(AnswerClass.of(outcome)).isEqualTo(AnswerClass.OUTAGE);
        assertThat(transport.redact(((Answered) outcome).bodyStart())).isEqualTo("no longer: Bearer <hidden>");
        server.giveGoodTokens();

        assertThat(postUntilTaken(transport)).isNotEmpty();
    }

    @Test
    void shouldGiveUpWaitingWhenItIsClosed() throws Exception {
        server.shut();
        HttpTransport transport = oauth2();
        CompletableFuture<Outcome> waiting = begin(transport, 10);
        await(() -> server.asked() == 1);

        transport.close();

        assertFailed(waiting.get(60, TimeUnit.SECONDS), Outcome.Kind.CLOSED);
        assertFailed(post(transport), Outcome.Kind.CLOSED);
        server.open();
    }

    @Test
    void shouldAskByTheProxyAndWithTheTrustOfTheSink() throws Exception {
        TestCertificate certificate = TestCertificate.receiver(folder, "dns:localhost");
        TokenServer overTls = new TokenServer(certificate.serverSockets());
        resources.add(overTls);
        server = overTls;
        TestProxy proxy = new TestProxy("");
        resources.add(proxy);
        String tokenUrl = server.tokenUrl().toString().replace("http:", "https:");

        HttpTransport transport = oauth2(
                "sinks.api.auth.oauth2.token-url='" + tokenUrl + "'",
                "sinks.api.tls.ca-file=" + certificate.certificate(),
                "sinks.api.proxy='http://localhost:" + proxy.port() + "'");

        assertThat(post(transport)).isEqualTo(TAKEN);
        assertThat(proxy.targets())
                .containsExactly(
                        "CONNECT localhost:" + server.tokenUrl().getPort(),
                        "CONNECT localhost:" + server.receiverUrl().getPort());
    }

    @Test
    void shouldReadTheTokenOfAFileAgainWhenItIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "token-1\n");
        // The receiver knows tokens of the server alone.
        assertThat(post(oauth2())).isEqualTo(TAKEN);
        assertThat(post(oauth2())).isEqualTo(TAKEN);
        HttpTransport transport =
                component(List.of("sinks.api.auth.token-file=" + file, "sinks.api.retry-max-delay=200ms"));
        assertThat(post(transport)).isEqualTo(TAKEN);

        Files.writeString(file, "token-2\n");
        assertThat(post(transport)).isEqualTo(TAKEN);
        assertThat(server.seen()).endsWith("Bearer token-1");
        server.revoke();
        assertThat(post(oauth2())).isEqualTo(TAKEN);
        Files.writeString(file, "token-3\n");
        assertThat(postUntilTaken(transport)).isNotEmpty();

        assertThat(server.seen()).endsWith("Bearer token-3");
        Files.delete(file);
        server.revoke();
        Outcome outcome = post(transport);
        assertThat(AnswerClass.of(outcome)).isEqualTo(AnswerClass.AGAIN);
        assertOutage(post(transport), "the file " + file + " does not exist");
    }

    /** What a sink hands over is freed, whatever becomes of the token; {@link TransportHarness} looks. */
    @Test
    void shouldFreeBodiesThatAreNotSent() throws Exception {
        server.fail("HTTP/1.1 500 Error\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        post(oauth2());

        assertThat(bodies).allMatch(body -> body.refCnt() == 0).hasSize(1);
        assertThat(bodies.stream().mapToInt(ByteBuf::refCnt).sum()).isZero();
    }
}
