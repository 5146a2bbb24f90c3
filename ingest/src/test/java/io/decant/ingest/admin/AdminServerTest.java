package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.config.AdminSettings;
import io.decant.config.HostPort;
import io.decant.config.PrintableText;
import io.decant.ingest.admin.AdminServer.AdminException;
import io.decant.ingest.history.History;
import io.decant.offload.client.SparkWork;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over real HTTP. */
class AdminServerTest {
    private static final ServerStatus WELL = status("running", List.of(), List.of());

    private final Metrics metrics = new Metrics();
    private final HttpClient client = HttpClient.newHttpClient();
    private volatile ServerStatus status = WELL;
    private volatile Function<ReplayQuery, CompletionStage<ReplayAnswer>> replay = query -> null;
    private AdminServer admin;

    @BeforeEach
    void start() {
        admin = new AdminServer(
                new AdminSettings(new HostPort("127.0.0.1", 0), List.of("decant.example.com")),
                AdminServer.CONNECTIONS_MAX,
                AdminFixture.unsecured(),
                metrics,
                () -> status,
                query -> replay.apply(query),
                new History(InstantSource.system()));
        admin.start();
    }

    @AfterEach
    void stop() {
        admin.close();
        metrics.close();
    }

    @Test
    void shouldSendDeadLettersAgainAsTheBodyAsks() throws Exception {
        CompletableFuture<ReplayQuery> asked = new CompletableFuture<>();
        replay = query -> {
            asked.complete(query);
            return CompletableFuture.completedFuture(new ReplayAnswer(3, 2, Map.of("api", 3L), 1, 2, 4, 5, 6, ""));
        };
        ReplayQuery query = new ReplayQuery("api", "refused", 7L, Instant.parse("2026-11-21T10:00:00Z"));
        HttpResponse<String> answer = post("application/json", query.toJson());
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(asked).isCompletedWithValue(query);
        assertThat(ReplayAnswer.of(answer.body()))
                .contains(new ReplayAnswer(3, 2, Map.of("api", 3L), 1, 2, 4, 5, 6, ""));
        assertThat(new JsonObject(answer.body()).getJsonObject("sinks").getLong("api"))
                .isEqualTo(3);
        assertThat(new JsonObject(answer.body()).getLong("unfit")).isEqualTo(6);
    }

    @Test
    void shouldSayWhatAReplayWaitsFor() throws Exception {
        replay = query ->
                CompletableFuture.completedFuture(new ReplayAnswer(3, 0, Map.of(), 0, 0, 0, 0, 0, "the disk is full"));
        HttpResponse<String> answer = post("application/json; charset=utf-8", "{}");
        assertThat(answer.statusCode()).isEqualTo(202);
        assertThat(new JsonObject(answer.body()).getString("waits")).isEqualTo("the disk is full");
    }

    @Test
    void shouldSayWhyAReplayCannotBe() throws Exception {
        replay = query -> CompletableFuture.failedFuture(new IllegalStateException("another one is under way"));
        HttpResponse<String> answer = post("application/json", "");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("another one is under way\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "{",
                "{\"sinks\": \"api\"}",
                "{\"sink\": 3}",
                "{\"batch\": \"x\"}",
                "{\"since\": \"today\"}"
            })
    void shouldRefuseAQueryThatIsNone(String body) throws Exception {
        replay = query -> {
            throw new AssertionError(query);
        };
        assertThat(post("application/json", body).statusCode()).isEqualTo(400);
    }

    @Test
    void shouldRefuseWhatAStrangersPageCouldSend() throws Exception {
        replay = query -> {
            throw new AssertionError(query);
        };
        assertThat(post("text/plain", "{}").statusCode()).isEqualTo(415);
        assertThat(post("application/x-www-form-urlencoded", "{}").statusCode()).isEqualTo(415);
        assertThat(post("application/json", " ".repeat(10_000)).statusCode()).isEqualTo(413);
        HttpResponse<String> got = get("/dlq/replay");
        assertThat(got.statusCode()).isEqualTo(405);
        assertThat(got.headers().firstValue("allow")).contains("POST");
    }

    private HttpResponse<String> post(String type, String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + admin.address() + "/dlq/replay"))
                .header("Content-Type", type)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/healthz", "/readyz"})
    void shouldSayThatAllIsWell(String path) throws Exception {
        HttpResponse<String> answer = get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("ok\n");
        assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
    }

