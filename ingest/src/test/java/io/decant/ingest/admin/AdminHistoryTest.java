package io.decant.ingest.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.AdminSettings;
import io.decant.config.HostPort;
import io.decant.ingest.history.BatchInfo;
import io.decant.ingest.history.BatchView;
import io.decant.ingest.history.BucketPicture;
import io.decant.ingest.history.Counts;
import io.decant.ingest.history.History;
import io.decant.ingest.history.Sample;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is served of the last minutes, over real sockets. */
class AdminHistoryTest {

    private static final int PATIENCE_MILLIS = 30_000;
    /** Of which readers of events may have two. */
    private static final int CONNECTIONS_MAX = 4;

    private final Metrics metrics = new Metrics();
    private final History history = new History(InstantSource.system());
    private final List<Socket> sockets = new ArrayList<>();
    private AdminServer admin;

    @BeforeEach
    void start() {
        history.batches().begin(4);
        history.batches().addSink("api", 4);
        history.batches().addSink("files", 4);
        ServerStatus status = new ServerStatus(
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
        admin = new AdminServer(
                new AdminSettings(new HostPort("127.0.0.1", 0), List.of(), "/teams/decant", Optional.empty(), Map.of()),
                CONNECTIONS_MAX,
                AdminFixture.unsecured(),
                metrics,
                () -> status,
                query -> null,
                history);
        admin.start();
    }

    @AfterEach
    void stop() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        admin.close();
        metrics.close();
    }

    private static BatchInfo batch(long number) {
        return new BatchInfo(number, 0, 1_000, 5, 31, List.of("api", "files"));
    }

