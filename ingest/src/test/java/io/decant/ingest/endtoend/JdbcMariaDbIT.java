package io.decant.ingest.endtoend;

import static io.decant.ingest.server.Await.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.admin.ServerStatus;
import io.decant.ingest.journal.JournalException;
import io.decant.ingest.pipeline.ReplayRange;
import io.decant.ingest.pipeline.StartOptions;
import io.decant.ingest.server.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a database sink writes to a real MariaDB. */
class JdbcMariaDbIT {

    private static final String BY_ID = "{key: json:/id}";
    private static final String ACCOUNTS = "table: accounts, key: [id]";

    private static DatabaseProcess mariaDb;
    private static int databases;

    @TempDir
    Path folder;

    private DatabaseWorld world;
    private String url;

    @BeforeEach
    void createDatabase() throws Exception {
        // Once for all, but here: each test that is skipped says why.
        if (mariaDb == null) {
            mariaDb = DatabaseProcess.mariaDb();
        }
        Path schema = Files.writeString(folder.resolve("schema.sql"), """
                CREATE TABLE accounts
                    (id bigint PRIMARY KEY, name varchar(20) DEFAULT 'nobody', amount decimal(12, 2), seen int);
                CREATE TABLE history
                    (place bigint AUTO_INCREMENT PRIMARY KEY, id bigint, name text, amount decimal(20, 2), seen int);
                """);
        url = mariaDb.createDatabase("jdbc_" + ++databases, schema);
        world = new DatabaseWorld(folder, url);
    }

    @AfterEach
    void close() throws Exception {
        if (world != null) {
            world.close();
        }
    }

    @AfterAll
    static void stopMariaDb() throws Exception {
        if (mariaDb != null) {
            mariaDb.close();
        }
    }

    private static Map<String, String> sinks(String... namesAndSinks) {
        Map<String, String> sinks = new LinkedHashMap<>();
        for (int i = 0; i < namesAndSinks.length; i += 2) {
            sinks.put(namesAndSinks[i], namesAndSinks[i + 1]);
        }
        return sinks;
    }

    /** Ends the server, too: what it says of its letters is on disk then. */
    private String lettersAtTheEnd() throws Exception {
        world.stop();
        return String.join("\n", world.letters());
    }

    @Test
    void shouldKeepTheNewestVersionOfEachRowAndEveryVersionInAHistory() throws Exception {
        world.start(BY_ID, sinks("db", ACCOUNTS, "all", "table: history, mode: insert"));
        world.sendAndAwait(
                "{\"id\":1,\"name\":\"Ada\",\"amount\":1.10}",
                "{\"id\":2,\"name\":\"Bob\",\"amount\":2}",
                "{\"id\":1,\"name\":\"Ada L.\",\"amount\":1.20}",
                " {\"id\": 1 , \"amount\": 12345678.90 } ");
        assertThat(world.query("SELECT id, name, amount FROM accounts ORDER BY id"))
                .containsExactly("1|Ada L.|12345678.90", "2|Bob|2.00");
        assertThat(world.query("SELECT id, name, amount FROM history WHERE id = 1 ORDER BY place"))
                .containsExactly("1|Ada|1.10", "1|Ada L.|1.20", "1|null|12345678.90");
        assertThat(world.query("SELECT count(*) FROM history")).containsExactly("4");
        assertThat(world.stop()).isTrue();
    }

    @Test
    void shouldTakeTheDefaultOfAColumnThatAnInsertedRecordLacksAndLeaveItInAnUpdate() throws Exception {
        world.start(BY_ID, sinks("db", ACCOUNTS));
        world.sendAndAwait(
                "{\"id\":1}",
                "{\"id\":2,\"name\":null}",
                "{\"id\":3,\"name\":\"C\",\"seen\":7}",
                "{\"id\":4,\"name\":\"D\",\"seen\":null}",
                "{\"id\":5,\"name\":null,\"seen\":9}");
        world.sendAndAwait("{\"id\":1,\"seen\":1}", "{\"id\":3,\"seen\":8}");
        assertThat(world.query("SELECT id, name, seen FROM accounts ORDER BY id"))
                .containsExactly("1|nobody|1", "2|null|null", "3|C|8", "4|D|null", "5|null|9");
    }

