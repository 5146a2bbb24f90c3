package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.decant.config.AdminSettings;
import io.decant.config.HostPort;
import io.decant.ingest.history.History;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What the admin port does with clients that mean it no good, over real sockets. */
class AdminConnectionTest {

    private static final int PATIENCE_MILLIS = 30_000;
    private static final int CONNECTIONS_MAX = 8;
    private static final ServerStatus WELL = status();

    private final AtomicInteger asked = new AtomicInteger();
    private final Metrics metrics = new Metrics();
    private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
    private AdminServer admin;

    @BeforeEach
    void start() {
        admin = new AdminServer(
                new AdminSettings(new HostPort("127.0.0.1", 0), List.of("Decant.Example.com")),
                CONNECTIONS_MAX,
                AdminFixture.unsecured(),
                metrics,
                () -> {
                    asked.incrementAndGet();
                    return WELL;
                },
                query -> CompletableFuture.completedFuture(new ReplayAnswer(0, 0, Map.of(), 0, 0, 0, 0, 0, "")),
                new History(InstantSource.system()));
        admin.start();
        asked.set(0);
        logged.start();
        root().addAppender(logged);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    @AfterEach
    void stop() {
        root().detachAppender(logged);
        admin.close();
        metrics.close();
        assertThat(logged.list).noneMatch(event -> event.getLevel().isGreaterOrEqual(Level.WARN));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /%zz HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /status%2 HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /status HTTP/1.1\r\n\r\n",
                "GET /status HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n",
                "GET /status\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "\u0000\u0001\u0002\r\n\r\n",
                "GET /status HTTP/1.1\r\nHost localhost\r\n\r\n",
                "POST /dlq/replay HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n",
                "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n"
            })
    void shouldRefuseWhatIsNoRequestAndLogNoError(String request) throws IOException {
        List<String> answer = ask(request);
        assertThat(answer.get(0)).startsWith("HTTP/1.1 400 ");
        assertThat(answer).contains("connection: close");
    }

