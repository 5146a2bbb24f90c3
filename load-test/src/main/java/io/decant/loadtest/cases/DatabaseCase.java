package io.decant.loadtest.cases;

import io.decant.loadtest.Folders;
import io.decant.loadtest.load.LoadException;
import io.decant.loadtest.report.CaseReport;
import io.decant.loadtest.report.Row;
import io.decant.loadtest.report.Target;
import io.decant.loadtest.server.ServerSettings;
import io.decant.loadtest.server.ServerUnderTest;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/**
 * TCP to upserted rows of a PostgreSQL, in a table of ten million; beside it {@code COPY} of as many new rows into the
 * same table, which is the quickest that PostgreSQL takes rows, and the receiver of {@code examples/postgres}. The
 * database is the user's: {@code --database} names one in which tables may be made.
 */
final class DatabaseCase implements LoadCase {

    private static final int ROWS = 10_000_000;
    private static final int RECORDS_A_SECOND_EXPECTED = 50_000;
    private static final int SECONDS = 5;
    /** Has no divisor in common with {@link #ROWS}: so ids come in no order, and none twice. */
    private static final long STEP = 7_368_787;

    private static final int COPY_ROWS = 1_000;
    private static final int RECEIVER_PORT_FIRST = 20_000;
    private static final int RECEIVER_PORTS = 10_000;
    private static final Target TARGET = Target.atLeast(0.4);

    @Override
    public String name() {
        return "database";
    }

    @Override
    public String title() {
        return "TCP to rows upserted into a table of ten million in PostgreSQL, batches of 250 ms";
    }

    /** The machine need not have a database. */
    @Override
    public boolean inTable() {
        return false;
    }

    @Override
    public CaseReport run(LoadTest test) throws IOException {
        String url = test.database()
                .orElseThrow(
                        () -> new LoadException("the case database needs a PostgreSQL: name one by --database URL"));
        Path folder = test.folder().resolve("database");
        int records = test.secondsOr(SECONDS) * RECORDS_A_SECOND_EXPECTED;
        Series<Double> copy = new Series<>();
        Series<Double> ours = new Series<>();
        Series<Double> receiver = new Series<>();
        Process process = null;
        try (Connection connection = DriverManager.getConnection(url)) {
            test.progress("makes tables of " + ROWS + " rows");
            makeTables(test, connection);
            int port = RECEIVER_PORT_FIRST + (int) (ProcessHandle.current().pid() % RECEIVER_PORTS);
            process = receiver(test, folder, port, url);
            try (ServerUnderTest server = ServerUnderTest.start(test.home(), folder.resolve("ours"), toTable(url));
                    ServerUnderTest toReceiver = ServerUnderTest.start(
                            test.home(),
                            folder.resolve("receiver"),
                            common(ServerSettings.deliveringTo("http://127.0.0.1:" + port + "/"))
                                    .with("sinks.far-end.format", "json"))) {
                // Round 0 is for the compilers.
                for (int i = 0; i <= test.rounds(); i++) {
                    test.progress("round " + i + " of " + test.rounds());
                    double copied = copy(connection, i, records);
                    double upserted = deliver(server, i, records);
                    double received = deliver(toReceiver, i, records);
                    if (i > 0) {
                        copy.add(copied);
                        ours.add(upserted);
                        receiver.add(received);
                    }
                    requireRows(connection, i, records);
                }
                server.drain();
                toReceiver.drain();
            }
            return new CaseReport(
                    name(),
                    title(),
                    List.of(
                            Row.of(
                                    "upserted",
                                    "rows/s",
                                    ours.stats(rate -> rate),
                                    "COPY of new rows",
                                    copy.stats(rate -> rate),
                                    TARGET),
                            Row.of(
                                    "upserted",
                                    "rows/s",
                                    ours.stats(rate -> rate),
                                    "the receiver of examples/postgres, with its history",
                                    receiver.stats(rate -> rate))),
                    List.of(
                            "PostgreSQL, generator and receiver are on the same cores",
                            "from the first byte sent to the last row"),
                    List.of("each round's rows have its version: yes"),
                    true);
        } catch (SQLException e) {
            throw new LoadException("the database: " + e.getMessage(), e);
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
            Folders.delete(folder);
        }
    }

