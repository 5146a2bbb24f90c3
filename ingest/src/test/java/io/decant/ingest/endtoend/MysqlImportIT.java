package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.component.SourceTypes;
import io.decant.ingest.server.Server;
import io.decant.ingest.source.SourceComponent;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tables of a real MariaDB, through a whole server, into files: what the database says, row by row. */
class MysqlImportIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int LONG_ROW_BYTES = 8 << 20;
    private static int databases;
    private static DatabaseProcess mariaDb;

    @TempDir
    Path folder;

    private ImportWorld world;

    @BeforeAll
    static void startDatabase() throws Exception {
        mariaDb = DatabaseProcess.mariaDb();
    }

    @AfterAll
    static void endDatabase() throws Exception {
        if (mariaDb != null) {
            mariaDb.close();
        }
    }

    @BeforeEach
    void makeWorld(TestInfo test) throws Exception {
        world = new ImportWorld(mariaDb, folder, "db" + databases++);
    }

    @AfterEach
    void closeWorld() {
        world.close();
    }

    /** The table of types in docs/mysql.md: the type, a value in SQL, and what it becomes. */
    private static final List<String> TYPES = List.of(
            "tinyint(1)| 1 | 1",
            "tinyint(1)| -7 | -7",
            "tinyint| -128 | -128",
            "year| 0 | 0",
            "float(9,3)| 1234.5 | 1234.500",
            "int(8) unsigned zerofill| 42 | 42",
            "bigint| -9223372036854775808 | -9223372036854775808",
            "bigint unsigned| 18446744073709551615 | 18446744073709551615",
            "decimal(65,30)| 12345678901234567890123456789012345.123456789012345678901234567890"
                    + "| 12345678901234567890123456789012345.123456789012345678901234567890",
            "decimal(5,2) zerofill| 1.5 | 1.50",
            "float| 0.1 | 0.1",
            "double| 1e300 | 1e300",
            "double| 0.1 | 0.1",
            "bit(1)| b'1' | 1",
            "bit(64)| b'1111111111111111111111111111111111111111111111111111111111111111' | 18446744073709551615",
            "char(5)| 'ab' | \"ab\"",
            "varchar(20)| 'a\\\"b\\\\c\\n' | \"a\\\"b\\\\c\\n\"",
            "varchar(20) character set latin1| 'Zoë' | \"Zoë\"",
            "text| '\uD83D\uDE00\\t' | \"\uD83D\uDE00\\t\"",
            "longtext| 'x' | \"x\"",
            "date| '2026-03-29' | \"2026-03-29\"",
            "date| '0000-00-00' | \"0000-00-00\"",
            "time(2)| '-12:30:00.25' | \"-12:30:00.25\"",
            "datetime| '2026-03-29 02:30:00' | \"2026-03-29T02:30:00\"",
            "datetime(6)| '2026-03-29 02:30:00.123456' | \"2026-03-29T02:30:00.123456\"",
            "datetime(3)| '0000-00-00 00:00:00' | \"0000-00-00T00:00:00.000\"",
            "timestamp(3) null| '2026-03-29 02:30:00.5' | \"2026-03-29T02:30:00.500Z\"",
            "year| 2026 | 2026",
            "binary(4)| 'ab' | \"YWIAAA==\"",
            "varbinary(9)| X'00FF' | \"AP8=\"",
            "blob| X'00FF10' | \"AP8Q\"",
            "longblob| '' | \"\"",
            "json| '{\"a\": [1,\\n 2.50]}' | {\"a\": [1,  2.50]}",
            "json| '[1.]' | \"[1.]\"",
            "enum('a','b')| 'b' | \"b\"",
            "set('x','y')| 'x,y' | \"x,y\"",
            "uuid| '123e4567-e89b-12d3-a456-426655440000' | \"123e4567-e89b-12d3-a456-426655440000\"",
            "inet6| '::1' | \"::1\"",
            "inet4| '10.0.0.1' | \"10.0.0.1\"",
            "point| ST_PointFromText('POINT(1 2)') | \"AAAAAAEBAAAAAAAAAAAA8D8AAAAAAAAAQA==\"",
            "int| NULL | null",
            "text| NULL | null");

    @Test
    void shouldWriteEveryType() throws Exception {
        StringBuilder columns = new StringBuilder("id int PRIMARY KEY");
        StringBuilder values = new StringBuilder("1");
        StringBuilder json = new StringBuilder("{\"id\":1");
        for (int i = 0; i < TYPES.size(); i++) {
            String[] parts = TYPES.get(i).split("\\|", -1);
            columns.append(", v").append(i).append(' ').append(parts[0]);
            values.append(", ").append(parts[1]);
            json.append(",\"v").append(i).append("\":").append(parts[2].strip());
        }
        world.sql("SET sql_mode = ''; CREATE TABLE t (" + columns + "); INSERT INTO t VALUES (" + values + ")");
        world.importAll("{t: {}}");
        assertThat(world.records()).containsExactly(json + "}");
    }

    /**
     * Keys that mislead whoever compares them in Java, or divides between the least and the greatest: columns, the
     * value of one, and the settings.
     */
    private static final List<String> KEYS = List.of(
            "id bigint, PRIMARY KEY (id) | (CAST(seq AS SIGNED) - 50) * 1000000007 | {}",
            "id bigint, PRIMARY KEY (id) | POW(seq, 9) | {}",
            "id bigint unsigned, PRIMARY KEY (id) | 18446744073709551615 - seq * seq | {}",
            "id decimal(30,5), PRIMARY KEY (id) | seq / 7 | {}",
            "id varchar(20) COLLATE utf8mb4_general_ci, PRIMARY KEY (id) |"
                    + " CONCAT(CHAR(IF(seq % 2, 65, 97) + seq % 26), 'é_%', seq) | {}",
            "id varchar(20) CHARACTER SET latin1 COLLATE latin1_german2_ci, PRIMARY KEY (id) |"
                    + " CONCAT(ELT(seq % 4 + 1, 'Ä', 'ae', 'ß', 'z'), seq) | {}",
            "id varbinary(20), PRIMARY KEY (id) | UNHEX(SHA1(seq)) | {}",
            "id datetime(6), PRIMARY KEY (id) | '2026-01-01' + INTERVAL seq * 1234567 MICROSECOND | {}",
            "id timestamp(6), PRIMARY KEY (id) | '2026-10-25' + INTERVAL seq * 123 SECOND | {}",
            "id date, PRIMARY KEY (id) | '2026-01-01' + INTERVAL seq DAY | {}",
            "id time(3), PRIMARY KEY (id) | SEC_TO_TIME(CAST(seq AS SIGNED) - 50.5) | {}",
            "id uuid, PRIMARY KEY (id) | CONCAT('123e4567-e89b-12d3-a456-', LPAD(seq * 7919 % 1000, 12, '0')) | {}",
            "id int NULL, u int NOT NULL DEFAULT (n), UNIQUE (u) | seq | {}",
            "id int NULL, u int NOT NULL DEFAULT (n), PRIMARY KEY (u) | NULLIF(seq % 7, 3) | {split-by: id}",
            "id int NULL, u int NOT NULL DEFAULT (n), PRIMARY KEY (u) | NULL | {split-by: id}",
            "id int, u int DEFAULT (n), PRIMARY KEY (id, u) | seq % 3 | {}",
            "id varchar(9) COLLATE utf8mb4_unicode_ci, u int DEFAULT (n), w int DEFAULT (0 - n), PRIMARY KEY (id, u, w) |"
                    + " ELT(seq % 3 + 1, 'a', 'B', 'c') | {}",
            "id int, PRIMARY KEY (id) | seq | {boundary-query: 'SELECT MIN(id), MAX(id) FROM t'}",
            "id int, PRIMARY KEY (id) | seq | {boundary-query: 'SELECT 20 UNION SELECT 90'}",
            "id varchar(9) COLLATE utf8mb4_general_ci, PRIMARY KEY (id) | CONCAT('K', seq) |"
                    + " {boundary-query: \"SELECT 'k3' UNION SELECT 'K9'\"}",
            "id int, PRIMARY KEY (id) | seq | {where: 'TRUE -- all'}");

    @Test
    void shouldImportEachRowOnce() throws Exception {
        List<String> tables = new ArrayList<>();
        Map<String, Integer> expected = new TreeMap<>();
        for (int i = 0; i < KEYS.size(); i++) {
            String[] parts = KEYS.get(i).split("\\|", -1);
            String table = "t" + i;
            world.sql("SET sql_mode = ''; CREATE TABLE " + table + " (n int NOT NULL, " + parts[0]
                    + ", place int DEFAULT " + i + "); INSERT INTO " + table + " (n, id) SELECT seq, " + parts[1]
                    + " FROM seq_1_to_100");
            world.column("SELECT n FROM " + table).forEach(n -> expected.put(table + ":" + n, 1));
            tables.add(table + ": " + parts[2].strip().replace("FROM t", "FROM " + table));
        }
        assertThat(expected).hasSize(100 * KEYS.size());

        world.importAll("{" + String.join(", ", tables) + "}");

        Map<String, Integer> found = new TreeMap<>();
        for (String record : world.records()) {
            JsonNode row = JSON.readTree(record);
            found.merge("t" + row.get("place") + ":" + row.get("n"), 1, Integer::sum);
        }
        assertThat(found).isEqualTo(expected);
    }

    /** The column n of all records, in order. */
    private List<String> numbers() throws Exception {
        List<Integer> numbers = new ArrayList<>();
        for (String record : world.records()) {
            numbers.add(JSON.readTree(record).get("n").asInt());
        }
        return numbers.stream().sorted().map(String::valueOf).toList();
    }

    @Test
    void shouldImportColumnsAndRowsOfTheUsersChoice() throws Exception {
        world.sql("CREATE TABLE t (id int PRIMARY KEY, a text, b int); INSERT INTO t VALUES (1, 'x', 7), (2, 'y', 8)");
        world.importAll("{t: {columns: [b, a], where: 'b > 7'}}");
        assertThat(world.records()).containsExactly("{\"b\":8,\"a\":\"y\"}");
    }

    @Test
    void shouldGiveKeyStreamAndPosition() throws Exception {
        world.sql("CREATE TABLE `or``ders` (id int, tag varchar(9), PRIMARY KEY (tag, id));"
                + " INSERT INTO `or``ders` VALUES (7, 'a\"b'), (17, 'x')");
        world.set("sinks.files.format=envelope").set("sources.db.ranges=1");
        // A name with a quote is refused, so a view stands for it in these settings: it has no key.
        world.sql("RENAME TABLE `or``ders` TO orders");
        world.importAll("{orders: {columns: [id]}}");
        List<JsonNode> records = new ArrayList<>();
        for (String record : world.records()) {
            records.add(JSON.readTree(record));
        }
        assertThat(records).hasSize(2);
        JsonNode last = records.get(1);
        assertThat(last.get("source").asText()).isEqualTo("db");
        assertThat(last.get("stream").asText()).isEqualTo("orders/0");
        assertThat(last.get("position").asLong()).isEqualTo(1);
        assertThat(last.toString()).contains("[\\\"orders\\\",\\\"x\\\",17]");
    }

    @Test
    void shouldImportLongRowsAndStopAtOneThatIsTooLong() throws Exception {
        world.set("sources.db.max-record=9MiB")
                .set("journal.segment-size=128MiB")
                .set("sources.db.ranges=1");
        try (Connection connection = world.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("SET GLOBAL max_allowed_packet = 67108864");
        }
        world.sql("CREATE TABLE t (id int PRIMARY KEY, v longtext); INSERT INTO t VALUES (1, REPEAT('x', "
                + LONG_ROW_BYTES + ")), (2, 'y'), (3, REPEAT('x', 10485760)), (4, 'z')");
        world.start("{t: {}}");
        ServerStatus.Table stopped = world.await("t", table -> table.state().equals("stopped"));
        assertThat(stopped.error()).contains("t/0", "[3]", "max-record", "restart");
        assertThat(stopped.rows()).isEqualTo(2);
        world.finish();
        assertThat(world.records()).hasSize(2).anyMatch(record -> record.length() > LONG_ROW_BYTES);

        world.set("sources.db.max-record=16MiB");
        world.importAll("{t: {}}");
        assertThat(world.records()).hasSize(4);
    }

    @Test
    void shouldGoOnBehindTheLastDurableRow() throws Exception {
        world.set("sources.db.fetch=50");
        world.sql(
                "CREATE TABLE t (n int PRIMARY KEY, pad char(100)); INSERT INTO t SELECT seq, 'x' FROM seq_1_to_20000;"
                        + "CREATE TABLE s (n int PRIMARY KEY); INSERT INTO s SELECT -seq FROM seq_1_to_1000");
        long before = 0;
        for (int start = 0; start < 6; start++) {
            world.start("{t: {}, s: {}}");
            long rows = before;
            before = world.await(
                            "t", table -> table.rows() > rows || table.state().equals("done"))
                    .rows();
            world.stop();
        }
        world.importAll("{t: {}, s: {}}");

        assertThat(numbers())
                .isEqualTo(IntStream.concat(
                                IntStream.rangeClosed(1, 20_000),
                                IntStream.rangeClosed(1, 1_000).map(n -> -n))
                        .sorted()
                        .mapToObj(String::valueOf)
                        .toList());
    }

    @Test
    void shouldImportNothingAgainButWhatIsPlannedAnew() throws Exception {
        world.sql("CREATE TABLE t (n int PRIMARY KEY); INSERT INTO t VALUES (1), (2)");
        world.importAll("{t: {}}");
        world.sql("INSERT INTO t VALUES (3)");
        world.importAll("{t: {}}");
        assertThat(numbers()).containsExactly("1", "2");

        world.start("{t: {}}", "t").imported().join();
        world.finish();
        assertThat(numbers()).containsExactly("1", "1", "2", "2", "3");

        // It is in the plan of the journal now.
        world.importAll("{t: {}}");
        assertThat(numbers()).hasSize(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "id int | {} | has no unique key",
                "id int NULL, UNIQUE (id) | {} | column id may be NULL",
                "id float PRIMARY KEY | {} | column id is of type float",
                "id enum('a') PRIMARY KEY | {} | column id is of type enum",
                "id text, PRIMARY KEY (id(9)) | {} | has no unique key",
                "id int PRIMARY KEY | {columns: [other]} | has no column other",
                "id int PRIMARY KEY | {split-by: other} | has no column other",
                "id int PRIMARY KEY, f float | {split-by: f} | column f of table t is of type float",
                "id int PRIMARY KEY | {boundary-query: 'SELECT 9 UNION SELECT 5'} | not the database's order",
                "id varchar(9) PRIMARY KEY | {boundary-query: 'SELECT 1, 2'} | only numbers can be divided",
                "id int PRIMARY KEY | {incremental: last-modified, check-column: id} | needs a DATETIME"
            })
    void shouldRefuseByName(String columns, String table, String message) throws Exception {
        world.sql(
                "CREATE TABLE t (" + columns + "); CREATE TABLE fine (n int PRIMARY KEY); INSERT INTO fine VALUES (1)");
        world.sql("INSERT INTO t (id) VALUES (1)");
        world.start("{t: " + table + ", fine: {}}");
        assertThat(world.await("t", now -> now.state().equals("stopped")).error())
                .contains(message);
        world.await("fine", now -> now.state().equals("done"));
        assertThatThrownBy(() -> world.start("{}")).isInstanceOf(RuntimeException.class);
    }

    @Test
    void shouldStopRangesWhoseColumnsChanged() throws Exception {
        world.set("sources.db.fetch=10");
        world.sql(
                "CREATE TABLE t (n int PRIMARY KEY, a int, b int); INSERT INTO t SELECT seq, 1, 1 FROM seq_1_to_5000");
        world.start("{t: {}}");
        world.await("t", table -> table.rows() > 0);
        world.stop();
        world.sql("ALTER TABLE t MODIFY a bigint, ADD c int");
        world.start("{t: {}}");
        ServerStatus.Table stopped = world.await("t", table -> table.state().equals("stopped"));
        assertThat(stopped.error()).contains("column a of table t changed from int", "to bigint", "--replan t");
        assertThat(world.reading().lastError()).contains("table t");
        world.stop();

        world.start("{t: {where: 'n > 0'}}");
        assertThat(world.await("t", table -> table.state().equals("stopped")).error())
                .contains("the settings changed", "where", "--replan t");
        world.stop();

        world.start("{t: {columns: [n]}}", "t").imported().join();
        world.finish();
        assertThat(numbers().stream().distinct()).hasSize(5_000);
    }

    @Test
    void shouldRetryWhateverTheDatabaseRefuses() throws Exception {
        world.sql("CREATE TABLE t (n int PRIMARY KEY); INSERT INTO t VALUES (1);"
                + " CREATE OR REPLACE USER importer@'%' IDENTIFIED BY 'right'");
        world.set("sources.db.user=importer").set("sources.db.password=wrong-word");
        world.start("{t: {}, later: {}}");
        assertThat(world.await("t", table -> !table.error().isEmpty()).error())
                .contains("1045")
                .doesNotContain("wrong-word");
        assertThat(world.reading().state()).isEqualTo("failing");
        world.sql("ALTER USER importer@'%' IDENTIFIED BY 'wrong-word'");
        // Without a privilege a table is as if it were not there.
        assertThat(world.await(
                                "t",
                                table -> table.error().contains("exist")
                                        || table.error().contains("denied"))
                        .state())
                .isEqualTo("planning");
        world.sql("GRANT SELECT ON *.* TO importer@'%'");
        world.await("t", table -> table.state().equals("done"));
        assertThat(world.await("later", table -> !table.error().isEmpty()).error())
                .contains("later does not exist");
        world.sql("CREATE TABLE later (n int PRIMARY KEY); INSERT INTO later VALUES (2)");
        world.await("later", table -> table.state().equals("done"));
        world.finish();
        assertThat(numbers()).containsExactly("1", "2");
    }

    /** Transactions that are open across the bounds of increments. {@code -Ddecant.rounds=25} is the long form. */
    @Test
    void shouldMissNoRowThatIsCommittedLate() throws Exception {
        int tables = 8;
        int rounds = Integer.getInteger("decant.rounds", 2);
        Random random = new Random(Long.getLong("decant.seed", 20261130L));
        StringBuilder settings = new StringBuilder("{");
        for (int i = 0; i < tables; i++) {
            world.sql("CREATE TABLE t" + i + " (n int AUTO_INCREMENT PRIMARY KEY, place int DEFAULT " + i
                    + "); INSERT INTO t" + i + " (n) VALUES (NULL)");
            settings.append("t").append(i).append(": {incremental: append, check-column: n, interval: 1s}, ");
        }
        String section = settings.append("}").toString();
        world.start(section);
        world.await("t0", now -> now.state().equals("waiting"));
        for (int round = 0; round < rounds; round++) {
            List<Connection> late = new ArrayList<>();
            for (int i = 0; i < tables; i++) {
                Connection connection = world.connect();
                late.add(connection);
                connection.setAutoCommit(false);
                try (Statement statement = connection.createStatement()) {
                    statement.execute("INSERT INTO t" + i + " (n) VALUES (NULL)");
                }
                world.sql("INSERT INTO t" + i + " (n) VALUES (NULL)");
            }
            for (Connection connection : late) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(500)));
                connection.commit();
                connection.close();
            }
        }
        for (int i = 0; i < tables; i++) {
            world.await("t" + i, now -> now.rows() == 1 + 2 * rounds);
        }
        world.stop();
        world.sql("INSERT INTO t0 (n) VALUES (NULL)");
        world.importAll(section);
        Map<String, Integer> expected = new TreeMap<>();
        Map<String, Integer> found = new TreeMap<>();
        for (int i = 0; i < tables; i++) {
            String table = "t" + i;
            world.column("SELECT n FROM " + table).forEach(n -> expected.put(table + ":" + n, 1));
        }
        for (String record : world.records()) {
            JsonNode row = JSON.readTree(record);
            found.merge("t" + row.get("place") + ":" + row.get("n"), 1, Integer::sum);
        }
        assertThat(found).isEqualTo(expected);
    }

    /** A transaction that stays open is named, and holds back what is behind it. */
    @Test
    void shouldWaitForATransactionThatIsOpen() throws Exception {
        world.sql("CREATE TABLE t (n int AUTO_INCREMENT PRIMARY KEY); INSERT INTO t VALUES (1)");
        world.start("{t: {incremental: append, check-column: n, interval: 1s}}");
        world.await("t", now -> now.state().equals("waiting"));
        try (Connection late = world.connect();
                Statement statement = late.createStatement()) {
            late.setAutoCommit(false);
            statement.execute("INSERT INTO t VALUES (NULL)");
            world.sql("INSERT INTO t VALUES (NULL)");
            world.await("t", now -> now.note().contains("open transactions"));
            assertThat(world.table("t").rows()).isEqualTo(1);
            late.commit();
        }
        world.await("t", now -> now.rows() == 3);
        world.await("t", now -> now.note().isEmpty());
    }

    @Test
    void shouldSayWhatItWouldImport() throws Exception {
        world.sql("CREATE TABLE t (n int, tag varchar(9), shelf int, at datetime, PRIMARY KEY (tag, n));"
                + " INSERT INTO t SELECT seq, CONCAT('k', seq % 3), NULLIF(seq % 4, 0), NULL FROM seq_1_to_10");
        world.set("sources.db.ranges=2");
        SourceComponent source = SourceTypes.of(world.settings("{t: {}}")).get(0);
        assertThat(source.connectionProblems()).isEmpty();
        assertThat(source.connectionReport())
                .containsExactly(
                        "source db: table t: rows: about 10, key: tag, n, split by: tag, n, ranges: 2",
                        "source db: table t: range 0: from the beginning up to (k1, 4)",
                        "source db: table t: range 1: from behind (k1, 4) up to (k2, 8)");
        assertThat(SourceTypes.of(
                                world.settings("{t: {split-by: shelf, incremental: last-modified, check-column: at}}"))
                        .get(0)
                        .connectionReport())
                .contains("source db: table t: rows with NULL in the check-column at are never read");
        assertThat(SourceTypes.of(world.settings("{t: {split-by: shelf}}"))
                        .get(0)
                        .connectionReport())
                .contains("source db: table t: range 2: shelf is NULL");
        // As a replica is.
        world.sql("SET GLOBAL read_only = 1");
        try {
            assertThat(SourceTypes.of(world.settings("{t: {incremental: append, check-column: n}}"))
                            .get(0)
                            .connectionReport())
                    .anyMatch(line -> line.contains("read from the primary"));
        } finally {
            world.sql("SET GLOBAL read_only = 0");
        }
        assertThat(SourceTypes.of(world.settings("{nothing: {}}")).get(0).connectionProblems())
                .singleElement()
                .asString()
                .contains("source db: table nothing", "does not exist");
        world.set("sources.db.address=127.0.0.1:1");
        assertThat(SourceTypes.of(world.settings("{t: {}}")).get(0).connectionProblems())
                .singleElement()
                .asString()
                .contains("no connection to 127.0.0.1:1/", "keep trying");
    }

    @Test
    void shouldImportTablesWithoutRows() throws Exception {
        world.sql("CREATE TABLE a (n int PRIMARY KEY); CREATE TABLE b (n int PRIMARY KEY)");
        String tables = "{a: {}, b: {incremental: append, check-column: n, interval: 1s}}";
        world.importAll(tables);
        assertThat(world.records()).isEmpty();
        world.sql("INSERT INTO a VALUES (1); INSERT INTO b VALUES (2)");
        world.importAll(tables);
        assertThat(numbers()).containsExactly("2");
    }

    @Test
    void shouldDisturbNoOtherSource() throws Exception {
        world.set("sources.db.user=nobody").set("sources.lines={type: tcp, address: \"127.0.0.1:0\"}");
        Server server = world.start("{t: {}}");
        world.await("t", now -> !now.error().isEmpty());
        String[] address = server.status().sources().get("lines").address().split(":", -1);
        try (Socket socket = new Socket(address[0], Integer.parseInt(address[1]))) {
            socket.getOutputStream().write("a\nb\n".getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .isEqualTo("OK 2\n");
        }
    }

    @Test
    void shouldReadWhatWasModified() throws Exception {
        world.sql("CREATE TABLE t (n int PRIMARY KEY, at timestamp(3) NOT NULL DEFAULT CURRENT_TIMESTAMP(3)"
                + " ON UPDATE CURRENT_TIMESTAMP(3)); INSERT INTO t (n) VALUES (1), (2)");
        String table = "{t: {incremental: last-modified, check-column: at, interval: 1s}}";
        world.start(table);
        world.await("t", now -> now.rows() == 2);
        world.sql("UPDATE t SET n = 3 WHERE n = 2; INSERT INTO t (n) VALUES (4)");
        world.await("t", now -> now.rows() == 4);
        world.stop();
        world.importAll(table);
        assertThat(numbers()).containsExactly("1", "2", "3", "4");
    }

    @Test
    void shouldSayWhatMayBeMissedWithoutTheRightToSeeTransactions() throws Exception {
        world.sql("CREATE TABLE t (n int PRIMARY KEY); INSERT INTO t VALUES (1);"
                + " CREATE OR REPLACE USER reader@'%'; GRANT SELECT ON *.* TO reader@'%'");
        world.set("sources.db.user=reader");
        world.start("{t: {incremental: append, check-column: n, interval: 1s, settle: 100ms}}");
        assertThat(world.await("t", now -> now.state().equals("waiting")).note())
                .contains("PROCESS", "settle");
        world.sql("INSERT INTO t VALUES (2)");
        world.await("t", now -> now.rows() == 2);
    }

    /** The database is killed while it is read. */
    @Test
    void shouldGoOnWhenTheDatabaseIsBack() throws Exception {
        world.set("sources.db.fetch=20");
        world.sql("CREATE TABLE t (n int PRIMARY KEY, pad char(200)) ENGINE = InnoDB;"
                + " INSERT INTO t SELECT seq, 'x' FROM seq_1_to_20000");
        world.start("{t: {}}");
        for (int crash = 0; crash < 2; crash++) {
            long rows = world.table("t").rows();
            world.await("t", table -> table.rows() > rows || table.state().equals("done"));
            mariaDb.crash();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            mariaDb.start();
        }
        world.await("t", table -> table.state().equals("done"));
        assertThat(world.reading().lastError()).isEmpty();
        world.finish();
        assertThat(numbers())
                .isEqualTo(IntStream.rangeClosed(1, 20_000)
                        .mapToObj(String::valueOf)
                        .toList());
    }
}