    @Test
    void shouldTakeTheTypesOfTheColumns() throws Exception {
        world.execute("CREATE TABLE typed (id uuid PRIMARY KEY, n decimal(40, 20), at timestamp(3) NULL,"
                + " plain datetime(6), bytes varbinary(8), fixed binary(4), yes boolean, no bit(1), flags bit(4),"
                + " word varchar(5), code char(3), big bigint unsigned, kind enum('a', 'b'), size double, day date)");
        String database = url.replaceFirst(".*/", "").replaceFirst("[?].*", "");
        world.start(BY_ID, sinks("db", "table: " + database + ".typed, key: [id]"));
        world.sendAndAwait(
                "{\"id\":\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\",\"n\":12345678901234567890.12345678901234567890,"
                        + "\"at\":\"2026-11-29T12:00:00.5+02:00\",\"plain\":\"2026-11-29T12:00\",\"bytes\":\"\\u00e9\","
                        + "\"fixed\":\"ab\","
                        + "\"yes\":true,\"no\":false,\"flags\":5,\"word\":true,\"code\":\"\\u00e9\\n\","
                        + "\"big\":18446744073709551615,\"kind\":\"b\",\"size\":1.5e300,\"day\":\"2026-11-29\"}");
        world.execute("SET time_zone = '+00:00'");
        assertThat(world.query("SELECT id, n, CAST(at AS CHAR), plain, hex(bytes), hex(fixed), yes + 0, no + 0,"
                        + " flags + 0, word, code, big, kind, size, day FROM typed"))
                .containsExactly("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|12345678901234567890.12345678901234567890"
                        + "|2026-11-29 10:00:00.500|2026-11-29 12:00:00.000000|C3A9|61620000|1|0|5|true|\u00e9\n"
                        + "|18446744073709551615|b|1.5e300|2026-11-29");
    }

    @Test
    void shouldTakeATimeWithAnOffsetForTheSameTimeInUtc() throws Exception {
        world.execute("CREATE TABLE times (id int PRIMARY KEY, at timestamp(6) NULL, plain datetime)");
        world.start(BY_ID, sinks("db", "table: times, key: [id]"));
        world.sendAndAwait(
                "{\"id\":1,\"at\":\"2026-11-29T23:30:00.123456-01:00\",\"plain\":\"2026-11-29T23:30:00Z\"}",
                "{\"id\":2,\"at\":\"2026-11-29 23:30:00z\",\"plain\":\"2026-11-29\"}",
                "{\"id\":3,\"at\":\"2026-11-29 25:30:00Z\"}");
        world.execute("SET time_zone = '+00:00'");
        assertThat(world.query("SELECT * FROM times ORDER BY id"))
                .containsExactly(
                        "1|2026-11-30 00:30:00.123456|2026-11-29 23:30:00",
                        "2|2026-11-29 23:30:00.000000|2026-11-29 00:00:00");
        assertThat(lettersAtTheEnd()).contains("Incorrect datetime value: '2026-11-29 25:30:00Z'");
    }

    @Test
    void shouldKeepEveryJsonValueAsItIsInAColumnOfJson() throws Exception {
        world.execute("CREATE TABLE documents (id int PRIMARY KEY, doc json, text longtext)");
        world.start(BY_ID, sinks("db", "table: documents, key: [id]"));
        world.sendAndAwait(
                "{\"id\":1,\"doc\":\"a string\",\"text\":\"a string\"}",
                "{\"id\":2,\"doc\":true,\"text\":true}",
                "{\"id\":3,\"doc\":1.50,\"text\":1.50}",
                "{\"id\":4,\"doc\":{\"a\": [1, {\"b\":null}]},\"text\":{\"a\": [1, {\"b\":null}]}}",
                "{\"id\":5,\"doc\":null,\"text\":null}");
        assertThat(world.query("SELECT id, doc, text FROM documents ORDER BY id"))
                .containsExactly(
                        "1|\"a string\"|a string",
                        "2|true|true",
                        "3|1.50|1.50",
                        "4|{\"a\": [1, {\"b\":null}]}|{\"a\": [1, {\"b\":null}]}",
                        "5|null|null");
    }

