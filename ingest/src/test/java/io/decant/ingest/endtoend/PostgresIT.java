package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What Decant is for: a real PostgreSQL that takes each request by one {@code INSERT ... ON CONFLICT DO UPDATE}, behind
 * the receiver, the tables and the settings of {@code examples/postgres}. {@code -Ddecant.kills=100} is the long form.
 */
class PostgresIT {

    private static final int RECORDS = 6_000;
    private static final int KILLS = Integer.getInteger("decant.kills", 6);
    private static final int RECORDS_PER_KILL = 1_500;
    /** Fewer than the hottest of so many records needs, each version being in a request of its own. */
    private static final int REQUESTS_PER_KILL = 40;

    private static final int PLAIN_BATCH_RECORDS = 500;
    private static final long PATIENCE_MILLIS = 90_000;
    private static final Duration SENDING_MAX = Duration.ofMillis((KILLS + 1) * PATIENCE_MILLIS);

    private static final String STORED = "SELECT count(*) FROM price_history";
    private static final String REQUESTS = "SELECT count(*) FROM request";
    private static final String SUCCESS = "00000";
    private static final String CARDINALITY_VIOLATION = "21000";

    private static DatabaseProcess postgres;
    private static int databases;

    @TempDir
    Path folder;

    private final Random random = new Random(Long.getLong("decant.seed", 20261120L));
    private String database;
    private int port;
    private int receiverPort;
    private Path receiverLog;
    private ServerProcess server;
    private ReceiverProcess receiver;

    @AfterAll
    static void stopPostgres() throws Exception {
        if (postgres != null) {
            postgres.close();
        }
    }

    @BeforeEach
    void createDatabase() throws Exception {
        // Once for all, but here: each test that is skipped says why.
        if (postgres == null) {
            postgres = DatabaseProcess.postgres();
        }
        database = postgres.createDatabase("prices_" + ++databases, ReceiverProcess.EXAMPLE.resolve("schema.sql"));
        port = Ports.next();
        receiverPort = Ports.next();
        receiverLog = folder.resolve("receiver.log");
    }

    @AfterEach
    void killWhatIsLeft() throws Exception {
        if (server != null) {
            server.kill();
        }
        if (receiver != null) {
            receiver.kill();
        }
    }

    @Test
    void shouldSeePlainBatchesOfTheStreamRefusedByPostgres() throws Exception {
        PriceStream stream = new PriceStream(random, RECORDS);
        try (PriceTables tables = new PriceTables(database)) {
            for (String batch : stream.plainBatches(PLAIN_BATCH_RECORDS)) {
                assertThat(tables.upsert(batch)).isEqualTo(CARDINALITY_VIOLATION);
            }
            assertThat(tables.latest()).isEmpty();
            // Nothing is wrong with the statement, nor with the records.
            for (String batch : stream.plainBatches(1).subList(0, PLAIN_BATCH_RECORDS)) {
                assertThat(tables.upsert(batch)).isEqualTo(SUCCESS);
            }
        }
    }

