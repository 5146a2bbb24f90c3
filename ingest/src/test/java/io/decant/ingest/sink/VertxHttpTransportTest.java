package io.decant.ingest.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.BodyFormat;
import io.decant.config.DataSize;
import io.decant.config.HttpSinkSettings;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Outcome.Failed;
import io.decant.ingest.sink.Outcome.Kind;
import io.decant.ingest.sink.RawReceiver.Received;
import io.decant.ingest.sink.RawReceiver.Script;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.net.TrustOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against real sockets on loopback, with receivers that misbehave in every way that one can. */
class VertxHttpTransportTest {

    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(300);

    private static Vertx vertx;

    private final List<AutoCloseable> resources = new ArrayList<>();
    private final List<ByteBuf> bodies = new ArrayList<>();

    @BeforeAll
    static void startVertx() throws IOException {
        vertx = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setAddressResolverOptions(new AddressResolverOptions()
                        .addServer("127.0.0.1:" + closedPort())
                        .setQueryTimeout(500)
                        .setMaxQueries(1)));
    }

    @AfterAll
    static void stopVertx() throws Exception {
        vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @AfterEach
    void everyBodyIsReleasedAndNothingStaysOpen() throws Exception {
        await(() -> bodies.stream().allMatch(body -> body.refCnt() == 0));
        for (int i = resources.size() - 1; i >= 0; i--) {
            resources.get(i).close();
        }
    }

    @Test
    void shouldSendHeadersAndBodyToTheLetter() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.answer(200, "", "");
            }
        });
        byte[] body = randomBytes(3_000_000);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Token", "Bearer abc");
        headers.put("Content-Type", "text/plain");
        headers.put("Content-Length", Integer.toString(body.length));
        headers.put("Idempotency-Key", "\"decant-00c0ffee-api-1-0-0-2\"");

        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);
        Outcome outcome = post(transport, headers, body);

        assertThat(outcome).isEqualTo(new Answered(200, "", ""));
        Received request = receiver.received().take();
        assertThat(request.line()).isEqualTo("POST /buckets?from=decant HTTP/1.1");
        assertThat(request.headerLines())
                .containsExactly(
                        "X-Token: Bearer abc",
                        "Content-Type: text/plain",
                        "Content-Length: 3000000",
                        "Idempotency-Key: \"decant-00c0ffee-api-1-0-0-2\"",
                        "host: localhost:" + receiver.url("http", "localhost").getPort());
        assertThat(request.body().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(body);
    }

    @Test
    void shouldKeepTheConnectionForTheNextRequest() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.answer(200, "", "thanks");
            }
        });
        HttpTransport transport = transport(receiver.url("http", "127.0.0.1"), LONG);

        for (int i = 0; i < 5; i++) {
            assertThat(post(transport, 1000)).isEqualTo(new Answered(200, "", "thanks"));
        }
        assertThat(receiver.connections()).isEqualTo(1);
    }

    @Test
    void shouldHaveAsManyRequestsUnderWayAsTheSinkMayHave() throws Exception {
        CountDownLatch all = new CountDownLatch(4);
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            all.countDown();
            awaitLatch(all);
            connection.answer(201, "", "");
            connection.awaitClose();
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            outcomes.add(begin(transport, 100_000));
        }
        for (CompletableFuture<Outcome> outcome : outcomes) {
            assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(new Answered(201, "", ""));
        }
    }

    @Test
    void shouldHandStatusRetryAfterAndTheAnswersStartBack() throws Exception {
        String said = "x".repeat(Outcome.BODY_START_BYTES_MAX) + "more";
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.answer(429, "Retry-After: 17\r\n", said);
            connection.awaitClose();
        });

        Outcome outcome = post(transport(receiver.url("http", "localhost"), LONG), 10);

        assertThat(outcome).isEqualTo(new Answered(429, "17", "x".repeat(Outcome.BODY_START_BYTES_MAX)));
    }

    @Test
    void shouldTakeAnInterimAnswerForNone() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            connection.answer(200, "", "");
            connection.awaitClose();
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 10)).isEqualTo(new Answered(200, "", ""));
    }

    @Test
    void shouldNotFollowARedirect() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.answer(307, "Location: /elsewhere\r\n", "");
            }
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 10)).isEqualTo(new Answered(307, "", ""));
        assertThat(receiver.received()).hasSize(1);
    }

    @Test
    void shouldTakeA200WithGarbageForA200() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n");
            connection.send(new byte[] {(byte) 0xff, 0, 1, '{'});
            connection.awaitClose();
        });

        Answered answered = (Answered) post(transport(receiver.url("http", "localhost"), LONG), 10);

        assertThat(answered.status()).isEqualTo(200);
        assertThat(answered.bodyStart()).isEqualTo("\ufffd\0\1{");
    }

    @Test
    void shouldSayWhenWhatComesBackIsNotHttp() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("220 smtp.example ESMTP\r\n\r\n");
            connection.awaitClose();
        });

        assertFailed(post(transport(receiver.url("http", "localhost"), LONG), 10), Kind.PROTOCOL);
    }

    @Test
    void shouldTimeOutOnAReceiverThatNeitherReadsNorAnswers() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        RawReceiver receiver = receiver(connection -> awaitLatch(done));

        // More than all socket buffers take: the rest still lies in the transport when the time is up.
        Outcome outcome = post(transport(receiver.url("http", "localhost"), SHORT), 64 << 20);

        assertThat(outcome).isEqualTo(new Failed(Kind.TIMEOUT, "no whole answer within 300 ms"));
        await(() -> bodies.stream().allMatch(body -> body.refCnt() == 0));
        done.countDown();
    }

    @Test
    void shouldTimeOutOnAnAnswerThatHangsAfterItsHeaders() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123");
            connection.awaitClose();
        });

        assertFailed(post(transport(receiver.url("http", "localhost"), SHORT), 10), Kind.TIMEOUT);
    }

    @Test
    void shouldGoOnAfterATimeout() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                if (first.getCount() == 0) {
                    connection.answer(200, "", "");
                }
                first.countDown();
            }
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), SHORT);

        assertFailed(post(transport, 10), Kind.TIMEOUT);
        assertThat(post(transport, 10)).isEqualTo(new Answered(200, "", ""));
    }

    @Test
    void shouldSayWhenTheConnectionIsResetInMidAnswer() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123");
            connection.reset();
        });

        assertFailed(post(transport(receiver.url("http", "localhost"), LONG), 10), Kind.RESET);
    }

    @Test
    void shouldSayWhenTheConnectionEndsBeforeAnAnswer() throws Exception {
        RawReceiver receiver = receiver(RawReceiver.Connection::readRequest);

        assertFailed(post(transport(receiver.url("http", "localhost"), LONG), 10), Kind.RESET);
    }

    @Test
    void shouldSayWhenTheConnectionIsResetInMidBody() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readHead();
            connection.reset();
        });

        assertFailed(post(transport(receiver.url("http", "localhost"), LONG), 64 << 20), Kind.RESET);
    }

    @Test
    void shouldTakeAnAnswerThatComesBeforeTheBodyIsSent() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readHead();
            connection.answer(503, "Retry-After: 1\r\n", "busy");
            connection.awaitClose();
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        Outcome outcome = post(transport, 64 << 20);

        assertThat(outcome).isEqualTo(new Answered(503, "1", "busy"));
    }

    @Test
    void shouldNotReadAnAnswerOfAGibibyteToItsEnd() throws Exception {
        AtomicLong sent = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(1);
        byte[] chunk = "y".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + (1 << 30) + "\r\n\r\n");
            try {
                while (sent.get() < 1 << 30) {
                    connection.send(chunk);
                    sent.addAndGet(chunk.length);
                }
            } finally {
                ended.countDown();
            }
        });

        Outcome outcome = post(transport(receiver.url("http", "localhost"), LONG), 10);

        assertThat(outcome).isEqualTo(new Answered(200, "", "y".repeat(Outcome.BODY_START_BYTES_MAX)));
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(sent.get()).as("what fits into socket buffers").isLessThan(64 << 20);
    }

    @Test
    void shouldSayWhenNobodyListens() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:" + closedPort() + "/");

        assertFailed(post(transport(nobody, LONG), 10), Kind.CONNECT);
    }

    @Test
    void shouldSayWhenTheNameIsNotKnown() throws Exception {
        assertFailed(post(transport(URI.create("http://no-such-host.invalid/"), LONG), 10), Kind.DNS);
    }

    @Test
    void shouldSpeakHttpsToAReceiverThatIsTrusted(@TempDir Path folder) throws Exception {
        SelfSigned certificate = SelfSigned.create(folder, "dns:localhost");
        RawReceiver receiver = receiver(certificate);
        TrustOptions trust =
                new PfxOptions().setPath(certificate.store().toString()).setPassword(SelfSigned.PASSWORD);

        assertThat(post(transport(receiver.url("https", "localhost"), LONG, trust), 3_000_000))
                .isEqualTo(new Answered(204, "", ""));
        assertFailed(post(transport(receiver.url("https", "127.0.0.1"), LONG, trust), 10), Kind.TLS);
    }

    @Test
    void shouldSendNothingToAReceiverThatIsNotTrusted(@TempDir Path folder) throws Exception {
        RawReceiver receiver = receiver(SelfSigned.create(folder, "dns:localhost"));

        assertFailed(post(transport(receiver.url("https", "localhost"), LONG), 10), Kind.TLS);
        assertThat(receiver.received()).isEmpty();
    }

    @Test
    void shouldGiveUpWhatIsUnderWayWhenClosed() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            arrived.countDown();
            connection.awaitClose();
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);
        CompletableFuture<Outcome> outcome = begin(transport, 10);
        awaitLatch(arrived);

        transport.close();

        assertFailed(outcome.get(10, TimeUnit.SECONDS), Kind.CLOSED);
        assertFailed(post(transport, 10), Kind.CLOSED);
    }

    @Test
    void shouldFailWhenVertxIsGone() throws Exception {
        Vertx gone = Vertx.vertx();
        HttpTransport transport = new VertxHttpTransport(gone, settings(URI.create("http://localhost/"), LONG));
        gone.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);

        assertFailed(post(transport, 10), Kind.CLOSED);
        transport.close();
    }

    @Test
    void shouldRefuseAUrlThatItCannotServe() {
        for (String url : List.of("ftp://localhost/", "http:///path", "http://user:secret@localhost/")) {
            assertThatThrownBy(() -> transport(URI.create(url), LONG))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageNotContaining("secret");
        }
    }

    private static void assertFailed(Outcome outcome, Kind kind) {
        assertThat(outcome).isInstanceOf(Failed.class);
        Failed failed = (Failed) outcome;
        assertThat(failed.kind()).as(failed.message()).isEqualTo(kind);
        assertThat(failed.message()).isNotBlank().doesNotContain("\n");
    }

    private RawReceiver receiver(Script script) throws IOException {
        RawReceiver receiver = new RawReceiver(script);
        resources.add(receiver);
        return receiver;
    }

    private RawReceiver receiver(SelfSigned certificate) throws Exception {
        RawReceiver receiver = new RawReceiver(certificate.serverSockets(), connection -> {
            while (connection.readRequest()) {
                connection.send("HTTP/1.1 204 No Content\r\n\r\n");
            }
        });
        resources.add(receiver);
        return receiver;
    }

    private HttpTransport transport(URI url, Duration timeout) {
        return transport(url, timeout, null);
    }

    private HttpTransport transport(URI url, Duration timeout, TrustOptions trust) {
        HttpTransport transport = new VertxHttpTransport(vertx, settings(url, timeout), trust);
        resources.add(transport);
        return transport;
    }

    private static HttpSinkSettings settings(URI url, Duration timeout) {
        return new HttpSinkSettings(
                url, BodyFormat.LINES, "", 1, new DataSize(1), 4, timeout, Duration.ofMinutes(1), Map.of());
    }

    private Outcome post(HttpTransport transport, int bodyBytes) throws Exception {
        return begin(transport, bodyBytes).get(20, TimeUnit.SECONDS);
    }

    private Outcome post(HttpTransport transport, Map<String, String> headers, byte[] body) throws Exception {
        return begin(transport, headers, body).get(20, TimeUnit.SECONDS);
    }

    private CompletableFuture<Outcome> begin(HttpTransport transport, int bodyBytes) {
        return begin(transport, Map.of("Content-Length", Integer.toString(bodyBytes)), new byte[bodyBytes]);
    }

    private CompletableFuture<Outcome> begin(HttpTransport transport, Map<String, String> headers, byte[] body) {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(body.length, body.length);
        buffer.writeBytes(body);
        bodies.add(buffer);
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        transport.post(new PartRequest(headers, buffer), result -> assertThat(outcome.complete(result))
                .isTrue());
        return outcome;
    }

    private static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