    @Test
    void shouldBringWhatTheDatabaseRefusesToTheDeadLettersAndWriteTheRest() throws Exception {
        world.execute("CREATE TABLE strict (id int PRIMARY KEY, must int NOT NULL, amount decimal(12, 2),"
                + " seen int CHECK (seen < 100), name varchar(5), at datetime, kind enum('a', 'b'))");
        world.start(BY_ID, sinks("db", "table: strict, key: [id]"));
        world.send(
                "{\"id\":1,\"must\":0,\"amount\":1}",
                "{\"id\":2,\"must\":0,\"amount\":\"a lot\"}",
                "{\"id\":3,\"must\":0,\"amount\":99999999999}",
                "{\"id\":4,\"must\":0,\"seen\":100}",
                "not json",
                "[1]",
                "{\"id\":5,\"must\":0,\"nmae\":\"Eve\"}",
                "{\"must\":0}",
                "{\"id\":null,\"must\":0}",
                "{\"id\":6,\"must\":0,\"name\":\"longer\"}",
                "{\"id\":7,\"must\":0,\"at\":\"2026-02-30\"}",
                "{\"id\":8,\"must\":0,\"kind\":\"c\"}",
                "{\"id\":9,\"must\":0,\"seen\":\"12x\"}",
                "{\"id\":10,\"must\":null}",
                "{\"id\":11,\"amount\":1}",
                "{\"id\":12,\"must\":0,\"name\":\"\\ud83d\"}",
                "{\"id\":13,\"must\":0,\"name\":\"\\ud83d\\ude00\"}",
                "{\"id\":14,\"must\":0,\"amount\":7}");
        ServerStatus status = world.awaitDelivered();
        assertThat(world.query("SELECT id, amount, name FROM strict ORDER BY id"))
                .containsExactly("1|1.00|null", "13|null|\ud83d\ude00", "14|7.00|null");
        assertThat(status.sinks().get("db").deadLetters().values().stream()
                        .mapToLong(Number::longValue)
                        .sum())
                .isEqualTo(15);
        assertThat(lettersAtTheEnd())
                .contains(
                        "Incorrect decimal value: 'a lot'",
                        "Out of range value for column 'amount'",
                        "CONSTRAINT `strict.seen` failed",
                        "not a column of strict: nmae",
                        "column id of the key",
                        "Data too long for column 'name'",
                        "Incorrect datetime value: '2026-02-30'",
                        "Data truncated for column 'kind'",
                        "Data truncated for column 'seen'",
                        "Column 'must' cannot be null",
                        "Field 'must' doesn't have a default value",
                        "column name is not valid Unicode");
    }

    @Test
    void shouldRefuseARecordThatIsLargerThanAPacketMayBe() throws Exception {
        world.execute("CREATE TABLE texts (id int PRIMARY KEY, text longtext)");
        world.execute("SET GLOBAL max_allowed_packet = 262144");
        try {
            world.start(BY_ID, sinks("db", "table: texts, key: [id]"));
            String half = "x".repeat(150_000);
            world.sendAndAwait(
                    "{\"id\":1,\"text\":\"" + half + "\"}",
                    "{\"id\":2,\"text\":\"" + half + half + "\"}",
                    "{\"id\":3,\"text\":\"" + half + "\"}");
        } finally {
            world.execute("SET GLOBAL max_allowed_packet = DEFAULT");
        }
        assertThat(world.query("SELECT id, length(text) FROM texts ORDER BY id"))
                .containsExactly("1|150000", "3|150000");
        assertThat(lettersAtTheEnd()).contains("max_allowed_packet");
    }

    @Test
    void shouldRefuseInAHistoryWhatIsThereAlready() throws Exception {
        world.execute("ALTER TABLE history ADD UNIQUE (name(50))");
        world.start(BY_ID, sinks("all", "table: history, mode: insert, concurrency: 1"));
        world.sendAndAwait("{\"id\":1,\"name\":\"A\"}", "{\"id\":2,\"name\":\"A\"}", "{\"id\":3,\"name\":\"B\"}");
        assertThat(world.query("SELECT id, name FROM history ORDER BY id")).containsExactly("1|A", "3|B");
        assertThat(lettersAtTheEnd()).contains("Duplicate entry 'A' for key 'name'");
    }

