package io.decant.ingest.source.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.decant.config.AckMode;
import io.decant.config.DataSize;
import io.decant.config.HostPort;
import io.decant.config.SessionMode;
import io.decant.config.TcpSourceSettings;
import io.decant.ingest.journal.ServedTime;
import io.decant.ingest.source.UnfinishedBudget;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A source that reads from a server, as {@code nc -lk} is one. */
@Timeout(60)
@ParameterizedClass
@EnumSource
class TcpClientSourceTest {

    @Parameter
    TcpFixture.Kind kind;

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final FakeIntake intake = new FakeIntake();
    private final UnfinishedBudget unfinished = new UnfinishedBudget(64 << 20, 1);
    private EventLoopGroup loops;
    private final AtomicInteger lookUps = new AtomicInteger();
    private ServerSocket server;
    private long maxRecord = 1 << 20;
    private volatile Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private volatile CompletableFuture<List<InetAddress>> addresses =
            CompletableFuture.completedFuture(List.of(InetAddress.getLoopbackAddress()));
    private TcpClientSource source;

    @BeforeEach
    void listen() throws IOException {
        loops = kind == TcpFixture.Kind.BEST
                ? Transport.eventLoops(2, "source")
                : new MultiThreadIoEventLoopGroup(2, NioIoHandler.newFactory());
        server = newServer(0);
        log.start();
        logger().addAppender(log);
        logger().setLevel(Level.INFO);
    }

    @AfterEach
    void close() throws IOException {
        logger().detachAppender(log);
        logger().setLevel(null);
        server.close();
        intake.hasRoomFor(Long.MAX_VALUE);
        if (source != null) {
            TcpFixture.await(source.abort("shutting-down", "the test is over"));
            assertThat(source.status().unfinishedBytes()).isZero();
            assertThat(source.status().connections()).isZero();
        }
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
        intake.close();
    }

