package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A table of newest versions and a history of all, exact though the server and a real database are killed again and
 * again. {@code -Ddecant.kills=20} is the long form.
 */
class JdbcKillIT {

    private static final int KILLS = Integer.getInteger("decant.kills", 4);
    private static final int RECORDS_PER_KILL = 3_000;
    private static final int IDS = 200;
    private static final long PATIENCE_MILLIS = 90_000;

    @TempDir
    Path folder;

    private final Random random = new Random(Long.getLong("decant.seed", 20261129L));
    private ServerProcess server;
    private DatabaseProcess database;
    private String url;

    @AfterEach
    void killWhatIsLeft() throws Exception {
        if (server != null) {
            server.kill();
        }
        if (database != null) {
            database.close();
        }
    }

    @Test
    void shouldWriteEveryVersionOnceThoughServerAndPostgresAreKilled() throws Exception {
        database = DatabaseProcess.postgres();
        killAgainAndAgain("bigserial");
    }

    @Test
    void shouldWriteEveryVersionOnceThoughServerAndMariaDbAreKilled() throws Exception {
        database = DatabaseProcess.mariaDb();
        killAgainAndAgain("bigint AUTO_INCREMENT");
    }

    /** @param number a type that counts the rows */
    private void killAgainAndAgain(String number) throws Exception {
        Path schema = Files.writeString(folder.resolve("schema.sql"), """
                CREATE TABLE newest (id bigint PRIMARY KEY, version int NOT NULL, text text);
                CREATE TABLE history (place %s PRIMARY KEY, id bigint, version int NOT NULL, text text);
                """.formatted(number));
        url = database.createDatabase("kills", schema);
        List<byte[]> records = new ArrayList<>();
        Map<Integer, Integer> versions = new TreeMap<>();
        for (int i = 0; i < (KILLS + 1) * RECORDS_PER_KILL; i++) {
            int id = random.nextInt(IDS);
            int version = versions.merge(id, 1, Integer::sum);
            records.add("{\"id\":%d,\"version\":%d,\"text\":\"%s\"}"
                    .formatted(id, version, "x".repeat(random.nextInt(100)))
                    .getBytes(UTF_8));
        }
        int port = Ports.next();
        Path settings = settings(port);
        SessionClient client =
                new SessionClient("kills-1", port, records, Duration.ofMillis((KILLS + 1) * PATIENCE_MILLIS));
        Thread sending = new Thread(client, "session-client");
        sending.start();
        for (int kill = 1; kill <= KILLS; kill++) {
            if (server == null) {
                server = ServerProcess.start(folder, settings);
            }
            client.allow(kill * RECORDS_PER_KILL);
            awaitRows((kill - 1) * RECORDS_PER_KILL + random.nextInt(RECORDS_PER_KILL));
            if (kill % 3 != 1) {
                server.kill();
                server = null;
            }
            if (kill % 3 != 2) {
                database.crash();
                database.start();
            }
        }
        if (server == null) {
            server = ServerProcess.start(folder, settings);
        }
        client.allow(records.size());
        sending.join();
        assertThat(client.violation()).isEmpty();
        assertThat(client.isDone()).as("all acknowledged: %s", server.log()).isTrue();
        awaitRows(records.size());
        assertThat(server.stop()).as(server.log()).isZero();
        server = null;
        assertExact(versions);
    }

    private Path settings(int port) throws Exception {
        return Files.writeString(folder.resolve("decant.yaml"), """
                data-dir: %s
                sources:
                  lines: {type: tcp, address: "127.0.0.1:%d", session: required}
                journal: {segment-size: 8MiB, min-free: 1MiB}
                batch: {interval: 100ms}
                bucket: {key: "json:/id"}
                sinks:
                  newest: {type: jdbc, url: "%s", user: decant, table: newest, key: [id], max-records: 50, retry-max-delay: 200ms}
                  all: {type: jdbc, url: "%s", user: decant, table: history, mode: insert, max-records: 50, retry-max-delay: 200ms}
                admin: {address: "127.0.0.1:0"}
                """.formatted(
                        folder.resolve("data"), port, withoutParameters(), withoutParameters()));
    }

    private String withoutParameters() {
        return url.substring(0, url.indexOf('?'));
    }

    /** Waits until both tables have what comes of so many records. */
    private void awaitRows(int records) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (true) {
            try (Connection connection = DriverManager.getConnection(url)) {
                while (number(connection, "SELECT count(*) FROM history") < records
                        || number(connection, "SELECT COALESCE(sum(version), 0) FROM newest") < records) {
                    if (System.nanoTime() - deadline > 0) {
                        throw new AssertionError(records + " records in vain awaited: " + server.log());
                    }
                    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
                }
                return;
            } catch (SQLException e) {
                assertThat(System.nanoTime() - deadline).as("%s", e).isNegative();
            }
        }
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void assertExact(Map<Integer, Integer> versions) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            Map<Integer, Integer> newest = new TreeMap<>();
            try (ResultSet rows = statement.executeQuery("SELECT id, version FROM newest")) {
                while (rows.next()) {
                    newest.put(rows.getInt(1), rows.getInt(2));
                }
            }
            assertThat(newest).isEqualTo(versions);
            Map<Integer, Integer> seen = new HashMap<>();
            try (ResultSet rows = statement.executeQuery("SELECT id, version FROM history ORDER BY place")) {
                while (rows.next()) {
                    // Each version once, and behind the one before it.
                    assertThat(rows.getInt(2)).isEqualTo(seen.merge(rows.getInt(1), 1, Integer::sum));
                }
            }
            assertThat(seen).isEqualTo(versions);
        }
    }
}