    @Test
    void shouldBringWhatATriggerRaisesToTheDeadLetters() throws Exception {
        world.execute("CREATE TRIGGER picky BEFORE INSERT ON accounts FOR EACH ROW"
                + " IF NEW.name = 'X' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not X'; END IF");
        world.start(BY_ID, sinks("db", ACCOUNTS));
        world.sendAndAwait("{\"id\":1,\"name\":\"A\"}", "{\"id\":2,\"name\":\"X\"}");
        assertThat(world.query("SELECT id, name FROM accounts")).containsExactly("1|A");
        assertThat(lettersAtTheEnd()).contains("not X");
    }

    @Test
    void shouldKeepZeroWhereTheDatabaseCounts() throws Exception {
        world.execute("CREATE TABLE counted (id int AUTO_INCREMENT PRIMARY KEY, seen int)");
        world.start(BY_ID, sinks("db", "table: counted, key: [id]"));
        world.sendAndAwait("{\"id\":0,\"seen\":1}", "{\"id\":0,\"seen\":2}");
        assertThat(world.query("SELECT id, seen FROM counted")).containsExactly("0|2");
    }

    @Test
    void shouldTakeColumnsFromWherePointersLeadAndDeleteRows() throws Exception {
        String bucket = "{keys: {id: {any-of: [json:/before/id, json:/after/id]}}}";
        world.start(
                bucket,
                sinks(
                        "db",
                        "table: accounts, key: [id], columns: {id: /after/id, name: /after/name}, delete-if: /op=d"));
        world.sendAndAwait(
                "{\"op\":\"c\",\"before\":null,\"after\":{\"id\":1,\"name\":\"A\",\"more\":0}}",
                "{\"op\":\"c\",\"after\":{\"id\":2,\"name\":\"B\"}}",
                "{\"op\":\"u\",\"after\":{\"id\":1,\"name\":\"A2\"}}",
                "{\"op\":\"d\",\"after\":{\"id\":2}}",
                "{\"op\":\"d\",\"after\":{\"id\":3}}",
                // For the database that is 1, with a warning that nobody would read.
                "{\"op\":\"d\",\"after\":{\"id\":\"1x\"}}");
        assertThat(world.query("SELECT id, name FROM accounts")).containsExactly("1|A2");
        assertThat(lettersAtTheEnd()).contains("column id is not a number: 1x");
    }

    @Test
    void shouldWritePartsOfManySetsOfMembersAtOnce() throws Exception {
        StringBuilder columns = new StringBuilder();
        IntStream.range(0, 8).forEach(i -> columns.append(", c").append(i).append(" int"));
        world.execute("CREATE TABLE wide (id int PRIMARY KEY" + columns + ")");
        world.start(BY_ID, sinks("db", "table: wide, key: [id], concurrency: 1"));
        String[] lines = IntStream.range(0, 256)
                .mapToObj(set -> {
                    StringBuilder line = new StringBuilder("{\"id\":" + set);
                    IntStream.range(0, 8)
                            .filter(i -> (set >> i & 1) == 1)
                            .forEach(i ->
                                    line.append(",\"c").append(i).append("\":").append(set));
                    return line.append('}').toString();
                })
                .toArray(String[]::new);
        world.sendAndAwait(lines);
        assertThat(world.query("SELECT count(*), sum(c0), sum(c7) FROM wide")).containsExactly("256|16384|24512");
    }

    @Test
    void shouldWaitForATableThatIsNotThereAndSayWhatIsMissing() throws Exception {
        // Another one, on a machine whose files have names of either case.
        world.execute("CREATE TABLE Later (id int PRIMARY KEY)");
        world.start(BY_ID, sinks("db", "table: later, key: [id]"));
        world.send("{\"id\":1,\"more\":2}");
        assertThat(world.awaitError("db", "table later does not exist").state()).isEqualTo("failing");
        world.execute("CREATE TABLE later (id int, more int) ENGINE = MyISAM");
        world.awaitError("db", "engine MyISAM, which has no transactions");
        world.execute("ALTER TABLE later ENGINE = InnoDB");
        world.awaitError("db", "no unique index on (id)");
        world.execute("ALTER TABLE later ADD PRIMARY KEY (id)");
        world.awaitDelivered();
        assertThat(world.query("SELECT id, more FROM later")).containsExactly("1|2");
    }

