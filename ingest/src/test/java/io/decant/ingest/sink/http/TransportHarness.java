package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.decant.config.AuthSettings;
import io.decant.config.BodyFormat;
import io.decant.config.Compression;
import io.decant.config.DataSize;
import io.decant.config.HttpSinkSettings;
import io.decant.config.Secret;
import io.decant.config.TlsSettings;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Outcome.Failed;
import io.decant.ingest.sink.Outcome.Kind;
import io.decant.ingest.sink.http.RawReceiver.Script;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.NetUtil;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.junit5.VertxExtension;
import io.vertx.junit5.VertxTestContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

/** What tests of {@link VertxHttpTransport} share: real sockets on loopback, and a watch over the bodies. */
@ExtendWith(VertxExtension.class)
abstract class TransportHarness {
    static final Duration LONG = Duration.ofSeconds(30);
    static final Duration SHORT = Duration.ofMillis(300);

    static Vertx vertx;

    final List<AutoCloseable> resources = new ArrayList<>();
    final List<ByteBuf> bodies = new ArrayList<>();

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
    static void stopVertx(VertxTestContext stopped) {
        vertx.close().onComplete(stopped.succeedingThenComplete());
    }

    @AfterEach
    void everyBodyIsReleasedAndNothingStaysOpen() throws Exception {
        await(() -> bodies.stream().allMatch(body -> body.refCnt() == 0));
        for (int i = resources.size() - 1; i >= 0; i--) {
            resources.get(i).close();
        }
    }

    static void assertFailed(Outcome outcome, Kind kind) {
        assertThat(outcome).isInstanceOf(Failed.class);
        Failed failed = (Failed) outcome;
        assertThat(failed.kind()).as(failed.message()).isEqualTo(kind);
        assertThat(failed.message()).isNotBlank().doesNotContain("\n");
    }

    RawReceiver receiver(Script script) throws IOException {
        return receiver(InetAddress.getLoopbackAddress(), script);
    }

    RawReceiver receiver(InetAddress address, Script script) throws IOException {
        RawReceiver receiver = new RawReceiver(ServerSocketFactory.getDefault(), address, script);
        resources.add(receiver);
        return receiver;
    }

    RawReceiver receiver(TestCertificate certificate) throws Exception {
        return receiver(certificate.serverSockets(), InetAddress.getLoopbackAddress());
    }

    RawReceiver receiver(ServerSocketFactory tlsSockets, InetAddress address) throws Exception {
        RawReceiver receiver = new RawReceiver(tlsSockets, address, connection -> {
            while (connection.readRequest()) {
                connection.send("HTTP/1.1 204 No Content\r\n\r\n");
            }
        });
        resources.add(receiver);
        return receiver;
    }

    HttpTransport transport(URI url, Duration timeout) {
        return transport(vertx, settings(url, timeout, TlsSettings.NONE));
    }

    HttpTransport transport(URI url, TlsSettings tls) {
        return transport(vertx, settings(url, LONG, tls));
    }

    HttpTransport transport(Vertx on, HttpSinkSettings settings) {
        HttpTransport transport = new VertxHttpTransport(on, settings);
        resources.add(transport);
        return transport;
    }

    static HttpSinkSettings settings(URI url, Duration timeout, TlsSettings tls) {
        return settings(url, timeout, 4, tls);
    }

    static HttpSinkSettings settings(URI url, Duration timeout, int concurrency) {
        return settings(url, timeout, concurrency, TlsSettings.NONE);
    }

    private static HttpSinkSettings settings(URI url, Duration timeout, int concurrency, TlsSettings tls) {
        return new HttpSinkSettings(
                url,
                BodyFormat.LINES,
                "",
                1,
                DataSize.ofKibibytes(1),
                concurrency,
                timeout,
                Duration.ofMinutes(1),
                1_000,
                Compression.NONE,
                tls,
                AuthSettings.NONE,
                Secret.NONE,
                Map.of());
    }

    Outcome post(HttpTransport transport, int bodyBytes) throws Exception {
        return begin(transport, bodyBytes).get(20, TimeUnit.SECONDS);
    }

    Outcome post(HttpTransport transport, Map<String, String> headers, byte[] body) throws Exception {
        return begin(transport, headers, body).get(20, TimeUnit.SECONDS);
    }

    CompletableFuture<Outcome> begin(HttpTransport transport, int bodyBytes) {
        return begin(transport, Map.of("Content-Length", Integer.toString(bodyBytes)), new byte[bodyBytes]);
    }

    CompletableFuture<Outcome> begin(HttpTransport transport, Map<String, String> headers, byte[] body) {
        ByteBuf buffer = PooledByteBufAllocator.DEFAULT.directBuffer(body.length, body.length);
        buffer.writeBytes(body);
        bodies.add(buffer);
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        transport.post(new PartRequest(headers, buffer), result -> assertThat(outcome.complete(result))
                .isTrue());
        return outcome;
    }

    static byte[] randomBytes(int length) {
        byte[] bytes = new byte[length];
        new Random(1).nextBytes(bytes);
        return bytes;
    }

    static InetAddress ipv6Loopback() throws Exception {
        InetAddress loopback = InetAddress.getByAddress(NetUtil.createByteArrayFromIpAddressString("::1"));
        assumeThat(NetworkInterface.getByInetAddress(loopback))
                .as("IPv6 on this machine")
                .isNotNull();
        return loopback;
    }

    static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    static void awaitLatch(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static void await(BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as("still waiting").isLessThan(deadline);
            Thread.onSpinWait();
        }
    }
}