    private void submit(long number) {
        history.batches().cut(batch(number));
        history.batches().synced(number);
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        // A reader that does not read is noticed sooner.
        socket.setReceiveBufferSize(4 << 10);
        HostPort bound = HostPort.parse(admin.address());
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), bound.port()));
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    private Reader open(String request) throws IOException {
        Socket socket = connect();
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        return new Reader(socket);
    }

    private Reader events(String fields) throws IOException {
        return open("GET /events HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n");
    }

    /** An answer that may go on. */
    private record Reader(Socket socket, BufferedReader lines) {
        Reader(Socket socket) throws IOException {
            this(socket, new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)));
        }

        /** The lines before the next empty one. */
        List<String> block() throws IOException {
            List<String> block = new ArrayList<>();
            for (String line = lines.readLine(); line != null && !line.isEmpty(); line = lines.readLine()) {
                block.add(line);
            }
            return block;
        }

        boolean isAtEnd() throws IOException {
            return lines.readLine() == null;
        }
    }

    private String get(String target) throws IOException {
        Reader reader = open("GET " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        List<String> answer = reader.lines().lines().toList();
        return answer.get(0).substring(9, 12) + " "
                + String.join("\n", answer.subList(answer.indexOf("") + 1, answer.size()));
    }

    private JsonObject json(String target) throws IOException {
        String answer = get(target);
        assertThat(answer).startsWith("200 ");
        return new JsonObject(answer.substring(4));
    }

    private static void look(History at, long nanos, long records) {
        at.look(
                nanos,
                new Sample(
                        10 * records,
                        7,
                        0,
                        Map.of("lines", new Sample.SourceSample(records, "listening", false, "")),
                        Map.of("api", new Sample.SinkSample(records, 1_260, 4, "idle", true, "", Counts.NONE))));
    }

    @Test
    void shouldServeTenMinutesOfValues() throws IOException {
        long second = TimeUnit.SECONDS.toNanos(1);
        look(history, 0, 0);
        deliver(5);
        look(history, second, 12);
        look(history, 2 * second, 13);

        JsonObject all = json("/history");
        assertThat(all.fieldNames())
                .containsExactly(
                        "lastEventId",
                        "last",
                        "seconds",
                        "records",
                        "bytes",
                        "backlogBytes",
                        "deadLetters",
                        "schedulingDelay",
                        "processingDelay",
                        "totalDelay",
                        "sinks",
                        "sources");
        assertThat(all.getInteger("seconds")).isEqualTo(600);
        for (String series : List.of("records", "bytes", "backlogBytes", "deadLetters", "totalDelay")) {
            assertThat(all.getJsonArray(series)).hasSize(600);
        }
        assertThat(all.getJsonArray("records").getValue(596)).isNull();

        JsonObject last = json("/history?seconds=3");
        assertThat(values(last, "records")).containsExactly(null, 12, 1);
        assertThat(values(last, "bytes")).containsExactly(null, 120, 10);
        assertThat(values(last, "backlogBytes")).containsExactly(7, 7, 7);
        assertThat(last.getJsonArray("totalDelay").getValue(0)).isNull();
        assertThat(last.getJsonArray("totalDelay").getLong(1)).isNotNegative();
        assertThat(last.getJsonArray("totalDelay").getValue(2)).isNull();
        JsonObject api = last.getJsonObject("sinks").getJsonObject("api");
        assertThat(values(api, "lagSeconds")).containsExactly(1.2, 1.2, 1.2);
        assertThat(values(api, "records")).containsExactly(null, 12, 1);
        assertThat(api.getJsonArray("processingDelay").getLong(1)).isNotNegative();
        assertThat(values(last.getJsonObject("sources").getJsonObject("lines"), "records"))
                .containsExactly(null, 12, 1);
    }

    private static List<Object> values(JsonObject object, String series) {
        return object.getJsonArray(series).stream().toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "601", "-1", "x", "", "%zz", "9999999999"})
    void shouldRefuseANumberOfSecondsThatIsNotThere(String seconds) throws IOException {
        assertThat(get("/history?seconds=" + seconds)).isEqualTo("400 seconds must be from 1 to 600");
    }

    private void deliver(long number) {
        submit(number);
        for (String sink : List.of("api", "files")) {
            history.batches().taken(sink, number);
            history.batches()
                    .split(
                            batch(number),
                            new BatchView.Split(3, BucketPicture.of(3, bucket -> 3 - bucket), "apple", 3, List.of()));
            history.batches().started(sink, batch(number), Counts.NONE);
            history.batches().passed(sink, number, new Counts(4, 3, 1));
        }
        history.batches().tell(sink -> number);
    }

    @Test
    void shouldServeBatches() throws IOException {
        deliver(5);
        deliver(6);
        submit(7);
        history.batches().offloaded(batch(8));

        JsonObject all = json("/batches");
        assertThat(all.getString("lastEventId")).isEqualTo(history.events().lastId());
        assertThat(all.getLong("submitted")).isEqualTo(7);
        assertThat(all.getLong("undelivered")).isEqualTo(1);
        assertThat(numbers(all, "active")).containsExactly(7L, 8L);
        assertThat(numbers(all, "completed")).containsExactly(6L, 5L);
        assertThat(all.getJsonArray("active").getJsonObject(0).encode())
                .contains(
                        "\"number\":7,\"window\":\"1970-01-01T00:00:00Z/1970-01-01T00:00:01Z\",\"records\":5,\"bytes\":31,"
                                + "\"buckets\":null,\"where\":\"memory\",\"deadLetters\":false,"
                                + "\"state\":\"cut\",\"submittedAt\":")
                .contains(
                        "\"startedAt\":null,\"completedAt\":null,\"schedulingDelay\":null,\"processingDelay\":null,"
                                + "\"totalDelay\":null,\"hottest\":null,\"hottestByName\":{},\"sinks\":{\"api\":{\"state\":\"waiting\",")
                .contains("\"bucketsDelivered\":null,\"parts\":0,\"requests\":0,\"retries\":0,\"lastError\":\"\"}");
        assertThat(all.getJsonArray("active").getJsonObject(1).getString("where"))
                .isEqualTo("spark");
        assertThat(all.getJsonArray("active").getJsonObject(1).getString("state"))
                .isEqualTo("offloaded");

        JsonObject one = json("/batches/6");
        assertThat(one.getString("state")).isEqualTo("delivered");
        assertThat(one.getInteger("buckets")).isEqualTo(3);
        assertThat(one.getJsonObject("hottest").encode()).isEqualTo("{\"record\":\"apple\",\"count\":3}");
        assertThat(one.getJsonObject("bucketSizes").encode()).isEqualTo("{\"bucketsPerValue\":1,\"records\":[3,2,1]}");
        JsonObject api = one.getJsonObject("sinks").getJsonObject("api");
        assertThat(api.getString("state")).isEqualTo("delivered");
        assertThat(api.getLong("bucketsDelivered")).isEqualTo(3);
        assertThat(api.getLong("parts")).isEqualTo(4);
        assertThat(api.getLong("requests")).isEqualTo(3);
        assertThat(api.getLong("retries")).isEqualTo(1);
        assertThat(api.getLong("totalDelay"))
                .isEqualTo(api.getLong("schedulingDelay") + api.getLong("processingDelay"));
        assertThat(json("/batches/7").getValue("bucketSizes")).isNull();
    }

    private static List<Long> numbers(JsonObject all, String which) {
        return all.getJsonArray(which).stream()
                .map(batch -> ((JsonObject) batch).getLong("number"))
                .toList();
    }

    @ParameterizedTest
    @CsvSource({
        "/batches/4, 404 batch 4 is not kept; see /batches",
        "/batches/x, 400 not the number of a batch",
        "/batches/5/6, 400 not the number of a batch",
        "/batches/99999999999999999999, 400 not the number of a batch"
    })
    void shouldRefuseABatchThatIsNotThere(String target, String answer) throws IOException {
        assertThat(get(target)).isEqualTo(answer);
    }

    @Test
    void shouldTellOfWhatHappensToWhoeverReads() throws IOException {
        submit(5);
        Reader reader = events("");
        List<String> head = reader.block();
        assertThat(head.get(0)).isEqualTo("HTTP/1.1 200 OK");
        assertThat(head).contains("content-type: text/event-stream", "cache-control: no-store", "connection: close");
        assertThat(head).noneMatch(field -> field.startsWith("content-length"));
        assertThat(reader.block()).containsExactly("retry: 2000");
        submit(6);
        List<String> event = reader.block();
        assertThat(event.get(0)).isEqualTo("id: " + history.events().lastId());
        assertThat(event.get(1)).isEqualTo("event: batch-submitted");
        assertThat(event.get(2)).startsWith("data: {\"number\":6,\"sink\":null,");
        assertThat(metric("decant_events_readers")).isEqualTo(1);
    }

    @Test
    void shouldTellAReaderThatComesBackWhatItMissed() throws IOException {
        submit(5);
        String had = history.events().lastId();
        submit(6);
        submit(7);
        for (String request : List.of(
                "GET /events HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: " + had + "\r\n\r\n",
                "GET /events?last-event-id=" + had + " HTTP/1.1\r\nHost: localhost\r\n\r\n",
                "GET /events?last-event-id=x HTTP/1.0\r\nLast-Event-ID: " + had + "\r\n\r\n")) {
            Reader reader = open(request);
            reader.block();
            assertThat(reader.block()).containsExactly("retry: 2000");
            assertThat(reader.block().get(2)).startsWith("data: {\"number\":6,");
            assertThat(reader.block().get(2)).startsWith("data: {\"number\":7,");
            reader.socket().close();
            awaitReaders(0);
        }
    }

    @Test
    void shouldSayThatAReaderOfAnEarlierProcessMissedItDoesNotKnowWhat() throws IOException {
        submit(5);
        Reader reader = events("Last-Event-ID: 0badcafe-17\r\n");
        reader.block();
        assertThat(reader.block()).containsExactly("retry: 2000");
        assertThat(reader.block().subList(1, 3))
                .containsExactly(
                        "event: gap",
                        "data: {\"missed\":null,\"reason\":\"restart\",\"submitted\":4,\"completed\":{\"api\":4,\"files\":4}}");
        assertThat(reader.block().get(2)).startsWith("data: {\"number\":5,");
    }

    @Test
    void shouldHaveRoomForPagesWhateverReadersThereAre() throws IOException {
        Reader first = events("");
        Reader second = events("");
        first.block();
        second.block();
        awaitReaders(2);
        Reader third = events("");
        List<String> refusal = third.block();
        assertThat(refusal.get(0)).startsWith("HTTP/1.1 503 ");
        assertThat(refusal).contains("retry-after: 5");
        assertThat(metric("decant_events_readers_refused_total")).isEqualTo(1);

        // Idle ones are closed for others, and readers are not.
        for (int i = 0; i < 2 * CONNECTIONS_MAX; i++) {
            Reader idle = open("GET /healthz HTTP/1.1\r\n\r\n");
            assertThat(idle.block().get(0)).startsWith("HTTP/1.1 200 ");
        }
        submit(5);
        first.block();
        assertThat(first.block()).contains("event: batch-submitted");
        second.socket().close();
        awaitReaders(1);
        Reader again = events("");
        assertThat(again.block().get(0)).startsWith("HTTP/1.1 200 ");
    }

    private void awaitReaders(int count) throws IOException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (metric("decant_events_readers") != count) {
            assertThat(System.nanoTime()).isLessThan(deadline);
        }
    }

    private long metric(String name) throws IOException {
        return get("/metrics")
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToLong(line -> (long) Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldCutOffAReaderThatDoesNotRead() throws IOException {
        Reader slow = events("");
        slow.block();
        Reader keen = events("");
        keen.block();
        keen.block();
        awaitReaders(2);
        String error = "x".repeat(4_000);
        long number = 4;
        for (long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
                metric("decant_events_readers_cut_off_total") == 0;
                assertThat(System.nanoTime()).isLessThan(deadline)) {
            for (int i = 0; i < 100; i++) {
                history.batches().failed("api", ++number, error);
                // Nobody waits for the slow one, least of all one that reads.
                assertThat(keen.block().get(2)).startsWith("data: {\"number\":" + number + ",");
            }
        }
        awaitReaders(1);
        long had = 0;
        while (!slow.block().isEmpty()) {
            had++;
        }
        assertThat(had).as("what the system had taken for it").isLessThan(number);
    }

    @Test
    void shouldAnswerHeadWithoutEvents() throws IOException {
        Reader head = open("HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(head.block()).contains("content-type: text/event-stream", "connection: close");
        assertThat(head.isAtEnd()).isTrue();
        assertThat(metric("decant_events_readers")).isZero();
        for (String path : List.of("/history", "/batches")) {
            Reader page = open("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            assertThat(page.block().get(0)).startsWith("HTTP/1.1 200 ");
            assertThat(page.isAtEnd()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/history", "/batches", "/batches/5", "/events"})
    void shouldChangeNothing(String path) throws IOException {
        Reader post = open("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
        List<String> head = post.block();
        assertThat(head.get(0)).startsWith("HTTP/1.1 405 ");
        assertThat(head).contains("allow: GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/history", "/batches", "/status", "/metrics", "/healthz", "/readyz", "/"})
    void shouldServeTheSameBelowItsBasePath(String path) throws IOException {
        assertThat(get(path)).startsWith("200 ");
        assertThat(get("/teams/decant" + path)).startsWith("200 ");
        assertThat(get("/teams/decantx" + path)).startsWith("404 ");
        assertThat(get("/teams" + path)).startsWith("404 ");
        assertThat(get("/teams/decant/teams/decant" + path)).startsWith("404 ");
    }

    @Test
    void shouldServeEventsAndProbesBelowItsBasePathAsWell() throws IOException {
        Reader reader = open("GET /teams/decant/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assertThat(reader.block()).contains("content-type: text/event-stream");
        assertThat(json("/status").getJsonObject("admin").getString("basePath")).isEqualTo("/teams/decant");
        assertThat(get("/teams/decant")).startsWith("200 decant");
        // A probe need not know what the server is called.
        Reader probe = open("GET /teams/decant/healthz HTTP/1.1\r\nConnection: close\r\n\r\n");
        assertThat(probe.block().get(0)).startsWith("HTTP/1.1 200 ");
    }
}