    @Test
    void shouldReadTheLinesOfAServerAndTellItNothing() throws IOException {
        start();
        try (Socket connection = server.accept()) {
            // A first line that a listening source would refuse.
            send(connection, "GET / HTTP/1.1\nto be\nor not\nto b");
            awaitRecords(3);
            assertThat(source.status().reading().state()).isEqualTo("reading");
            assertThat(source.status().reading().lastError()).isEmpty();
            assertThat(source.status().address()).isEqualTo("server.test:" + server.getLocalPort());
            assertThat(source.status().connections()).isEqualTo(1);
            send(connection, "e");

            connection.shutdownOutput();

            // The end of the input is the end of the last line.
            awaitRecords(4);
            assertThat(intake.text()).isEqualTo("GET / HTTP/1.1\nto be\nor not\nto be\n");
            assertThat(connection.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @Test
    void shouldConnectAgainEachTimeThatTheConnectionEnds() throws IOException {
        start();
        for (int i = 1; i <= 5; i++) {
            try (Socket connection = server.accept()) {
                send(connection, "line " + i + "\n");
            }
            awaitRecords(i);
        }

        assertThat(intake.texts().values())
                .containsExactlyInAnyOrder("line 1\n", "line 2\n", "line 3\n", "line 4\n", "line 5\n");
        // The same cause five times, logged once.
        assertThat(warnings())
                .containsExactly("source words: the server ended the connection; reconnecting to server.test:"
                        + server.getLocalPort() + " until it succeeds");
    }

    @Test
    void shouldNameNoStreamAsOneBeforeARestart() throws IOException {
        for (int run = 1; run <= 2; run++) {
            start();
            for (int connections = 1; connections <= 2; connections++) {
                try (Socket connection = server.accept()) {
                    send(connection, "a line\n");
                }
                awaitRecords(2 * (run - 1) + connections);
            }
            TcpFixture.await(source.drain());
            now = now.plusSeconds(1);
        }

        assertThat(intake.texts().values()).containsExactly("a line\n", "a line\n", "a line\n", "a line\n");
    }

    @Test
    void shouldWaitForAServerThatIsNotThereAndSayWhyOnceForEachCause() throws IOException {
        int port = server.getLocalPort();
        server.close();
        start();
        awaitState("away");
        String refused = "no connection to 127.0.0.1:" + port + ": ";
        assertThat(source.status().reading().lastError()).startsWith(refused).contains("onnection refused");
        addresses = CompletableFuture.failedFuture(new UnknownHostException("server.test"));
        Await.until(
                "the cause changes",
                () -> source.status().reading().lastError().equals("the host server.test is not known"));
        addresses = CompletableFuture.completedFuture(List.of(InetAddress.getLoopbackAddress()));
        server = newServer(port);

        try (Socket connection = server.accept()) {
            send(connection, "at last\n");
            awaitRecords(1);
        }

        List<String> before = warnings().subList(0, 2);
        assertThat(before.get(0)).startsWith("source words: " + refused);
        assertThat(before.get(1)).startsWith("source words: the host server.test is not known");
    }

    /** Before the fifth attempt lie four delays, each twice the one before. */
    @Test
    void shouldWaitLongerForAServerThatEndsEveryConnectionAtOnce() throws IOException {
        start();
        long begun = System.nanoTime();
        for (int i = 0; i < 5; i++) {
            server.accept().close();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(100 + 200 + 400 + 800));
        assertThat(warnings()).hasSizeLessThanOrEqualTo(2);
    }

    @Test
    void shouldTryTheNextAddressOfTheNameAfterOneThatFails() throws IOException {
        // Nothing listens at the first two.
        addresses = CompletableFuture.completedFuture(Stream.of("127.0.0.2", "127.0.0.3", "127.0.0.1")
                .map(TcpClientSourceTest::address)
                .toList());
        start();
        try (Socket connection = server.accept()) {
            send(connection, "found\n");
            awaitRecords(1);
        }
        // And stays with the one that worked.
        try (Socket connection = server.accept()) {
            send(connection, "found\n");
            awaitRecords(2);
        }
        assertThat(warnings()).hasSize(2);
    }

    @Test
    void shouldWarnOnceWhereAllAddressesOfTheNameFail() throws IOException {
        int port = server.getLocalPort();
        server.close();
        addresses = CompletableFuture.completedFuture(Stream.of("127.0.0.2", "127.0.0.3")
                .map(TcpClientSourceTest::address)
                .toList());
        start();
        for (String address : List.of("127.0.0.2", "127.0.0.3", "127.0.0.2")) {
            Await.until(
                    address,
                    () -> source.status().reading().lastError().startsWith("no connection to " + address + ":" + port));
        }

        assertThat(warnings()).singleElement().asString().contains("no connection to 127.0.0.2:" + port);
    }

    @Test
    void shouldWarnOfTheSameCauseAgainAfterAConnectionThatLasted() throws IOException {
        start();
        server.accept().close();
        try (Socket connection = server.accept()) {
            awaitState("reading");
            now = now.plusSeconds(61);
            send(connection, "it lasts\n");
            awaitRecords(1);
        }
        Await.until("the second end", () -> warnings().size() == 2);
    }

    @Test
    void shouldDropALineThatIsUnfinishedWhenTheConnectionBreaks() throws IOException {
        start();
        Socket connection = server.accept();
        send(connection, "whole\nhalf of a li");
        awaitRecords(1);
        Await.until("the beginning is read", () -> source.status().unfinishedBytes() > 0);

        // Reset.
        connection.setSoLinger(true, 0);
        connection.close();

        try (Socket next = server.accept()) {
            send(next, "ne\n");
            awaitRecords(2);
        }
        assertThat(intake.texts().values()).containsExactlyInAnyOrder("whole\n", "ne\n");
        assertThat(source.status().refusals()).isEqualTo(1);
    }

    @Test
    void shouldEndTheConnectionWithoutAWordWhereARecordIsTooLong() throws IOException {
        maxRecord = 10;
        start();
        try (Socket connection = server.accept()) {
            send(connection, "short\n" + "x".repeat(11) + "\nnever\n");
            assertThat(connection.getInputStream().readAllBytes()).isEmpty();
        }
        try (Socket next = server.accept()) {
            send(next, "again\n");
            awaitRecords(2);
        }
        assertThat(intake.texts().values()).containsExactlyInAnyOrder("short\n", "again\n");
        assertThat(warnings().get(0)).contains("a record is longer than max-record, which is 10B");
    }

    @Test
    void shouldReadNoMoreWhileTheJournalHasNoRoom() throws Exception {
        intake.hasRoomFor(0);
        start();
        int records = 4 << 20;
        try (Socket connection = server.accept()) {
            byte[] lines = "to be or not to be\n".repeat(records / 64).getBytes(StandardCharsets.US_ASCII);
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                for (int i = 0; i < 64; i++) {
                    send(connection, lines);
                }
            });
            Await.until("it pauses", () -> source.status().paused());
            assertThat(intake.blocks()).isZero();
            assertThat(sent).isNotDone();

            intake.hasRoomFor(Long.MAX_VALUE);

            sent.get(Await.DEADLINE.toMillis(), TimeUnit.MILLISECONDS);
            awaitRecords(records);
        }
    }

    @Test
    void shouldHandInWhatItReadAndCloseWhenItIsDrained() throws IOException {
        intake.syncsOnlyWhenTold();
        start();
        try (Socket connection = server.accept()) {
            send(connection, "one\ntwo\nthr");
            awaitRecords(2);
            Await.until("the beginning is read", () -> source.status().unfinishedBytes() > 0);

            CompletableFuture<Void> drained = source.drain();

            assertThat(drained).isNotDone();
            intake.sync();
            TcpFixture.await(drained);
            assertThat(connection.getInputStream().readAllBytes()).isEmpty();
        }
        assertThat(intake.text()).isEqualTo("one\ntwo\n");
        awaitState("stopped");
        assertNobodyConnects();
    }

    @Test
    void shouldStopTryingWhenItIsDrained() throws IOException {
        int port = server.getLocalPort();
        server.close();
        start();
        awaitState("away");

        TcpFixture.await(source.drain());

        awaitState("stopped");
        server = newServer(port);
        assertNobodyConnects();
    }

    @Test
    void shouldNotWaitForALookUpWhenItIsDrained() {
        addresses = new CompletableFuture<>();
        start();

        TcpFixture.await(source.drain());

        addresses.complete(List.of(InetAddress.getLoopbackAddress()));
        awaitState("stopped");
        assertThat(intake.blocks()).isZero();
    }

    /** For {@code validate --connect}. */
    @Test
    void shouldSayWhatKeepsItFromConnecting() throws IOException {
        String loopback = "127.0.0.1";
        assertThat(new TcpSourceComponent("words", settings(loopback)).connectionProblems())
                .isEmpty();
        assertThat(new TcpSourceComponent("words", settings("no-such-host.invalid")).connectionProblems())
                .containsExactly("source words: no connection to no-such-host.invalid:" + server.getLocalPort()
                        + " (the host is not known); the server would start and keep trying");
        int port = server.getLocalPort();
        TcpSourceSettings settings = settings(loopback);
        server.close();
        assertThat(new TcpSourceComponent("words", settings).connectionProblems())
                .singleElement()
                .asString()
                .startsWith("source words: no connection to 127.0.0.1:" + port + " (127.0.0.1:" + port + ": ")
                .contains("onnection refused");
    }

    private TcpSourceSettings settings(String host) {
        return new TcpSourceSettings(
                Optional.empty(),
                Optional.of(new HostPort(host, server.getLocalPort())),
                new DataSize(maxRecord),
                1,
                Duration.ZERO,
                Duration.ofMinutes(5),
                AckMode.END,
                SessionMode.OFF,
                Duration.ofDays(7),
                10_000,
                true,
                false,
                Optional.empty(),
                Map.of());
    }

    private void start() {
        source = newSource("words", host -> {
            lookUps.incrementAndGet();
            return addresses;
        });
        source.start(intake, Map.of());
    }

    private TcpClientSource newSource(String name, TcpClientSource.HostLookup lookup) {
        return new TcpClientSource(
                name, settings("server.test"), loops, lookup, () -> now, new ServedTime(0, () -> 0), unfinished);
    }

    private void awaitRecords(long count) {
        Await.until(count + " records handed in", () -> intake.records() == count);
    }

    private void awaitState(String state) {
        Await.until(state, () -> source.status().reading().state().equals(state));
    }

    /** Another source that fails as often connects only when the next attempt of this one would be over. */
    private void assertNobodyConnects() throws IOException {
        int attempts = lookUps.get();
        AtomicInteger failures = new AtomicInteger(attempts);
        TcpClientSource other = newSource(
                "other",
                host -> failures.getAndDecrement() > 0
                        ? CompletableFuture.failedFuture(new UnknownHostException(host))
                        : CompletableFuture.completedFuture(List.of(InetAddress.getLoopbackAddress())));
        other.start(intake, Map.of());
        try {
            server.accept().close();
        } finally {
            TcpFixture.await(other.abort("shutting-down", "the test is over"));
        }
        assertThat(lookUps).hasValue(attempts);
        assertThat(source.status().connections()).isZero();
    }

    private List<String> warnings() {
        return List.copyOf(log.list).stream()
                .filter(event -> event.getLevel() == Level.WARN)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private static ServerSocket newServer(int port) throws IOException {
        ServerSocket listening = new ServerSocket();
        listening.setReuseAddress(true);
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        listening.setSoTimeout((int) Await.DEADLINE.toMillis());
        return listening;
    }

    private static void send(Socket connection, String text) {
        send(connection, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static void send(Socket connection, byte[] bytes) {
        try {
            connection.getOutputStream().write(bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(TcpClientSource.class);
    }
}