    @Test
    void shouldGoOnWhereATableIsAltered() throws Exception {
        world.start(BY_ID, sinks("db", ACCOUNTS));
        world.sendAndAwait("{\"id\":1}");
        world.execute("ALTER TABLE accounts ADD COLUMN mail text");
        world.sendAndAwait("{\"id\":1,\"mail\":\"a@b\"}");
        world.execute("ALTER TABLE accounts MODIFY seen text, DROP COLUMN amount");
        world.sendAndAwait("{\"id\":1,\"seen\":\"often\"}");
        assertThat(world.query("SELECT id, mail, seen FROM accounts")).containsExactly("1|a@b|often");
        assertThat(world.letters()).isEmpty();
    }

    @Test
    void shouldUpdateNoRowByAUniqueIndexThatIsNotItsKeys() throws Exception {
        world.execute("ALTER TABLE accounts ADD UNIQUE by_name (name)");
        world.start(BY_ID, sinks("db", ACCOUNTS));
        world.send("{\"id\":1,\"name\":\"A\"}");
        ServerStatus.Sink sink = world.awaitError("db", "another unique index, on (name)");
        assertThat(sink.state()).isEqualTo("failing");
        assertThat(sink.lastError()).contains("name its values in bucket.keys, too, or drop it");
        assertThat(world.query("SELECT * FROM accounts")).isEmpty();
        world.execute("ALTER TABLE accounts DROP INDEX by_name, ADD UNIQUE by_start (name(3))");
        world.awaitError("db", "unique index on beginnings of (name)");
        world.execute("ALTER TABLE accounts DROP INDEX by_start");
        world.awaitDelivered();
        assertThat(world.query("SELECT id, name FROM accounts")).containsExactly("1|A");
    }

    @Test
    void shouldTakeASecondUniqueIndexThatBucketsAreToldApartByToo() throws Exception {
        world.execute("ALTER TABLE accounts ADD UNIQUE by_name (name)");
        world.start("{keys: {id: json:/id, name: json:/name}, fold: case-accent}", sinks("db", ACCOUNTS));
        world.sendAndAwait("{\"id\":1,\"name\":\"A\"}", "{\"id\":2,\"name\":\"B\"}", "{\"id\":1,\"name\":\"C\"}");
        assertThat(world.query("SELECT id, name FROM accounts ORDER BY id")).containsExactly("1|C", "2|B");
    }

    @Test
    void shouldTryAgainAfterADeadlockWithAnotherClient() throws Exception {
        world.execute("INSERT INTO accounts (id, seen) VALUES (1, 0), (2, 0)");
        world.start(BY_ID, sinks("db", ACCOUNTS + ", concurrency: 1"));
        try (Connection other = DriverManager.getConnection(url);
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            // It has changed more, so it is not the one that the database gives up.
            statement.execute("INSERT INTO history (id) SELECT seq FROM seq_1_to_1000");
            statement.execute("UPDATE accounts SET seen = 5 WHERE id = 2");
            world.send("{\"id\":1,\"seen\":1}", "{\"id\":2,\"seen\":1}");
            // It has row 1, and waits for row 2.
            awaitLockWait();
            statement.execute("UPDATE accounts SET seen = 5 WHERE id = 1");
            world.awaitError("db", "Deadlock found");
            other.commit();
        }
        ServerStatus status = world.awaitDelivered();
        assertThat(status.sinks().get("db").retries()).isPositive();
        assertThat(world.query("SELECT id, seen FROM accounts ORDER BY id")).containsExactly("1|1", "2|1");
        assertThat(world.letters()).isEmpty();
    }