    @Test
    void shouldBoundWhatItReadsOfARequest() throws IOException {
        String host = " HTTP/1.1\r\nHost: localhost\r\n";
        assertThat(ask("GET /" + "a".repeat(5_000) + host + "\r\n").get(0)).startsWith("HTTP/1.1 414 ");
        assertThat(ask("GET /status" + host + "A: " + "a".repeat(9_000) + "\r\n\r\n")
                        .get(0))
                .startsWith("HTTP/1.1 431 ");
        assertThat(ask("POST /dlq/replay" + host + "Content-Length: 100000\r\n\r\n" + "a".repeat(100_000))
                        .get(0))
                .startsWith("HTTP/1.1 413 ");
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 200",
        "127.0.0.1:1234, 200",
        "10.1.2.3:8080, 200",
        "[::1], 200",
        "[fe80::1]:8080, 200",
        "localhost:8080, 200",
        "LOCALHOST, 200",
        "decant.example.com, 200",
        "decant.example.com:443, 200",
        "evil.example.com, 421",
        "xdecant.example.com, 421",
        "127.0.0.1.evil.example.com, 421",
        "localhost.evil.example.com:8080, 421",
        "[evil], 421",
        "localhost:8080:evil, 421",
        "a@localhost, 421"
    })
    void shouldAnswerOnlyToItsOwnNames(String host, int status) throws IOException {
        assertThat(get("/status", "Host: " + host)).isEqualTo(status);
        assertThat(get("/healthz", "Host: " + host)).isEqualTo(200);
        assertThat(get("/readyz", "Host: " + host)).isEqualTo(200);
        assertThat(get("http://" + host + "/metrics", "Host: localhost")).isEqualTo(status);
    }

    @Test
    void shouldAnswerProbesWithoutAHost() throws IOException {
        assertThat(ask("GET /healthz HTTP/1.1\r\n\r\n").get(0)).startsWith("HTTP/1.1 200 ");
        assertThat(ask("GET /readyz HTTP/1.0\r\n\r\n").get(0)).startsWith("HTTP/1.1 200 ");
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8080, 200",
        "https://localhost:8080, 200",
        "http://localhost, 403",
        "http://localhost:3000, 403",
        "http://evil.example.com, 403",
        "null, 403"
    })
    void shouldRefusePagesOfOtherSites(String origin, int status) throws IOException {
        assertThat(get("/status", "Host: localhost:8080\r\nOrigin: " + origin)).isEqualTo(status);
        String post = "POST /dlq/replay HTTP/1.1\r\nHost: localhost:8080\r\nContent-Type: application/json\r\nOrigin: "
                + origin + "\r\nContent-Length: 2\r\n\r\n{}";
        assertThat(ask(post).get(0)).startsWith("HTTP/1.1 " + status);
        assertThat(get("/healthz", "Host: localhost:8080\r\nOrigin: " + origin)).isEqualTo(200);
    }

    @Test
    void shouldStayWithItsProtocolWhenAskedForAnother() throws IOException {
        assertThat(get(
                        "/healthz",
                        "Host: localhost\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                                + "HTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA"))
                .isEqualTo(200);
    }

    @Test
    void shouldAnswerPipelinedRequestsInTurn() throws IOException {
        String both = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(100)
                + "GET /nowhere HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        List<String> answers = ask(both);
        assertThat(answers.stream().filter(line -> line.startsWith("HTTP/1.1 200 ")))
                .hasSize(100);
        assertThat(answers.stream().filter(line -> line.startsWith("HTTP/1.1 404 ")))
                .hasSize(1);
    }

    /** Each answer is some 20 KB, so the socket's buffers take a few hundred of the 100,000 that are asked for. */
    @Test
    void shouldTakeNoFurtherRequestWhileAnAnswerIsNotRead() throws IOException {
        byte[] requests =
                "GET /metrics HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(1_000).getBytes(StandardCharsets.US_ASCII);
        try (SocketChannel client = SocketChannel.open(address())) {
            client.configureBlocking(false);
            ByteBuffer bytes = ByteBuffer.wrap(requests);
            int before = -1;
            // Until nothing moves any more: the server reads nothing, and asks for nothing.
            for (long quietSince = System.nanoTime(); System.nanoTime() - quietSince < TimeUnit.SECONDS.toNanos(1); ) {
                if (!bytes.hasRemaining()) {
                    bytes.clear();
                }
                if (client.write(bytes) > 0 || asked.get() != before) {
                    before = asked.get();
                    quietSince = System.nanoTime();
                }
            }
            assertThat(asked.get()).isBetween(1, 2_000);
            assertThat(get("/healthz", "Host: localhost")).isEqualTo(200);
        }
    }

    @Test
    void shouldCloseTheLongestIdleConnectionWhereAFurtherOneComes() throws IOException {
        List<Socket> idle = new ArrayList<>();
        try {
            for (int i = 0; i < CONNECTIONS_MAX; i++) {
                idle.add(connect());
                // Answered, and so longer idle than the next.
                assertThat(askOn(idle.get(i), "GET /healthz HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 200 ");
            }
            assertThat(askOn(idle.get(0), "GET /healthz HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 200 ");
            assertThat(get("/readyz", "Host: localhost")).isEqualTo(200);
            assertThat(isClosed(idle.get(1))).isTrue();
            for (int i : new int[] {0, 2, 3, 4, 5, 6, 7}) {
                assertThat(askOn(idle.get(i), "GET /healthz HTTP/1.1\r\n\r\n")).startsWith("HTTP/1.1 200 ");
            }
        } finally {
            for (Socket socket : idle) {
                socket.close();
            }
        }
    }

    @Test
    void shouldCloseAConnectionWhoseRequestDoesNotEnd() throws IOException {
        try (Socket client = connect()) {
            long began = System.nanoTime();
            client.getOutputStream().write("GET /healthz HTTP/1.1\r\nA: ".getBytes(StandardCharsets.US_ASCII));
            assertThat(isClosed(client)).isTrue();
            assertThat(System.nanoTime() - began).isBetween(TimeUnit.SECONDS.toNanos(9), TimeUnit.SECONDS.toNanos(20));
        }
    }

    @Test
    void shouldAnswer503WhereTheAnswersThatNobodyTakesFillTheirBound() throws IOException {
        AdminConnections connections = new AdminConnections(
                1,
                new EventReaders(
                        new History(InstantSource.system()).events(),
                        (task, nanos) -> task.run(),
                        1,
                        System::nanoTime));
        assertThat(connections.reserve(AdminConnections.ANSWER_BYTES_MAX - 1)).isTrue();
        assertThat(connections.reserve(2)).isFalse();
        connections.release(AdminConnections.ANSWER_BYTES_MAX - 1);
        assertThat(connections.reserve(2)).isTrue();
        assertThat(Answer.of(200, Answer.TEXT, "x".repeat(Answer.BYTES_MAX + 1)).status())
                .isEqualTo(503);
    }

    private InetSocketAddress address() {
        HostPort bound = HostPort.parse(admin.address());
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), bound.port());
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(address().getAddress(), address().getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private int get(String target, String header) throws IOException {
        String first = ask("GET " + target + " HTTP/1.1\r\nConnection: close\r\n" + header + "\r\n\r\n")
                .get(0);
        return Integer.parseInt(first.substring(9, 12));
    }

    /** All lines that come, until the server closes. */
    private List<String> ask(String request) throws IOException {
        try (Socket socket = connect()) {
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            socket.shutdownOutput();
            return reader(socket).lines().toList();
        }
    }

    /**
     * The status line of the answer to a request on a connection that stays; the rest is left in the socket unless it
     * is {@code ok}.
     */
    private static String askOn(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        StringBuilder answer = new StringBuilder();
        while (answer.indexOf("\r\n\r\nok\n") < 0) {
            int c = socket.getInputStream().read();
            if (c < 0) {
                break;
            }
            answer.append((char) c);
        }
        return answer.toString();
    }

    private static boolean isClosed(Socket socket) throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            return true;
        }
    }

    private static BufferedReader reader(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static ServerStatus status() {
        return new ServerStatus(
                "edge-1",
                "1.2.3",
                "running",
                List.of(),
                List.of(),
                "none",
                new ServerStatus.Journal("0badcafe", 4, 3, 2, 1, 2, 1, 1, 5, 8, 65),
                Map.of(),
                Map.of(),
                ServerStatus.Offload.OFF,
                new ServerStatus.DeadLetters(0, 0, 1, "", Map.of()),
                List.of());
    }
}
