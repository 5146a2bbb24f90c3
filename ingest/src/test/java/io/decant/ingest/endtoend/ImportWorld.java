package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.pipeline.StartOptions;
import io.decant.ingest.server.Server;
import io.decant.ingest.sink.hdfs.DeliveredBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** A database of a test's own on a server that several share, and a server that imports from it into files. */
final class ImportWorld implements AutoCloseable {

    private long patienceNanos = TimeUnit.SECONDS.toNanos(60);
    private final Path folder;
    private final String name;
    private final String url;
    private final List<String> sets = new ArrayList<>();
    private Server server;

    /** @param name of the database, which is made */
    ImportWorld(DatabaseProcess database, Path folder, String name) throws IOException, SQLException {
        this.folder = folder;
        this.name = name;
        Path schema = Files.writeString(folder.resolve("schema.sql"), "DO 0");
        this.url = database.createDatabase(name, schema);
    }

    /** Runs statements, with semicolons between them, in UTC. */
    void sql(String statements) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET time_zone = '+00:00'; " + statements);
        }
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url);
    }

    /** The first column of a query. */
    List<String> column(String query) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                values.add(row.getString(1));
            }
        }
        return values;
    }

    String address() {
        return url.replaceFirst("jdbc:mariadb://([^/]+)/.*", "$1");
    }

    /** A setting for every start from now on. */
    ImportWorld set(String option) {
        sets.add(option);
        return this;
    }

    /** How long it waits for anything. */
    ImportWorld patience(Duration duration) {
        patienceNanos = duration.toNanos();
        return this;
    }

    /** The settings file. */
    Path file(String tables) throws IOException {
        return Files.writeString(folder.resolve("decant.yaml"), yaml(tables));
    }

    private String yaml(String tables) {
        return """
                name: imports
                data-dir: data
                sources:
                  db: {type: mysql, address: "%s", database: %s, user: decant, ranges: 5, fetch: 7, max-record: 1MiB,
                       tables: %s}
                journal: {segment-size: 32MiB, min-free: 1MiB}
                batch: {interval: 50ms}
                bucket: {key: source-key}
                dlq: {max-size: 256MiB}
                sinks:
                  files: {type: hdfs, uri: "%s", max-bucket-dirs: 1}
                admin: {address: "127.0.0.1:0"}
                """.formatted(address(), name, tables, out().toUri());
    }

    Path out() {
        return folder.resolve("out");
    }

    Settings settings(String tables) {
        return SettingsLoader.parse(yaml(tables), "test.yaml", folder, sets, Map.of());
    }

    /** @param tables the section of the source, on one line */
    Server start(String tables, String... replanned) {
        server = Server.start(
                settings(tables), new StartOptions(Set.of(), Set.of(), Optional.empty(), Set.of(replanned)));
        return server;
    }

    /** Waits until a table is in a state. */
    ServerStatus.Table await(String table, Predicate<ServerStatus.Table> expected) {
        long deadline = System.nanoTime() + patienceNanos;
        while (true) {
            ServerStatus.Table now = table(table);
            if (expected.test(now)) {
                return now;
            }
            assertThat(System.nanoTime() - deadline).as("still %s", now).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    ServerStatus.Table table(String table) {
        return reading().tables().get(table);
    }

    ServerStatus.Reading reading() {
        return server.status().sources().get("db").reading().orElseThrow();
    }

    /** Imports everything and ends. */
    void importAll(String tables) {
        start(tables);
        server.imported().join();
        finish();
    }

    /** Delivers what was imported and ends. */
    void finish() {
        long deadline = System.nanoTime() + patienceNanos;
        assertThat(server.finish(() -> System.nanoTime() - deadline > 0)).isTrue();
        server = null;
    }

    /** Ends at once, as a crash would but for what is on disk already. */
    void stop() {
        server.close();
        server = null;
    }

    /** All records that were delivered. */
    List<String> records() throws IOException {
        List<String> records = new ArrayList<>();
        if (Files.exists(out())) {
            for (DeliveredBatch batch : DeliveredBatch.below(out())) {
                batch.buckets()
                        .forEach(bucket ->
                                bucket.forEach(record -> records.add(new String(record.getBytes(ISO_8859_1), UTF_8))));
            }
        }
        return records;
    }

    @Override
    public void close() {
        if (server != null) {
            server.close();
        }
    }
}