    @Test
    void shouldTryAgainWhereALockIsNotToBeHadInTime() throws Exception {
        world.execute("INSERT INTO accounts (id, seen) VALUES (1, 0)");
        world.start(BY_ID, sinks("db", ACCOUNTS + ", timeout: 1s"));
        try (Connection other = DriverManager.getConnection(url);
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("UPDATE accounts SET seen = 5 WHERE id = 1");
            world.send("{\"id\":1,\"seen\":1}");
            ServerStatus.Sink sink = world.awaitError("db", "Lock wait timeout exceeded");
            assertThat(sink.state()).isNotEqualTo("failing");
            other.commit();
        }
        world.awaitDelivered();
        assertThat(world.query("SELECT id, seen FROM accounts")).containsExactly("1|1");
        assertThat(world.letters()).isEmpty();
    }

    private void awaitLockWait() throws Exception {
        while (world.query("SHOW GLOBAL STATUS LIKE 'Innodb_row_lock_current_waits'")
                .contains("Innodb_row_lock_current_waits|0")) {
            Thread.onSpinWait();
        }
    }

    @Test
    void shouldWriteEachVersionOnceThoughTheDatabaseIsKilled() throws Exception {
        world.execute("CREATE TABLE gate (id int PRIMARY KEY)");
        world.execute("CREATE TRIGGER gate AFTER INSERT ON history FOR EACH ROW"
                + " INSERT INTO gate SELECT 1 FROM DUAL WHERE NEW.id = 500 ON DUPLICATE KEY UPDATE id = 1");
        Server server = world.start(BY_ID, sinks("all", "table: history, mode: insert, max-records: 100"));
        String[] lines =
                IntStream.range(0, 1000).mapToObj(i -> "{\"id\":" + i + "}").toArray(String[]::new);
        try (Connection other = DriverManager.getConnection(url);
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("INSERT INTO gate VALUES (1)");
            world.send(lines);
            // A part is written by half, and waits.
            awaitLockWait();
            mariaDb.crash();
        }
        await(server, now -> now.sinks().get("all").retries() > 0);
        mariaDb.start();
        world.awaitDelivered();
        world.reconnect();
        assertThat(world.query("SELECT count(*), count(DISTINCT id) FROM history"))
                .containsExactly("1000|1000");
        assertThat(world.letters()).isEmpty();
    }

    @Test
    void shouldNameEachPartInTheLedgerByItsIdempotencyKey() throws Exception {
        world.start(BY_ID, sinks("all", "table: history, mode: insert, ledger: books"));
        world.sendAndAwait("{\"id\":1}", "{\"id\":1}", "{\"id\":2}");
        assertThat(world.query("SELECT regexp_replace(id, '-[0-9a-f]{8}-', '-JOURNAL-') FROM books ORDER BY id"))
                .containsExactly("decant-JOURNAL-all-1-0-0-2", "decant-JOURNAL-all-1-1-0-1");
    }

    /** As after a crash between the commit and the mark. */
    @Test
    void shouldWriteABatchOnceThatComesAgain() throws Exception {
        world.execute("DROP TABLE history");
        world.start(BY_ID, sinks("all", "table: history, mode: insert, max-records: 2"));
        world.send("{\"id\":1}", "{\"id\":2}", "{\"id\":3}", "{\"id\":1}");
        world.awaitError("all", "table history does not exist");
        world.end();
        Path before = world.copyData("before");
        world.execute("CREATE TABLE history (place bigint AUTO_INCREMENT PRIMARY KEY, id bigint)");
        for (int i = 0; i < 2; i++) {
            world.start(BY_ID, sinks("all", "table: history, mode: insert, max-records: 2"));
            world.awaitDelivered();
            world.stop();
            assertThat(world.query("SELECT id, count(*) FROM history GROUP BY id ORDER BY id"))
                    .containsExactly("1|2", "2|1", "3|1");
            world.restoreData(before);
        }
    }

    @Test
    void shouldForgetInTheLedgerWhatNoRestartComesBackTo() throws Exception {
        world.start(BY_ID, sinks("db", ACCOUNTS));
        for (int i = 0; i < 20; i++) {
            world.sendAndAwait("{\"id\":" + i + "}");
        }
        assertThat(Integer.parseInt(
                        world.query("SELECT count(*) FROM decant_ledger").get(0)))
                .isBetween(1, 4);
        assertThat(world.query("SELECT count(*) FROM accounts")).containsExactly("20");
    }