    @Test
    void shouldSeeAPlainBatchRefusedByTheReceiverAndNothingOfItStored() throws Exception {
        PriceStream stream = new PriceStream(random, PLAIN_BATCH_RECORDS);
        startReceiver();
        HttpResponse<String> answer =
                post(stream.plainBatches(PLAIN_BATCH_RECORDS).get(0));
        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body())
                .contains(CARDINALITY_VIOLATION, "ON CONFLICT DO UPDATE command cannot affect row a second time");
        try (PriceTables tables = new PriceTables(database)) {
            assertThat(tables.latest()).isEmpty();
            assertThat(tables.number(REQUESTS)).isZero();
        }
    }

    @Test
    void shouldSucceedWithEveryRequestAndStoreEveryVersionInOrder() throws Exception {
        PriceStream stream = new PriceStream(random, RECORDS);
        startReceiver();
        startServer();
        send(stream.records());
        try (PriceTables tables = new PriceTables(database)) {
            tables.await(STORED, RECORDS, PATIENCE_MILLIS);
            stopServer();
            assertExact(tables, stream);
        }
        assertThat(ReceiverProcess.answers(receiverLog)).isNotEmpty().allMatch(line -> line.startsWith("200 "));
    }

    @Test
    void shouldStoreEveryVersionOnceThoughBothEndsAreKilledAgainAndAgain() throws Exception {
        PriceStream stream = new PriceStream(random, (KILLS + 1) * RECORDS_PER_KILL);
        SessionClient client = client(stream.records());
        Thread sending = new Thread(client, "session-client");
        sending.start();
        for (int kill = 1; kill <= KILLS; kill++) {
            startWhatIsDead();
            awaitAnyInstant(client, kill);
            if (kill % 3 != 1) {
                killServer();
            }
            if (kill % 3 != 2) {
                killReceiver();
            }
            if (kill == KILLS / 2) {
                postgres.crash();
                postgres.start();
            }
        }
        startWhatIsDead();
        client.allow(stream.records().size());
        sending.join();
        assertThat(client.violation()).isEmpty();
        assertThat(client.isDone()).as("all acknowledged: %s", server.log()).isTrue();
        try (PriceTables tables = new PriceTables(database)) {
            tables.await(STORED, stream.records().size(), PATIENCE_MILLIS);
            stopServer();
            assertExact(tables, stream);
        }
    }

    @Test
    void shouldStoreARequestOnceThoughItsAnswerWasLostInTheCommit() throws Exception {
        PriceStream stream = new PriceStream(random, 1);
        try (PriceTables tables = new PriceTables(database)) {
            // Every commit of a request waits while the test has the lock.
            tables.execute("""
                    CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
                        'BEGIN PERFORM pg_advisory_xact_lock_shared(1); RETURN NULL; END';
                    CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON request DEFERRABLE INITIALLY DEFERRED
                        FOR EACH ROW EXECUTE FUNCTION hold();
                    SELECT pg_advisory_lock(1)""");
            startReceiver();
            startServer();
            send(stream.records());
            awaitOneThatWaits(tables, "advisory");
            killReceiver();
            startReceiver();
            // The same request again, which has to wait for what becomes of the first.
            awaitOneThatWaits(tables, "transactionid");
            tables.execute("SELECT pg_advisory_unlock(1)");
            tables.await(STORED, 1, PATIENCE_MILLIS);
            stopServer();
            assertExact(tables, stream);
        }
        assertThat(ReceiverProcess.answers(receiverLog))
                .singleElement()
                .asString()
                .startsWith("200 ")
                .endsWith(" again");
    }

    @Test
    void shouldStoreARequestWholeThoughTheReceiverDiedInTheMiddleOfIt() throws Exception {
        PriceStream stream = new PriceStream(random, 1);
        try (PriceTables tables = new PriceTables(database);
                PriceTables holding = new PriceTables(database)) {
            // The key is written, the upsert waits, and the history would come after it.
            holding.execute("BEGIN; LOCK TABLE price IN EXCLUSIVE MODE");
            startReceiver();
            startServer();
            send(stream.records());
            awaitOneThatWaits(tables, "relation");
            killReceiver();
            startReceiver();
            awaitOneThatWaits(tables, "transactionid");
            holding.execute("COMMIT");
            tables.await(STORED, 1, PATIENCE_MILLIS);
            stopServer();
            assertExact(tables, stream);
        }
        assertThat(ReceiverProcess.answers(receiverLog))
                .singleElement()
                .asString()
                .startsWith("200 ")
                .doesNotEndWith(" again");
    }

    @Test
    void shouldPutTheOneRecordThatPostgresRefusesAsideAndStoreTheOthers() throws Exception {
        PriceStream stream = new PriceStream(random, 100);
        List<byte[]> records = new ArrayList<>(stream.records());
        records.add(50, "{\"id\":\"article-x\",\"price\":\"much\"}".getBytes(UTF_8));
        startReceiver();
        startServer();
        send(records);
        try (PriceTables tables = new PriceTables(database)) {
            tables.await(STORED, stream.records().size(), PATIENCE_MILLIS);
            stopServer();
            assertExact(tables, stream);
        }
        assertThat(deadLetters()).singleElement().asString().contains("article-x", "\"status\":422", "22P02");
    }

    private void startServer() throws Exception {
        server = ServerProcess.start(
                folder,
                ReceiverProcess.EXAMPLE.resolve("decant.yaml"),
                "data-dir=" + folder.resolve("data"),
                "sources.lines.address=127.0.0.1:" + port,
                "sources.lines.session=required",
                "journal.segment-size=8MiB",
                "journal.min-free=1MiB",
                "batch.interval=100ms",
                "sinks.postgres.url=http://127.0.0.1:" + receiverPort + "/",
                "sinks.postgres.max-records=500",
                "sinks.postgres.retry-max-delay=200ms",
                "admin.address=127.0.0.1:0");
    }

    private void startReceiver() throws Exception {
        receiver = ReceiverProcess.start(receiverPort, database, receiverLog);
    }

    private void startWhatIsDead() throws Exception {
        if (receiver == null) {
            startReceiver();
        }
        if (server == null) {
            startServer();
        }
    }

    private void killServer() throws InterruptedException {
        server.kill();
        server = null;
    }

    private void killReceiver() throws InterruptedException {
        receiver.kill();
        receiver = null;
    }

    private void stopServer() throws InterruptedException {
        assertThat(server.stop()).as(server.log()).isZero();
    }

    private SessionClient client(List<byte[]> records) {
        return new SessionClient("prices-1", port, records, SENDING_MAX);
    }

    /** Sends all, and returns when all is acknowledged. */
    private void send(List<byte[]> records) {
        SessionClient client = client(records);
        client.allow(records.size());
        client.run();
        assertThat(client.violation()).isEmpty();
        assertThat(client.isDone()).as("all acknowledged: %s", server.log()).isTrue();
    }

    private void awaitAcknowledged(SessionClient client, long goal) {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (client.acknowledged() < goal) {
            assertThat(client.violation()).isEmpty();
            assertThat(server.isAlive() && System.nanoTime() - deadline < 0)
                    .as("%d acknowledged, not %d: %s", client.acknowledged(), goal, server.log())
                    .isTrue();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    /** Lets the client go on, and waits for some instant at which records come in, or at which they are delivered. */
    private void awaitAnyInstant(SessionClient client, int kill) throws Exception {
        try (PriceTables tables = new PriceTables(database)) {
            long requests = tables.number(REQUESTS);
            client.allow(kill * RECORDS_PER_KILL);
            if (kill % 2 == 0) {
                awaitAcknowledged(client, (kill - 1) * RECORDS_PER_KILL + random.nextInt(RECORDS_PER_KILL));
            } else {
                tables.await(REQUESTS, requests + 1 + random.nextInt(REQUESTS_PER_KILL), PATIENCE_MILLIS);
            }
        }
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(20_000)));
    }

    private static void awaitOneThatWaits(PriceTables tables, String lock) throws Exception {
        tables.await(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = '" + lock
                        + "'",
                1,
                PATIENCE_MILLIS);
    }

    private HttpResponse<String> post(String body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + receiverPort + "/"))
                .header("Idempotency-Key", "\"plain-1\"")
                .POST(BodyPublishers.ofString(body))
                .build();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (true) {
            try {
                return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
            } catch (ConnectException e) {
                // It is still compiling.
                assertThat(System.nanoTime() - deadline).as("no receiver").isNegative();
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
            }
        }
    }

    private List<String> deadLetters() throws Exception {
        List<String> letters = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder.resolve("data/dlq"))) {
            for (Path file : files.toList()) {
                letters.addAll(Files.readAllLines(file));
            }
        }
        return letters;
    }

    private static void assertExact(PriceTables tables, PriceStream stream) throws Exception {
        assertThat(tables.history()).isEqualTo(stream.history());
        assertThat(tables.latest()).isEqualTo(stream.latest());
    }
}
