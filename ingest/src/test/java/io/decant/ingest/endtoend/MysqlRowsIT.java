package io.decant.ingest.endtoend;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.decant.ingest.server.Server;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Large tables with keys that mislead, imported at once by four connections, into files and over HTTP, beside lines by
 * TCP: equal to what the database says, row by row. {@code -Ddecant.rows=2000000} is the long form.
 */
class MysqlRowsIT {

    private static final int ROWS = Integer.getInteger("decant.rows", 20_000);
    private static final int HALF = ROWS / 2;
    private static final int LONG_ROW_BYTES = 8 << 20;
    /** While the tables are imported. */
    private static final int LINES = 500;

    private static final String TABLES = "{skewed: {split-by: shelf}, texts: {}, long: {}}";

    @TempDir
    Path folder;

    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private DatabaseProcess database;
    private ImportWorld world;
    private HttpServer receiver;

    @BeforeEach
    void fill() throws Exception {
        database = DatabaseProcess.mariaDb();
        world = new ImportWorld(database, folder, "shop");
        try (Connection connection = world.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET GLOBAL max_allowed_packet = 67108864");
        }
        world.sql("SET sql_mode = '';"
                // Half of the keys are negative, and most lie close to zero.
                + " CREATE TABLE skewed (place int, n int, id bigint PRIMARY KEY, shelf int NULL, price decimal(20,4), at datetime(6));"
                + " INSERT INTO skewed SELECT 0, seq, IF(seq % 2, -1, 1) * CAST(seq * seq * seq AS SIGNED),"
                + " IF(seq % 7 = 0, NULL, IF(seq % 5, 1, CAST(seq AS SIGNED) % 1000 - 500)), seq / 7, '2026-01-01' + INTERVAL seq MICROSECOND"
                + " FROM seq_1_to_" + HALF + ";"
                // Texts that are equal but for case and accents stand together, and rows of one go on over pages.
                + " CREATE TABLE texts (place int, n int, owner varchar(20) COLLATE utf8mb4_general_ci, shelf int,"
                + " note varchar(100), PRIMARY KEY (owner, shelf, n));"
                + " INSERT INTO texts SELECT 1, seq, CONCAT(ELT(seq % 5 + 1, 'Ann', 'ann ', 'BOB', 'éva', 'Eva_%'), seq DIV 3000),"
                + " seq % 3, REPEAT(CHAR(34, 92, 10, 195 USING latin1), seq % 9) FROM seq_1_to_" + HALF + ";"
                + " CREATE TABLE `long` (place int, n int PRIMARY KEY, text longtext);"
                + " INSERT INTO `long` VALUES (2, 1, 'a'), (2, 2, REPEAT('x', " + LONG_ROW_BYTES + ")), (2, 3, NULL)");
    }

    @AfterEach
    void end() throws Exception {
        world.close();
        if (receiver != null) {
            receiver.stop(0);
        }
        threads.shutdownNow();
        database.close();
    }

    private ImportedRows expected() throws Exception {
        ImportedRows rows = new ImportedRows();
        try (Connection connection = world.connect()) {
            rows.expect(
                    connection,
                    0,
                    HALF,
                    "skewed",
                    "CONCAT('{\"place\":0,\"n\":', n, ',\"id\":', id, ',\"shelf\":', COALESCE(shelf, 'null'), ',\"price\":', price,"
                            + " ',\"at\":\"', REPLACE(at, ' ', 'T'), '\"}')");
            rows.expect(
                    connection,
                    1,
                    HALF,
                    "texts",
                    "CONCAT('{\"place\":1,\"n\":', n, ',\"owner\":\"', owner, '\",\"shelf\":', shelf, ',\"note\":', JSON_QUOTE(note), '}')");
            rows.expect(
                    connection,
                    2,
                    3,
                    "`long`",
                    "CONCAT('{\"place\":2,\"n\":', n, ',\"text\":', COALESCE(JSON_QUOTE(text), 'null'), '}')");
        }
        return rows;
    }

    private void receive(ImportedRows rows) throws IOException {
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.setExecutor(threads);
        receiver.createContext("/", exchange -> answer(exchange, rows));
        receiver.start();
    }

    private static void answer(HttpExchange exchange, ImportedRows rows) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(exchange.getRequestBody(), UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            rows.add(line);
        }
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
    }

    @Test
    void shouldImportLargeTablesIntoFilesAndOverHttpBesideLines() throws Exception {
        ImportedRows inFiles = expected();
        ImportedRows byHttp = inFiles.again();
        receive(byHttp);
        world.patience(Duration.ofSeconds(60 + ROWS / 2_000))
                .set("sources.db.max-record=9MiB")
                .set("sources.db.ranges=16")
                .set("sources.db.connections=4")
                .set("sources.db.fetch=" + Math.max(100, ROWS / 200))
                .set("journal.segment-size=128MiB")
                .set("batch.interval=1s")
                .set("sources.lines={type: tcp, address: \"127.0.0.1:0\"}")
                .set("sinks.api={type: http, max-bytes: 16MiB, url: \"http://127.0.0.1:"
                        + receiver.getAddress().getPort() + "/\"}");
        Server server = world.start(TABLES);
        String[] address = server.status().sources().get("lines").address().split(":", -1);
        int lines = 0;
        try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
            do {
                socket.getOutputStream().write(("line " + lines++ + "\n").getBytes(UTF_8));
            } while (lines < LINES || world.reading().state().equals("connecting"));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo("OK " + lines + "\n");
        }
        for (String table : List.of("skewed", "texts", "long")) {
            world.await(table, now -> now.state().equals("done"));
        }
        world.finish();

        inFiles.addFiles(world.out());
        inFiles.assertComplete(lines);
        byHttp.assertComplete(lines);
    }
}
