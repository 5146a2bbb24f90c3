package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code validate --connect} says of tables in real databases, before a record is sent there. */
class JdbcConnectIT {

    private static final String BY_ID = "{key: json:/id}";
    private static final String PEOPLE = "table: people, key: [id]";

    @TempDir
    Path folder;

    private AutoCloseable database;
    private DatabaseWorld world;
    private String url;

    private void startPostgres(String schema) throws Exception {
        DatabaseProcess postgres = DatabaseProcess.postgres();
        database = postgres;
        url = postgres.createDatabase("people", Files.writeString(folder.resolve("schema.sql"), schema));
        world = new DatabaseWorld(folder, url);
    }

    private void startMariaDb(String schema) throws Exception {
        DatabaseProcess mariaDb = DatabaseProcess.mariaDb();
        database = mariaDb;
        url = mariaDb.createDatabase("people", Files.writeString(folder.resolve("schema.sql"), schema));
        world = new DatabaseWorld(folder, url);
    }

    @AfterEach
    void close() throws Exception {
        if (world != null) {
            world.close();
        }
        stopDatabase();
    }

    private void stopDatabase() throws Exception {
        if (database != null) {
            database.close();
            database = null;
        }
    }

    /** A sink of its own user. */
    private String as(String user, String password, String sink) {
        return "type: jdbc, url: \"" + url.replaceFirst("[?].*", "") + "\", user: " + user + ", password: " + password
                + ", " + sink;
    }

    private void assertProblem(String bucket, String sink, String... parts) {
        assertThat(world.connectionProblems(bucket, sink))
                .singleElement()
                .asString()
                .contains(parts);
    }

    private void assertFine(String bucket, String sink) {
        assertThat(world.connectionProblems(bucket, sink)).isEmpty();
    }

    @Test
    void shouldSayWhatIsWrongWithATableOfPostgres() throws Exception {
        startPostgres("""
                CREATE EXTENSION citext;
                CREATE TABLE people (id bigint PRIMARY KEY, name text, seen int);
                CREATE TABLE mails (mail citext PRIMARY KEY, owner citext);
                CREATE TABLE heap (id bigint);
                CREATE ROLE stranger LOGIN;
                """);
        assertFine(BY_ID, PEOPLE);
        assertThat(world.query("SELECT count(*) FROM people")).containsExactly("0");
        assertThat(world.query("SELECT to_regclass('decant_ledger')")).containsExactly("null");
        assertProblem(BY_ID, "table: nowhere, key: [id]", "sink db: table nowhere does not exist");
        assertProblem(BY_ID, "table: heap, key: [id]", "no unique index on (id)", "add one, or set key");
        assertProblem(BY_ID, PEOPLE + ", newer-by: version", "has no column version; it has id, name, seen");
        assertProblem(
                BY_ID,
                "table: people, key: [id], columns: {id: /id, nmae: /name}",
                "has no column nmae; it has id, name, seen");
        world.execute("CREATE UNIQUE INDEX ON people (name)");
        assertFine(BY_ID, PEOPLE);
        assertThat(world.connectionHints(BY_ID, PEOPLE))
                .singleElement()
                .asString()
                .contains("another unique index, on (name)", "unless bucket.keys names them, too");
        assertFine("{keys: {id: json:/id, name: json:/name}}", PEOPLE);
        String mails = "table: mails, key: [mail]";
        assertProblem(
                "{key: json:/mail}", mails, "column mail of table mails treats texts as equal", "bucket.fold: case,");
        assertFine("{key: json:/mail, fold: case}", mails);
        assertFine("{key: json:/mail}", "table: mails, mode: insert");
        assertProblem(
                BY_ID,
                as("nobody", "xyzzy", PEOPLE),
                "no connection to jdbc:postgresql://127.0.0.1:",
                "role \"nobody\" does not exist",
                "the server would start and keep trying");
        assertThat(world.connectionProblems(BY_ID, as("nobody", "xyzzy", PEOPLE))
                        .toString())
                .doesNotContain("xyzzy");
        stopDatabase();
        assertProblem(BY_ID, PEOPLE, "no connection to jdbc:postgresql://127.0.0.1:", "refused");
    }

