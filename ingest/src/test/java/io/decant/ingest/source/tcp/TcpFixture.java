package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AckMode;
import io.decant.config.DataSize;
import io.decant.config.HostPort;
import io.decant.config.ServerTlsSettings;
import io.decant.config.SessionMode;
import io.decant.config.SourceUserSettings;
import io.decant.config.TcpSourceSettings;
import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.source.ConnectionShare;
import io.decant.ingest.source.ResumableStream;
import io.decant.ingest.source.UnfinishedBudget;
import io.decant.ingest.tls.ServerTls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A TCP source on a free port of the loopback, a journal that the test drives, and its clients. */
final class TcpFixture implements AutoCloseable {

    /** What the event loops stand on. */
    enum Kind {
        BEST,
        NIO
    }

    final ScarceAllocator memory = new ScarceAllocator();
    final FakeIntake intake = new FakeIntake();
    final Map<String, ResumableStream> kept = new HashMap<>();
    volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    /** Of the monotonic clock, since the server's start. */
    volatile Duration served = Duration.ZERO;

    private final EventLoopGroup loops;
    private final List<TestClient> clients = new ArrayList<>();
    private DataSize maxRecord = DataSize.ofMebibytes(1);
    private int maxConnections = 10_000;
    private Duration idleTimeout = Duration.ZERO;
    private Duration lineTimeout = Duration.ofMinutes(5);
    private AckMode ack = AckMode.COUNT;
    private SessionMode session = SessionMode.OFF;
    private int sessionsPerAddress = 10_000;
    private boolean allowHttpLike;
    private boolean proxyProtocol;
    private Optional<ServerTlsSettings> tls = Optional.empty();
    private Map<String, SourceUserSettings> users = Map.of();
    /** Null until one is needed. */
    private Vertx vertx;

    private long unfinishedBytes = 64 << 20;
    private UnfinishedBudget unfinished;
    private TcpSource source;
    private final List<TestClient> claims = new ArrayList<>();

    TcpFixture(Kind kind) {
        loops = kind == Kind.BEST
                ? Transport.eventLoops(2, "source")
                : new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
    }

    TcpFixture maxRecord(long bytes) {
        maxRecord = new DataSize(bytes);
        return this;
    }

    TcpFixture maxConnections(int max) {
        maxConnections = max;
        return this;
    }

    TcpFixture idleTimeout(Duration timeout) {
        idleTimeout = timeout;
        return this;
    }

    TcpFixture lineTimeout(Duration timeout) {
        lineTimeout = timeout;
        return this;
    }

    TcpFixture ack(AckMode mode) {
        ack = mode;
        return this;
    }

    TcpFixture sessions() {
        session = SessionMode.REQUIRED;
        return this;
    }

    TcpFixture sessionsPerAddress(int max) {
        sessionsPerAddress = max;
        return this;
    }

    TcpFixture allowHttpLike() {
        allowHttpLike = true;
        return this;
    }

    TcpFixture proxyProtocol() {
        proxyProtocol = true;
        return this;
    }

    TcpFixture tls(ServerTlsSettings settings) {
        tls = Optional.of(settings);
        vertx = Vertx.vertx();
        return this;
    }

    TcpFixture users(Map<String, SourceUserSettings> users) {
        this.users = users;
        return this;
    }

    TcpFixture unfinished(long bytes) {
        unfinishedBytes = bytes;
        return this;
    }

    TcpFixture start() {
        TcpSource made = newSource(0);
        made.start(intake, kept);
        source = made;
        return this;
    }

    TcpSource newSource(int port) {
        unfinished = new UnfinishedBudget(unfinishedBytes, maxConnections);
        InstantSource clock = () -> now;
        return new TcpSource(
                "logs",
                new TcpSourceSettings(
                        Optional.of(new HostPort("127.0.0.1", port)),
                        Optional.empty(),
                        maxRecord,
                        maxConnections,
                        idleTimeout,
                        lineTimeout,
                        ack,
                        session,
                        Duration.ofDays(7),
                        sessionsPerAddress,
                        allowHttpLike,
                        proxyProtocol,
                        tls,
                        users),
                loops,
                clock,
                new ServedTime(0, () -> served.toNanos()),
                unfinished,
                ConnectionShare.usual(maxConnections),
                tls.map(settings -> new ServerTls("source logs", settings, vertx, clock)),
                vertx,
                memory);
    }

    TcpSource source() {
        return source;
    }

    int port() {
        String address = source.status().address();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    TestClient client() {
        TestClient client = new TestClient(port());
        clients.add(client);
        return client;
    }

    /** A client of another address of the loopback, e.g. 127.0.0.2. */
    TestClient clientFrom(String address) {
        TestClient client = new TestClient(port(), address);
        clients.add(client);
        return client;
    }

    /** A client that has its session. */
    TestClient client(String session, long next) {
        TestClient client = client().send("SESSION " + session + "\n");
        String answer = client.line();
        if (!answer.equals("OK " + next)) {
            throw new AssertionError("session " + session + " was answered " + answer);
        }
        return client;
    }

    /**
     * Returns when all session lines sent so far were claimed: connections go to the two loops in turn, so each loop
     * has answered two more sessions by now, the second of which it can only have read after what came before the
     * first.
     */
    void awaitClaims() {
        for (int i = 0; i < 4; i++) {
            claims.add(client("claimed-" + claims.size(), 0));
        }
    }

    /** Does something while no loop does anything. */
    void whileLoopsStandStill(Runnable work) {
        CountDownLatch released = new CountDownLatch(1);
        List<EventExecutor> all = new ArrayList<>();
        loops.forEach(all::add);
        CountDownLatch standing = new CountDownLatch(all.size());
        List<Future<Boolean>> ended = all.stream()
                .map(loop -> loop.submit(() -> {
                    standing.countDown();
                    return released.await(Await.DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
                }))
                .toList();
        Await.until("all loops stand still", () -> standing.getCount() == 0);
        work.run();
        released.countDown();
        ended.forEach(loop -> assertThat(loop.syncUninterruptibly().getNow()).isTrue());
    }

    /** Returns when a drain has reached every connection: one task a loop reaches all of its connections. */
    void awaitDrainBegun() {
        claims.forEach(client ->
                client.linesUpTo("ERR 0 " + CloseReason.DRAINED.refusal().code() + " " + CloseReason.DRAINED.text()));
    }

    void awaitConnections(int count) {
        Await.until(count + " connections", () -> source.status().connections() == count);
    }

    void awaitRecords(long count) {
        Await.until(count + " records handed in", () -> intake.records() == count);
    }

    static void await(CompletableFuture<Void> done) {
        try {
            done.get(Await.DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (Exception e) {
            throw new AssertionError("the source did not end", e);
        }
    }

    @Override
    public void close() {
        clients.forEach(TestClient::close);
        intake.hasRoomFor(Long.MAX_VALUE);
        if (source != null) {
            intake.sync();
            await(source.abort("shutting-down", "the test is over"));
            Await.until("no unfinished bytes", () -> unfinished.used() == 0);
            Await.until("no connections", () -> source.status().connections() == 0);
        }
        if (vertx != null) {
            vertx.close().toCompletionStage().toCompletableFuture().join();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        intake.close();
    }
}
