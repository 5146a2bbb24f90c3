package io.decant.ingest.source.http;

import io.decant.config.DataSize;
import io.decant.config.HostPort;
import io.decant.config.HttpBody;
import io.decant.config.HttpSourceSettings;
import io.decant.config.ServerTlsSettings;
import io.decant.config.SourceUserSettings;
import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.source.ConnectionShare;
import io.decant.ingest.source.UnfinishedBudget;
import io.decant.ingest.tls.ServerTls;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** An HTTP source on a free port of the loopback, a journal that the test drives, and its clients. */
final class HttpFixture implements AutoCloseable {

    private static final long DEADLINE_NANOS = TimeUnit.SECONDS.toNanos(20);
    private static final long POLL_NANOS = 200_000;

    final TestJournal journal = new TestJournal();
    /** Of the monotonic clock, since the server's start. */
    volatile Duration served = Duration.ZERO;

    private final List<RawClient> clients = new ArrayList<>();
    private HttpBody body = HttpBody.LINES;
    private long maxRecord = 1 << 20;
    private long maxBody = 16 << 20;
    private int maxConnections = 1_000;
    private Duration idleTimeout = Duration.ofSeconds(75);
    private Duration bodyTimeout = Duration.ofMinutes(1);
    private int idempotencyMax = 500_000;
    private List<String> headers = List.of();
    private List<String> corsOrigins = List.of();
    private boolean proxyProtocol;
    private Optional<ServerTlsSettings> tls = Optional.empty();
    private Map<String, SourceUserSettings> users = Map.of();
    /** Null until one is needed. */
    private Vertx vertx;

    private long unfinishedBytes = 64 << 20;
    private UnfinishedBudget unfinished;
    private HttpSource source;

    HttpFixture body(HttpBody form) {
        body = form;
        return this;
    }

    HttpFixture maxRecord(long bytes) {
        maxRecord = bytes;
        return this;
    }

    HttpFixture maxBody(long bytes) {
        maxBody = bytes;
        return this;
    }

    HttpFixture maxConnections(int max) {
        maxConnections = max;
        return this;
    }

    HttpFixture idleTimeout(Duration timeout) {
        idleTimeout = timeout;
        return this;
    }

    HttpFixture bodyTimeout(Duration timeout) {
        bodyTimeout = timeout;
        return this;
    }

    HttpFixture idempotencyMax(int max) {
        idempotencyMax = max;
        return this;
    }

    HttpFixture headers(String... names) {
        headers = List.of(names);
        return this;
    }

    HttpFixture corsOrigins(String... origins) {
        corsOrigins = List.of(origins);
        return this;
    }

    HttpFixture proxyProtocol() {
        proxyProtocol = true;
        return this;
    }

    HttpFixture tls(ServerTlsSettings settings) {
        tls = Optional.of(settings);
        vertx = Vertx.vertx();
        return this;
    }

    HttpFixture unfinished(long bytes) {
        unfinishedBytes = bytes;
        return this;
    }

    HttpFixture users(Map<String, SourceUserSettings> users) {
        this.users = users;
        return this;
    }

    /** Starts, or starts again after a crash or a stop, with what the journal has. */
    HttpFixture start() {
        unfinished = new UnfinishedBudget(unfinishedBytes, maxConnections);
        source = new HttpSource(
                "in",
                new HttpSourceSettings(
                        new HostPort("127.0.0.1", 0),
                        "/",
                        body,
                        new DataSize(maxRecord),
                        new DataSize(maxBody),
                        maxConnections,
                        idleTimeout,
                        bodyTimeout,
                        Duration.ofMinutes(10),
                        idempotencyMax,
                        Duration.ofDays(7),
                        headers,
                        proxyProtocol,
                        corsOrigins,
                        tls,
                        users),
                () -> Instant.parse("2026-01-01T00:00:00Z"),
                new ServedTime(0, () -> served.toNanos()),
                unfinished,
                ConnectionShare.usual(maxConnections),
                2,
                tls.map(settings -> new ServerTls("source in", settings, vertx, InstantSource.system())),
                vertx);
        source.start(journal, journal.kept());
        return this;
    }

    /** The process ends at once, and another one starts. What is not synced is lost. */
    HttpFixture crash() {
        source.abort("journal-failed", "the machine fails").join();
        journal.crash();
        return start();
    }

    HttpSource source() {
        return source;
    }

    int port() {
        String address = source.status().address();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    long held() {
        return unfinished.used();
    }

    RawClient client() {
        RawClient client = new RawClient(port());
        clients.add(client);
        return client;
    }

    RawClient.Answer post(String headersOfRequest, String text) {
        return client().post(headersOfRequest, text).answer();
    }

    static void until(String what, BooleanSupplier condition) {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start > DEADLINE_NANOS) {
                throw new AssertionError("in vain awaited: " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    @Override
    public void close() {
        clients.forEach(RawClient::close);
        journal.hasRoomFor(Long.MAX_VALUE);
        journal.sync(Integer.MAX_VALUE);
        source.abort("shutting-down", "the test is over")
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        until("nothing is held", () -> unfinished.used() == 0);
        until("no connections", () -> source.status().connections() == 0);
        journal.close();
        if (vertx != null) {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
    }
}
