package io.decant.ingest.endtoend;

import static io.decant.ingest.server.Await.await;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.Settings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.component.SinkTypes;
import io.decant.ingest.pipeline.StartOptions;
import io.decant.ingest.server.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.stream.Stream;

/** A server in this process whose sinks write to a database, and a connection to that database beside it. */
final class DatabaseWorld implements AutoCloseable {

    private final Path folder;
    private final String url;
    private Connection connection;
    private String sources = "{lines: {type: tcp, address: \"127.0.0.1:0\"}}";
    private String name = "decant";
    private Server server;

    /** @param url with user, as a test's own connection wants it */
    DatabaseWorld(Path folder, String url) throws SQLException {
        this.folder = folder;
        this.url = url;
        this.connection = DriverManager.getConnection(url);
    }

    /** Has the server read from other sources than lines. */
    void readFrom(String others) {
        sources = others;
    }

    /** Has the next server have another name. */
    void nameServer(String other) {
        name = other;
    }

    /** Waits until a source has so many records. */
    void awaitTaken(String source, long records) {
        await(server, now -> now.sources().get(source).records() >= records);
    }

    /** Starts the server. */
    Server start(String bucket, Map<String, String> sinks) {
        return start(bucket, sinks, StartOptions.NONE);
    }

    /** @param sinks what stands under each sink beside type, url, user and retry-max-delay, in flow style */
    Server start(String bucket, Map<String, String> sinks, StartOptions options) {
        server = Server.start(settings(bucket, sinks), options);
        return server;
    }

    Settings settings(String bucket, Map<String, String> sinks) {
        StringJoiner written = new StringJoiner("\n");
        sinks.forEach((name, sink) -> written.add(
                sink.contains("type:")
                        ? "  " + name + ": {" + sink + "}"
                        : "  " + name + ": {type: jdbc, url: \"" + url.replaceFirst("[?].*", "")
                                + "\", user: decant, retry-max-delay: 200ms, " + sink + "}"));
        try {
            Path file = Files.writeString(folder.resolve("decant.yaml"), """
                    name: %s
                    data-dir: %s
                    shutdown-timeout: 30s
                    sources: %s
                    journal: {segment-size: 8MiB, min-free: 1MiB, retain: 1h}
                    batch: {interval: 100ms}
                    bucket: %s
                    sinks:
                    %s
                    admin: {address: "127.0.0.1:0"}
                    """.formatted(
                            name, folder.resolve("data"), sources, bucket, written));
            return SettingsLoader.load(file, List.of(), Map.of());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What {@code validate --connect} finds of a sink. */
    List<String> connectionProblems(String bucket, String sink) {
        Settings settings = settings(bucket, Map.of("db", sink));
        return SinkTypes.of(settings)
                .get(0)
                .connectionProblems(settings.bucket().frozenKey());
    }

    /** What is only warned of. */
    List<String> connectionHints(String bucket, String sink) {
        Settings settings = settings(bucket, Map.of("db", sink));
        return SinkTypes.of(settings).get(0).connectionHints(settings.bucket().frozenKey());
    }

    /** Sends lines, and returns once they are acknowledged. */
    void send(String... lines) throws IOException {
        String address = server.status().sources().get("lines").address();
        int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.getOutputStream().write((String.join("\n", lines) + "\n").getBytes(UTF_8));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("OK " + lines.length + "\n");
        }
    }

    /** Waits until every sink has everything. */
    ServerStatus awaitDelivered() {
        return await(
                server,
                now -> now.journal().uncutRecords() == 0
                        && now.sinks().values().stream().allMatch(sink -> sink.lagRecords() == 0));
    }

    /** Waits until a sink says this of its last error. */
    ServerStatus.Sink awaitError(String sink, String part) {
        return await(server, now -> now.sinks().get(sink).lastError().contains(part))
                .sinks()
                .get(sink);
    }

    void sendAndAwait(String... lines) throws IOException {
        send(lines);
        awaitDelivered();
    }

    /** Stops the server as SIGTERM does. */
    boolean stop() {
        return server.drain();
    }

    /** Ends the server without delivering what is left. */
    void end() {
        server.close();
    }

    /** Copies the data directory of a server that has ended; returns the copy. */
    Path copyData(String to) throws IOException {
        return copy(folder.resolve("data"), folder.resolve(to));
    }

    /** Puts a copy in the place of the data directory. */
    void restoreData(Path copy) throws IOException {
        Path data = folder.resolve("data");
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        copy(copy, data);
    }

    private static Path copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(from.relativize(file).toString()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        return to;
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The rows of a query, the columns of each with a bar between. */
    List<String> query(String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<String> all = new ArrayList<>();
            while (rows.next()) {
                StringJoiner row = new StringJoiner("|");
                for (int i = 1; i <= rows.getMetaData().getColumnCount(); i++) {
                    row.add(String.valueOf(rows.getString(i)));
                }
                all.add(row.toString());
            }
            return all;
        }
    }

    /** What the dead letters say, the newest last. */
    List<String> letters() throws IOException {
        List<String> letters = new ArrayList<>();
        Path folderOfLetters = folder.resolve("data/dlq");
        if (Files.isDirectory(folderOfLetters)) {
            try (var files = Files.walk(folderOfLetters)) {
                for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                    letters.addAll(Files.readAllLines(file));
                }
            }
        }
        return letters;
    }

    /** After the database was restarted. */
    void reconnect() throws SQLException {
        connection.close();
        connection = DriverManager.getConnection(url);
    }

    Connection connection() {
        return connection;
    }

    @Override
    public void close() throws SQLException {
        if (server != null) {
            server.close();
        }
        connection.close();
    }
}
