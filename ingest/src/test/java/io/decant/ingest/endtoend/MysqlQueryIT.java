package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.component.SourceTypes;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** Queries in place of tables, on a real MariaDB: as many rows as the database says, and the same. */
class MysqlQueryIT {

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
        world.sql("CREATE TABLE customers (id int PRIMARY KEY, name varchar(20) COLLATE utf8mb4_general_ci NOT NULL,"
                + " grade enum('z', 'a', 'm') NOT NULL, UNIQUE (name));"
                + " INSERT INTO customers SELECT seq, CONCAT(IF(seq % 2, 'N', 'n'), seq), seq % 3 + 1 FROM seq_1_to_20;"
                + " CREATE TABLE orders (id int PRIMARY KEY, customer int, total decimal(10,2), at datetime(3));"
                + " INSERT INTO orders SELECT CAST(seq AS SIGNED) * 3 - 100, IF(seq % 11, seq % 25, NULL), seq / 4,"
                + " '2026-01-01' + INTERVAL seq MINUTE FROM seq_1_to_200");
    }

    @AfterEach
    void closeWorld() {
        world.close();
    }

    /** Queries, what MariaDB makes of a row of theirs, and the settings. */
    private static final List<String> QUERIES = List.of(
            // A join, of which the columns are unclear without their tables.
            "SELECT o.id, c.name, o.total FROM orders o JOIN customers c ON c.id = o.customer WHERE {range}"
                    + " | 'id', id, 'name', name, 'total', total | key: [o.id], split-by: o.id",
            "SELECT orders.id, c.name FROM orders JOIN customers c ON c.id = customer WHERE {range} AND total > 3"
                    + " | 'id', id, 'name', name | key: [id], split-by: id",
            // NULLs of an outer join in the column that bounds ranges.
            "SELECT o.id, c.id AS customer FROM orders o LEFT JOIN customers c ON c.id = o.customer WHERE {range}"
                    + " | 'id', id, 'customer', customer | key: [o.id], split-by: customer",
            // Several rows of each order, a text in the key that is compared without regard to case.
            "SELECT c.name, o.id, c.id AS other FROM orders o JOIN customers c ON c.id > o.customer WHERE {range}"
                    + " | 'name', name, 'id', id, 'other', other | key: [c.name, o.id], split-by: o.id",
            // Expressions and names of the query's own.
            "SELECT -id AS id, total * 2 AS twice FROM orders WHERE {range}"
                    + " | 'id', id, 'twice', twice | key: [id], split-by: id",
            "SELECT CONCAT('K', UPPER(name)) AS code, id * id AS square FROM customers WHERE {range}"
                    + " | 'code', code, 'square', square | key: [code], split-by: square",
            // Sums.
            "SELECT customer, COUNT(*) AS n, SUM(total) AS total FROM orders WHERE {range} AND customer > 0 GROUP BY customer"
                    + " | 'customer', customer, 'n', n, 'total', total | key: [customer], split-by: customer",
            "SELECT customer, COUNT(*) AS n FROM orders WHERE customer > 0 GROUP BY customer HAVING {range}"
                    + " | 'customer', customer, 'n', n | key: [customer], split-by: n",
            // One half alone is bounded inside.
            "SELECT id, 'o' AS kind FROM orders UNION ALL SELECT id, 'c' FROM customers WHERE {range}"
                    + " | 'id', id, 'kind', kind | key: [kind, id], split-by: id",
            // An ENUM that is not seen to be one: it is ordered by numbers.
            "SELECT q.grade, q.id FROM (SELECT grade, id FROM customers) q WHERE {range}"
                    + " | 'grade', grade, 'id', id | key: [grade, id], split-by: grade",
            "WITH big AS (SELECT id, total FROM orders WHERE total > 9) SELECT big.id, big.total FROM big WHERE {range}"
                    + " | 'id', id, 'total', total | key: [big.id], split-by: big.id",
            // A comment at its end must not hide what follows.
            "SELECT id, at FROM orders WHERE {range} -- all"
                    + " | 'id', id, 'at', REPLACE(at, ' ', 'T') | key: [id], split-by: at",
            "SELECT id FROM orders WHERE {range}"
                    + " | 'id', id | key: [id], split-by: id, boundary-query: 'SELECT MIN(id), MAX(id) FROM orders'");

    @Test
    void shouldImportEachRowOfAQueryOnce() throws Exception {
        List<String> tables = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < QUERIES.size(); i++) {
            String[] parts = QUERIES.get(i).split("\\|", -1);
            String query = parts[0].strip();
            List<String> rows = world.column("SELECT JSON_COMPACT(JSON_OBJECT(" + parts[1] + ")) FROM ("
                    + query.replace("{range}", "TRUE") + "\n) q");
            assertThat(rows).as(query).hasSizeGreaterThan(10);
            expected.addAll(rows);
            tables.add("q" + i + ": {query: \"" + query + "\", " + parts[2].strip() + "}");
        }
        world.importAll("{" + String.join(", ", tables) + "}");
        assertThat(world.records()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void shouldGiveKeyAndTypesOfTheResult() throws Exception {
        world.sql(
                "CREATE TABLE t (id bigint unsigned PRIMARY KEY, js json, b bit(3), bl blob, ts timestamp(2) NULL, e enum('x'));"
                        + " INSERT INTO t VALUES (18446744073709551615, '{\"a\": 1}', 5, X'00FF', '2026-03-29 02:30:00.5', 'x')");
        world.set("sinks.files.format=envelope");
        world.importAll("{q: {query: \"SELECT id, js, b, b + 0 AS n, bl, ts, COALESCE(ts, ts) AS same, e,"
                + " CAST('1.50' AS DECIMAL(5,2)) AS d, NULL AS none, DATE('2026-01-02') AS day FROM t WHERE {range}\","
                + " key: [id], split-by: id}}");
        assertThat(world.records())
                .singleElement()
                .asString()
                .contains("[\\\"q\\\",18446744073709551615]", "\"stream\":\"q/0\"")
                .contains("\"value\":\"{\\\"id\\\":18446744073709551615,\\\"js\\\":{\\\"a\\\": 1},"
                        + "\\\"b\\\":5,\\\"n\\\":5,\\\"bl\\\":\\\"AP8=\\\",\\\"ts\\\":\\\"2026-03-29T02:30:00.50Z\\\","
                        + "\\\"same\\\":\\\"2026-03-29T02:30:00.50Z\\\",\\\"e\\\":\\\"x\\\",\\\"d\\\":1.50,\\\"none\\\":null,"
                        + "\\\"day\\\":\\\"2026-01-02\\\"}\"");
    }

    @Test
    void shouldEmbedAnExpressionThatIsJson() throws Exception {
        assumeThat(MysqlQueryIT.class.getResource("/com/mysql/cj/jdbc/Driver.class"))
                .as("MySQL's own driver does not tell it from a text")
                .isNull();
        world.sql("CREATE TABLE t (id int PRIMARY KEY, js json); INSERT INTO t VALUES (1, '{\"a\": 1}')");
        world.importAll(
                "{q: {query: \"SELECT id, COALESCE(js, js) AS js FROM t WHERE {range}\", key: [id], split-by: id}}");
        assertThat(world.records()).containsExactly("{\"id\":1,\"js\":{\"a\": 1}}");
    }

    /** Queries, their settings, and why they are refused. */
    private static final List<String> REFUSED = List.of(
            "SELECT id FROM orders WHERE {range} | key: [other], split-by: id | has no column other, which the setting key names",
            "SELECT id FROM orders WHERE {range} | key: [id], split-by: other | which the setting split-by names; it has id",
            "SELECT customer AS id FROM orders WHERE {range} | key: [id], split-by: id | is NULL in some rows",
            "SELECT o.id FROM orders o, customers c WHERE {range} | key: [o.id], split-by: o.id | several rows with the same id",
            "SELECT UPPER(grade) AS g FROM customers WHERE {range} | key: [g], split-by: g | several rows with the same g",
            "SELECT id FROM orders WHERE {range} LIMIT 100 | key: [id], split-by: id | does not give the same rows",
            "SELECT id, at FROM orders WHERE {range} ORDER BY at LIMIT 9 | key: [id], split-by: at | does not give the same rows",
            "SELECT o.id FROM orders o JOIN (SELECT o.id FROM customers o WHERE {range}) c ON o.id > c.id * 40 - 200"
                    + " | key: [id], split-by: id | several rows with the same id",
            "SELECT o.id FROM orders o WHERE o.id > (SELECT MIN(o.id) FROM customers o WHERE {range})"
                    + " | key: [o.id], split-by: o.id | does not give the same rows",
            "SELECT o.id FROM orders o WHERE {range} | key: [x.id], split-by: id | knows no x.id where it has {range}",
            "SELECT grade FROM customers WHERE {range} | key: [grade], split-by: grade | is of type enum",
            "SELECT id, total * 1e0 AS f FROM orders WHERE {range} | key: [id], split-by: f | is of type double",
            "SELECT o.id, c.id FROM orders o, customers c WHERE {range} | key: [o.id], split-by: o.id | two columns id");

    @Test
    void shouldRefuseByName() throws Exception {
        List<String> tables = new ArrayList<>(List.of("customers: {}"));
        for (int i = 0; i < REFUSED.size(); i++) {
            String[] parts = REFUSED.get(i).split("\\|", -1);
            tables.add("q" + i + ": {query: \"" + parts[0].strip() + "\", " + parts[1].strip() + "}");
        }
        world.start("{" + String.join(", ", tables) + "}");
        for (int i = 0; i < REFUSED.size(); i++) {
            String[] parts = REFUSED.get(i).split("\\|", -1);
            assertThat(world.await(
                                    "q" + i,
                                    now -> now.state().equals("stopped")
                                            || now.state().equals("done"))
                            .error())
                    .as(parts[0])
                    .contains(parts[2].strip());
        }
        world.await("customers", now -> now.state().equals("done"));
    }

    @Test
    void shouldGoOnInTheMiddleOfAQuery() throws Exception {
        world.set("sources.db.fetch=50");
        world.sql(
                "CREATE TABLE t (id int PRIMARY KEY, c int); INSERT INTO t SELECT seq, seq % 20 + 1 FROM seq_1_to_10000");
        String query = "SELECT t.id AS n, c.name FROM t JOIN customers c ON c.id = t.c WHERE {range}";
        String tables = "{q: {query: \"" + query + "\", key: [n], split-by: n}}";
        long before = 0;
        for (int start = 0; start < 4; start++) {
            world.start(tables);
            long rows = before;
            before = world.await("q", now -> now.rows() > rows || now.state().equals("done"))
                    .rows();
            world.stop();
        }
        world.start(tables.replace("c.name", "c.id"));
        assertThat(world.await("q", now -> now.state().equals("stopped")).error())
                .contains("the settings changed", "query", "--replan q");
        world.stop();
        world.importAll(tables);
        assertThat(world.records())
                .containsExactlyInAnyOrderElementsOf(
                        world.column("SELECT JSON_COMPACT(JSON_OBJECT('n', n, 'name', name))" + " FROM ("
                                + query.replace("{range}", "TRUE") + ") q"));
    }

    @Test
    void shouldStopWhereTheResultChanged() throws Exception {
        world.set("sources.db.fetch=5").set("sources.db.ranges=1");
        String tables = "{q: {query: \"SELECT id, total FROM orders WHERE {range}\", key: [id], split-by: id}}";
        world.start(tables);
        world.await("q", now -> now.rows() > 0);
        world.stop();
        world.sql("ALTER TABLE orders MODIFY total double");
        world.start(tables);
        ServerStatus.Table stopped = world.await(
                "q", now -> now.state().equals("stopped") || now.state().equals("done"));
        assertThat(stopped.error()).contains("column total of table q changed from decimal(10,2)", "--replan q");
    }

    @Test
    void shouldSayWhatItWouldImport() throws Exception {
        world.set("sources.db.ranges=2");
        assertThat(report("SELECT o.id FROM orders o WHERE {range}", "key: [o.id], split-by: o.id"))
                .containsExactly(
                        "source db: table q: rows: about 200, key: id, split by: id, ranges: 2",
                        "source db: table q: range 0: from the beginning up to 200",
                        "source db: table q: range 1: from behind 200 up to 500");
        assertThat(report("SELECT o.id + 0 AS id FROM orders o WHERE {range}", "key: [id], split-by: id"))
                .anyMatch(line -> line.contains("{range} cannot be bounded by column id"));
    }

    private List<String> report(String query, String keys) {
        return SourceTypes.of(world.settings("{q: {query: \"" + query + "\", " + keys + "}}"))
                .get(0)
                .connectionReport();
    }
}