    @Test
    void shouldWriteBatchesAgainThatAreReplayedUpToTheNewest() throws Exception {
        world.start(BY_ID, sinks("db", ACCOUNTS));
        world.sendAndAwait("{\"id\":1,\"seen\":1}");
        world.sendAndAwait("{\"id\":1,\"seen\":2}", "{\"id\":2,\"seen\":1}");
        world.stop();
        world.execute("DELETE FROM accounts");
        world.start(
                BY_ID,
                sinks("db", ACCOUNTS),
                new StartOptions(Set.of(), Optional.of(new ReplayRange("db", 1, OptionalLong.empty()))));
        world.sendAndAwait("{\"id\":3,\"seen\":1}");
        assertThat(world.query("SELECT id, seen FROM accounts ORDER BY id")).containsExactly("1|2", "2|1", "3|1");
    }

    @Test
    void shouldRefuseToGoOnAtAnotherDatabaseUnlessItIsTold() throws Exception {
        world.execute("DROP TABLE accounts");
        Server server = world.start(BY_ID, sinks("db", ACCOUNTS));
        world.send("{\"id\":1}");
        await(server, now -> now.journal().batchesCut() == 1);
        world.end();
        Map<String, String> other = sinks("db", ACCOUNTS + ", ledger: elsewhere");
        assertThatThrownBy(() -> world.start(BY_ID, other))
                .isInstanceOf(JournalException.class)
                .hasMessageContainingAll("'db'", "ledger was decant_ledger", "--accept-moved-sink db");
        world.execute("CREATE TABLE accounts (id int PRIMARY KEY)");
        world.start(BY_ID, other, new StartOptions(Set.of(), Set.of("db"), Optional.empty()));
        world.awaitDelivered();
        assertThat(world.query("SELECT a.id, e.batch FROM accounts a, elsewhere e"))
                .containsExactly("1|1");
    }

    @Test
    void shouldNotOverwriteNewerRows() throws Exception {
        world.start(BY_ID, sinks("db", ACCOUNTS + ", newer-by: seen, delete-if: /name=gone"));
        world.sendAndAwait("{\"id\":1,\"seen\":5,\"name\":\"five\"}", "{\"id\":2,\"seen\":5,\"name\":\"five\"}");
        world.sendAndAwait("{\"id\":1,\"seen\":4,\"name\":\"four\"}", "{\"id\":2,\"seen\":6,\"name\":\"six\"}");
        world.sendAndAwait("{\"id\":1,\"seen\":3,\"name\":\"gone\"}", "{\"id\":3,\"name\":\"no version\"}");
        assertThat(world.query("SELECT id, seen, name FROM accounts ORDER BY id"))
                .containsExactly("1|5|five", "2|6|six");
        world.sendAndAwait("{\"id\":1,\"seen\":5,\"name\":\"gone\"}", "{\"id\":2,\"seen\":10,\"name\":\"ten\"}");
        assertThat(world.query("SELECT id, seen, name FROM accounts")).containsExactly("2|10|ten");
        assertThat(lettersAtTheEnd()).contains("which is newer-by");
    }

    @Test
    void shouldSayWhichStatementsMakeTheLedgerWhereItMayNot() throws Exception {
        String poor = "poor" + databases;
        world.execute("CREATE USER " + poor + "; GRANT SELECT, INSERT, UPDATE ON accounts TO " + poor);
        world.start(
                BY_ID,
                sinks(
                        "db",
                        "type: jdbc, url: \"" + url.replaceFirst("[?].*", "") + "\", user: " + poor
                                + ", retry-max-delay: 200ms, " + ACCOUNTS));
        world.send("{\"id\":1}");
        assertThat(world.awaitError("db", "CREATE TABLE `decant_ledger`").state())
                .isEqualTo("failing");
        world.execute("CREATE TABLE decant_ledger (id varchar(512) PRIMARY KEY, sink varchar(400) NOT NULL,"
                + " batch bigint NOT NULL); GRANT SELECT, INSERT, DELETE ON decant_ledger TO " + poor);
        world.awaitDelivered();
        assertThat(world.query("SELECT id FROM accounts")).containsExactly("1");
    }
}