    private static void makeTables(LoadTest test, Connection connection) throws SQLException, IOException {
        String schema = Files.readString(test.home().resolve("examples/postgres/schema.sql"));
        try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS load_rows, price, price_history, request, decant_ledger");
            statement.execute(schema);
            statement.execute("CREATE TABLE load_rows (id bigint PRIMARY KEY, price numeric, version int)");
            statement.execute(
                    "INSERT INTO load_rows SELECT 2 * n, n, -1 FROM generate_series(0, " + (ROWS - 1) + ") AS n");
            statement.execute(
                    "INSERT INTO price SELECT (2 * n)::text, n FROM generate_series(0, " + (ROWS - 1) + ") AS n");
            statement.execute("ANALYZE");
            statement.execute("CHECKPOINT");
        }
    }

    private static Process receiver(LoadTest test, Path folder, int port, String url) throws IOException {
        Files.createDirectories(folder);
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        test.home().resolve("lib") + "/*",
                        test.home().resolve("examples/postgres/Receiver.java").toString(),
                        Integer.toString(port),
                        url)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("receiver.log").toFile())
                .start();
    }

    private static ServerSettings common(ServerSettings settings) {
        return settings.with("journal.max-backlog", DeliverCase.BACKLOG)
                .with("batch.interval", "250ms")
                .with("sinks.far-end.max-records", "5000")
                .with("bucket.key", "json:/id");
    }

    private static ServerSettings toTable(String url) {
        int parameters = url.indexOf('?');
        return common(ServerSettings.deliveringTo(parameters < 0 ? url : url.substring(0, parameters)))
                .with("sinks.far-end.type", "jdbc")
                .with("sinks.far-end.user", user(url))
                .with("sinks.far-end.table", "load_rows")
                .with("sinks.far-end.key", "[id]")
                .with("sinks.far-end.unknown-members", "ignore");
    }

    private static String user(String url) {
        int user = url.indexOf("user=");
        return user < 0
                ? System.getProperty("user.name")
                : url.substring(user + "user=".length()).replaceFirst("&.*", "");
    }

    private static long place(int round, int records, int record) {
        return ((long) round * records + record) * STEP % ROWS;
    }

    /** Rows a second. */
    private static double copy(Connection connection, int round, int records) throws SQLException {
        long start = System.nanoTime();
        CopyIn copy = connection
                .unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("COPY load_rows FROM STDIN WITH (FORMAT csv)");
        StringBuilder rows = new StringBuilder();
        for (int i = 0; i < records; i++) {
            long id = 2 * place(round, records, i) + 1;
            rows.append(id).append(',').append(id).append(".25,").append(round).append('\n');
            if (i % COPY_ROWS == 0 || i == records - 1) {
                byte[] bytes = rows.toString().getBytes(StandardCharsets.US_ASCII);
                copy.writeToCopy(bytes, 0, bytes.length);
                rows.setLength(0);
            }
        }
        copy.endCopy();
        return records * 1e9 / (System.nanoTime() - start);
    }

    /** Records a second. */
    private static double deliver(ServerUnderTest server, int round, int records) throws IOException {
        long before = server.number("/sinks/far-end/records");
        byte[] lines = lines(round, records);
        long start = System.nanoTime();
        try (Socket socket =
                new Socket(server.source().getAddress(), server.source().getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(lines);
            socket.shutdownOutput();
            socket.getInputStream().readAllBytes();
        }
        Wait.until(
                () -> server.number("/sinks/far-end/records") >= before + records,
                Verification.PATIENCE_SECONDS,
                "all is written");
        return records * (double) TimeUnit.SECONDS.toNanos(1) / (System.nanoTime() - start);
    }

    private static byte[] lines(int round, int records) {
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < records; i++) {
            long id = 2 * place(round, records, i);
            lines.append("{\"id\":").append(id).append(",\"price\":").append(id).append(".25,\"version\":");
            lines.append(round).append("}\n");
        }
        return lines.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static void requireRows(Connection connection, int round, int records) throws SQLException {
        List<Long> found = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FILTER (WHERE id % 2 = 0),"
                        + " count(*) FILTER (WHERE id % 2 = 1) FROM load_rows WHERE version = " + round)) {
            rows.next();
            found.add(rows.getLong(1));
            found.add(rows.getLong(2));
        }
        if (!found.equals(List.of((long) records, (long) records))) {
            throw new LoadException("round " + round + " has " + found + " rows, upserted and copied, of " + records);
        }
    }
}