    @Test
    void shouldNameTheStagesThatNeitherMoveNorAreIdle() throws Exception {
        status = status("running", List.of(), List.of("journal-syncer", "sink-api"));
        HttpResponse<String> answer = get("/healthz");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("stalled: journal-syncer, sink-api\n");
        assertThat(get("/readyz").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldSayWhyItIsNotReady() throws Exception {
        status = status("draining", List.of("the server is draining", "source logs does not listen"), List.of());
        HttpResponse<String> answer = get("/readyz");
        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("the server is draining\nsource logs does not listen\n");
        assertThat(get("/healthz").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldShowTheStatusByTheNamesOfTheContract() throws Exception {
        HttpResponse<String> answer = get("/status");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("content-type")).contains("application/json");
        JsonObject json = new JsonObject(answer.body());
        assertThat(json.getString("name")).isEqualTo("edge-1");
        assertThat(json.getString("version")).isEqualTo("1.2.3");
        assertThat(json.getString("state")).isEqualTo("running");
        assertThat(json.getString("pressure")).isEqualTo("none");
        assertThat(json.getJsonObject("admin").getString("address")).isEqualTo(admin.address());
        assertThat(json.getJsonObject("journal").getMap())
                .containsEntry("id", "0badcafe")
                .containsEntry("appended", 400)
                .containsEntry("synced", 300)
                .containsEntry("cut", 200)
                .containsEntry("delivered", 100)
                .containsEntry("backlogBytes", 250);
        assertThat(json.getJsonObject("sources").getJsonObject("logs").getMap())
                .containsEntry("address", "127.0.0.1:9999")
                .containsEntry("connections", 3)
                .containsEntry("unreadResets", 2)
                .containsEntry("records", 70);
        assertThat(json.getJsonObject("sinks").getJsonObject("api").getMap())
                .containsEntry("batch", 7)
                .containsEntry("state", "retrying")
                .containsEntry("lastError", "status 503")
                .containsEntry("lagSeconds", 1.5)
                .containsEntry("deadLetters", 5);
        assertThat(json.getJsonObject("deadLetters").getMap())
                .isEqualTo(Map.of("letters", 9, "bytes", 900, "maxBytes", 1 << 20, "trouble", ""));
        JsonObject batch = json.getJsonArray("batches").getJsonObject(0);
        assertThat(batch.getMap())
                .containsEntry("number", 8)
                .containsEntry("window", "2026-01-01T00:00:00Z/2026-01-01T00:00:01Z")
                .containsEntry("records", 5)
                .containsEntry("buckets", 2)
                .containsEntry("where", "memory")
                .containsEntry("state", "delivering");
        assertThat(batch.getJsonObject("hottest").getMap()).isEqualTo(Map.of("record", "a", "count", 2));
        assertThat(json.getJsonArray("batches").getJsonObject(1).containsKey("hottest"))
                .isFalse();
    }

    @Test
    void shouldShowMetricsInBaseUnitsUnderOnePrefixButForThoseOfAnyProcess() throws Exception {
        metrics.synced(TimeUnit.MILLISECONDS.toNanos(2));
        HttpResponse<String> answer = get("/metrics");
        assertThat(answer.headers().firstValue("content-type").orElseThrow()).startsWith("text/plain; version=0.0.4");
        assertThat(samples(answer.body()))
                .containsEntry("decant_journal_position_bytes{position=\"appended\"}", "400.0")
                .containsEntry("decant_journal_backlog_bytes", "250.0")
                .containsEntry("decant_journal_sync_seconds_count", "1")
                .containsEntry("decant_journal_sync_seconds_sum", "0.002")
                .containsEntry("decant_journal_sync_seconds_bucket{le=\"0.001\"}", "0")
                .containsEntry("decant_journal_sync_seconds_bucket{le=\"0.003\"}", "1")
                .containsEntry("decant_batches_total", "8.0")
                .containsEntry("decant_dead_letter_bytes", "900.0")
                .containsEntry("decant_dead_letters_total{reason=\"refused\",sink=\"api\"}", "3.0")
                .containsEntry("decant_dead_letters_total{reason=\"not-json\",sink=\"api\"}", "2.0")
                .containsEntry("decant_dead_letters_total{reason=\"missing-key\",sink=\"\"}", "6.0")
                .containsEntry("decant_source_records_total{source=\"logs\"}", "70.0")
                .containsEntry("decant_source_unread_resets_total{source=\"logs\"}", "2.0")
                .containsEntry("decant_source_paused{source=\"logs\"}", "1.0")
                .containsEntry("decant_sink_breaker_open{sink=\"api\"}", "1.0")
                .containsEntry("decant_sink_lag_records{sink=\"api\"}", "12.0")
                .containsEntry("decant_sink_lag_seconds{sink=\"api\"}", "1.5")
                .containsEntry("decant_sink_retries_total{sink=\"api\"}", "4.0")
                .containsEntry("decant_ready", "1.0")
                .containsKey("decant_offheap_bytes")
                .containsKey("decant_log_lines_dropped_total")
                .allSatisfy((name, value) -> assertThat(name).matches("(decant|jvm|process|system)_.*"));
    }

    @Test
    void shouldReadMetricsAnewAtEachScrape() throws Exception {
        assertThat(samples(get("/metrics").body())).containsEntry("decant_ready", "1.0");
        status = status("failed", List.of("the server is failed"), List.of());
        assertThat(samples(get("/metrics").body())).containsEntry("decant_ready", "0.0");
    }

    @Test
    void shouldListItsPages() throws Exception {
        assertThat(get("/").body()).contains("/healthz", "/readyz", "/metrics", "/status");
    }

    @Test
    void shouldNotKnowOtherPages() throws Exception {
        assertThat(get("/secret").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE"})
    void shouldOnlyBeRead(String method) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri("/status"))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .build();
        HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(405);
        assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD");
    }

    /** One connection, and a second request on it: a byte of a body would stand before its answer. */
    @ParameterizedTest
    @ValueSource(strings = {"/", "/healthz", "/readyz", "/metrics", "/status", "/secret", "/dlq/replay", "/%zz"})
    void shouldAnswerAHeadAsAGetWithoutItsBody(String path) throws Exception {
        List<String> got = heads("GET " + path);
        List<String> head = heads("HEAD " + path);
        assertThat(head.get(0)).isEqualTo(got.get(0));
        assertThat(names(head)).isEqualTo(names(got));
        if (!path.equals("/metrics")) {
            assertThat(head).isEqualTo(got);
        }
        String twice = exchange("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"
                + "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        String behind = twice.substring(twice.indexOf("\r\n\r\n") + 4);
        // What cannot be read ends the connection.
        assertThat(behind).startsWith(path.equals("/%zz") ? "" : "HTTP/1.1 200 OK\r\n");
        assertThat(behind.isEmpty()).isEqualTo(path.equals("/%zz"));
        assertThat(head).anyMatch(line -> line.matches("content-length: [1-9][0-9]*"));
    }

    private List<String> heads(String request) throws IOException {
        String answer = exchange(request + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        return answer.substring(0, answer.indexOf("\r\n\r\n")).lines().toList();
    }

    private static List<String> names(List<String> head) {
        return head.stream()
                .skip(1)
                .map(line -> line.substring(0, line.indexOf(':')))
                .toList();
    }

    private String exchange(String requests) throws IOException {
        HostPort address = HostPort.parse(admin.address());
        try (Socket socket = new Socket(address.host(), address.port())) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(requests.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void shouldShowWhatDoesNotShow() throws Exception {
        String tricky = "a\u202eb\u0085c\u200b\ufeff\u2028\u001b[31m\nd";
        status = new ServerStatus(
                WELL.name(),
                WELL.version(),
                WELL.state(),
                List.of(tricky, "second"),
                List.of(),
                tricky,
                WELL.journal(),
                WELL.sources(),
                WELL.sinks(),
                WELL.offload(),
                WELL.deadLetters(),
                List.of(batch(8, 5, 2, "delivering", tricky, 2)));
        String body = get("/status").body();
        assertThat(body.codePoints()).allMatch(c -> c == '\n' || PrintableText.isPrintable(c));
        assertThat(body).contains("\\u202e", "\\u0085", "\\ufeff", "\\u2028");
        JsonObject json = new JsonObject(body);
        assertThat(json.getString("pressure")).isEqualTo(tricky);
        assertThat(json.getJsonArray("batches")
                        .getJsonObject(0)
                        .getJsonObject("hottest")
                        .getString("record"))
                .isEqualTo(tricky);
        assertThat(get("/readyz").body()).isEqualTo("a\\u202eb\\u0085c\\u200b\\ufeff\\u2028\\u001b[31m\\nd\nsecond\n");

        replay = query -> CompletableFuture.failedFuture(new IllegalStateException(tricky));
        assertThat(post("application/json", "{}").body()).hasLineCount(1).contains("\\u202e");
        replay = query -> CompletableFuture.completedFuture(new ReplayAnswer(0, 0, Map.of(), 0, 0, 0, 0, 0, tricky));
        String waits = post("application/json", "{}").body();
        assertThat(waits.codePoints()).allMatch(c -> c == '\n' || PrintableText.isPrintable(c));
        assertThat(new JsonObject(waits).getString("waits")).isEqualTo(tricky);
    }

    @Test
    void shouldSayInOneLineThatItsAddressIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Metrics others = new Metrics();
                AdminServer second = new AdminServer(
                        new AdminSettings(new HostPort("127.0.0.1", taken.getLocalPort()), List.of()),
                        AdminServer.CONNECTIONS_MAX,
                        AdminFixture.unsecured(),
                        others,
                        () -> status,
                        query -> null,
                        new History(InstantSource.system()))) {
            assertThatThrownBy(second::start)
                    .isInstanceOf(AdminException.class)
                    .hasMessageContainingAll("admin", "127.0.0.1:" + taken.getLocalPort(), "admin.address")
                    .message()
                    .doesNotContain("\n");
        }
    }

    private static ServerStatus status(String state, List<String> notReady, List<String> stalled) {
        return new ServerStatus(
                "edge-1",
                "1.2.3",
                state,
                notReady,
                stalled,
                "none",
                new ServerStatus.Journal("0badcafe", 400, 300, 200, 100, 250, 10, 1 << 30, 5, 8, 65),
                Map.of(
                        "logs",
                        new ServerStatus.Source("tcp", "127.0.0.1:9999", 3, 70, 700, 1, 2, 20, true, Optional.empty())),
                Map.of(
                        "api",
                        new ServerStatus.Sink(
                                "http",
                                "http://host/buckets",
                                7,
                                "retrying",
                                "status 503",
                                1.5,
                                12,
                                30,
                                4,
                                58,
                                580,
                                true,
                                Map.of("refused", 3L, "not-json", 2L))),
                new ServerStatus.Offload("running", "ready", "app-1", 8, 1, 2, 12, 3, 1000, "", 4, 5, SparkWork.NONE),
                new ServerStatus.DeadLetters(9, 900, 1 << 20, "", Map.of("missing-key", 6L)),
                List.of(batch(8, 5, 2, "delivering", "a", 2), batch(7, 1, 1, "delivered", "", 0)));
    }

    private static ServerStatus.Batch batch(
            long number, long records, int buckets, String state, String hottest, long hottestCount) {
        String window = "2026-01-01T00:00:00Z/2026-01-01T00:00:01Z";
        return new ServerStatus.Batch(
                number, window, records, 10 * records, buckets, "memory", state, hottest, hottestCount, Map.of());
    }

    private static Map<String, String> samples(String exposition) {
        Map<String, String> samples = new LinkedHashMap<>();
        exposition.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
            int space = line.lastIndexOf(' ');
            samples.put(line.substring(0, space), line.substring(space + 1));
        });
        return samples;
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return client.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://" + admin.address() + path);
    }
}