    @Test
    void shouldSayWhatIsWrongWithATableOfMariaDb() throws Exception {
        startMariaDb("""
                CREATE TABLE people (id bigint PRIMARY KEY, name varchar(20), seen int);
                CREATE TABLE mails (mail varchar(50) COLLATE utf8mb4_general_ci PRIMARY KEY, seen int);
                CREATE TABLE accents (mail varchar(50) COLLATE uca1400_as_ci PRIMARY KEY);
                CREATE TABLE bytes (mail varchar(50) COLLATE utf8mb4_bin PRIMARY KEY);
                CREATE TABLE heap (id bigint);
                CREATE TABLE old (id bigint PRIMARY KEY) ENGINE = Aria;
                CREATE USER guarded IDENTIFIED BY 'plugh';
                """);
        assertFine(BY_ID, PEOPLE);
        assertThat(world.query("SELECT count(*) FROM people")).containsExactly("0");
        assertThat(world.query("SHOW TABLES LIKE 'decant%'")).isEmpty();
        assertProblem(BY_ID, "table: nowhere, key: [id]", "sink db: table nowhere does not exist");
        assertProblem(BY_ID, "table: heap, key: [id]", "no unique index on (id)", "add one, or set key");
        assertProblem(BY_ID, "table: old, key: [id]", "engine Aria, which has no transactions");
        assertProblem(BY_ID, PEOPLE + ", newer-by: version", "has no column version; it has id, name, seen");
        assertProblem(
                BY_ID,
                "table: people, key: [id], columns: {id: /id, nmae: /name}",
                "has no column nmae; it has id, name, seen");
        world.execute("CREATE UNIQUE INDEX by_name ON people (name)");
        assertThat(world.connectionProblems(BY_ID, PEOPLE))
                .anySatisfy(problem -> assertThat(problem).contains("another unique index, on (name)", "bucket.keys"));
        String both = "{keys: {id: json:/id, name: json:/name}, fold: %s}";
        assertProblem(both.formatted("none"), PEOPLE, "column name of table people", "bucket.fold: case-accent");
        assertFine(both.formatted("case-accent"), PEOPLE);
        String mails = "table: mails, key: [mail]";
        assertProblem(
                "{key: json:/mail}", mails, "column mail of table mails treats texts as equal", "case-accent, or");
        assertProblem("{key: json:/mail, fold: case}", mails, "bucket.fold: case-accent, or");
        assertFine("{key: json:/mail, fold: case-accent}", mails);
        assertProblem("{key: json:/mail}", "table: accents, key: [mail]", "bucket.fold: case, or");
        assertFine("{key: json:/mail, fold: case}", "table: accents, key: [mail]");
        assertFine("{key: json:/mail}", "table: bytes, key: [mail]");
        assertFine("{key: json:/mail}", "table: mails, mode: insert");
        assertProblem(
                BY_ID,
                as("guarded", "xyzzy", PEOPLE),
                "no connection to jdbc:mariadb://127.0.0.1:",
                "Access denied for user 'guarded'",
                "the server would start and keep trying");
        assertThat(world.connectionProblems(BY_ID, as("guarded", "xyzzy", PEOPLE))
                        .toString())
                .doesNotContain("xyzzy");
        stopDatabase();
        assertProblem(BY_ID, PEOPLE, "no connection to jdbc:mariadb://127.0.0.1:", "refused");
    }

    /** Whatever the settings could say of letters, keys of Kafka are compared by their bytes. */
    @Test
    void shouldAdviseNoFoldForKeysOfKafka() throws Exception {
        startMariaDb("CREATE TABLE mails (mail varchar(50) COLLATE utf8mb4_general_ci PRIMARY KEY)");
        assertThat(world.connectionProblems("{key: kafka-key}", "table: mails, key: [mail]"))
                .singleElement()
                .asString()
                .contains("give the column a type or collation")
                .doesNotContain("fold");
    }
}
