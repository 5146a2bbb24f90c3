package io.decant.ingest.endtoend;

import static io.decant.ingest.server.Await.await;
import static java.nio.charset.StandardCharsets.UTF_8;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a database sink writes to a real PostgreSQL. */
class JdbcPostgresIT {

    private static final String BY_ID = "{key: json:/id}";
    private static final String ACCOUNTS = "table: accounts, key: [id]";

    private static DatabaseProcess postgres;
    private static int databases;

    @TempDir
    Path folder;

    private DatabaseWorld world;
    private String url;

    @BeforeEach
    void createDatabase() throws Exception {
        // Once for all, but here: each test that is skipped says why.
        if (postgres == null) {
            postgres = DatabaseProcess.postgres();
        }
        Path schema = Files.writeString(folder.resolve("schema.sql"), """
                CREATE TABLE accounts (id bigint PRIMARY KEY, name text DEFAULT 'nobody', amount numeric(12, 2), seen int);
                CREATE TABLE history (place bigserial PRIMARY KEY, id bigint, name text, amount numeric, seen int);
                """);
        url = postgres.createDatabase("jdbc_" + ++databases, schema);
        world = new DatabaseWorld(folder, url);
    }

    @AfterEach
    void close() throws Exception {
        if (world != null) {
            world.close();
        }
    }

    @AfterAll
    static void stopPostgres() throws Exception {
        if (postgres != null) {
            postgres.close();
        }
    }

    private static Map<String, String> sinks(String... namesAndSinks) {
        Map<String, String> sinks = new LinkedHashMap<>();
        for (int i = 0; i < namesAndSinks.length; i += 2) {
            sinks.put(namesAndSinks[i], namesAndSinks[i + 1]);
        }
        return sinks;
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
        world.sendAndAwait("{\"id\":1}", "{\"id\":2,\"name\":null}", "{\"id\":3,\"name\":\"C\",\"seen\":7}");
        world.sendAndAwait("{\"id\":1,\"seen\":1}", "{\"id\":3,\"seen\":8}");
        assertThat(world.query("SELECT id, name, seen FROM accounts ORDER BY id"))
                .containsExactly("1|nobody|1", "2|null|null", "3|C|8");
    }

    @Test
    void shouldTakeTheTypesOfTheColumns() throws Exception {
        world.execute("CREATE TABLE typed (id uuid PRIMARY KEY, n numeric, at timestamptz, plain timestamp, doc jsonb,"
                + " list int[], bytes bytea, yes boolean, code char(3), big bigint)");
        world.start(BY_ID, sinks("db", "table: public.typed, key: [id]"));
        world.sendAndAwait(
                "{\"id\":\"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11\",\"n\":12345678901234567890.12345678901234567890,"
                        + "\"at\":\"2026-11-29T12:00:00+02:00\",\"plain\":\"2026-11-29 12:00\","
                        + "\"doc\":{\"a\":[1,2,{\"b\":null}]},\"list\":[1,2,3],\"bytes\":\"\\\\x00ff\",\"yes\":true,"
                        + "\"code\":\"\\u00e9\\n\",\"big\":\"9223372036854775807\"}");
        assertThat(world.query(
                        "SELECT id, n, at AT TIME ZONE 'UTC', plain, doc, list, bytes, yes, code, big FROM typed"))
                .containsExactly("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11|12345678901234567890.12345678901234567890"
                        + "|2026-11-29 10:00:00|2026-11-29 12:00:00|{\"a\": [1, 2, {\"b\": null}]}|{1,2,3}"
                        + "|\\x00ff|t|\u00e9\n |9223372036854775807");
    }

    @Test
    void shouldBringWhatTheDatabaseRefusesToTheDeadLettersAndWriteTheRest() throws Exception {
        world.execute("ALTER TABLE accounts ADD CHECK (seen < 100)");
        world.start(BY_ID, sinks("db", ACCOUNTS));
        world.send(
                "{\"id\":1,\"amount\":1}",
                "{\"id\":2,\"amount\":\"a lot\"}",
                "{\"id\":3,\"amount\":99999999999}",
                "{\"id\":4,\"seen\":100}",
                "not json",
                "[1]",
                "{\"id\":5,\"nmae\":\"Eve\"}",
                "{\"name\":\"no id\"}",
                "{\"id\":null}",
                "{\"id\":6,\"name\":\"\\u0000\"}",
                "{\"id\":7,\"amount\":7}");
        ServerStatus status = world.awaitDelivered();
        assertThat(world.query("SELECT id, amount FROM accounts ORDER BY id")).containsExactly("1|1.00", "7|7.00");
        assertThat(status.sinks().get("db").deadLetters().values().stream()
                        .mapToLong(Number::longValue)
                        .sum())
                .isEqualTo(9);
        world.stop();
        assertThat(String.join("\n", world.letters()))
                .contains("22P02", "22003", "23514", "not a column of accounts: nmae", "column id of the key", "22P05");
    }

    @Test
    void shouldLeaveOutMembersThatAreNoColumnsWhereTheSettingsSaySo() throws Exception {
        world.start(BY_ID, sinks("db", ACCOUNTS + ", unknown-members: ignore"));
        world.sendAndAwait("{\"id\":5,\"nmae\":\"Eve\",\"seen\":3}");
        assertThat(world.query("SELECT id, name, seen FROM accounts")).containsExactly("5|nobody|3");
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
                "{\"op\":\"d\",\"after\":{\"id\":3}}");
        assertThat(world.query("SELECT id, name FROM accounts")).containsExactly("1|A2");
    }

    @Test
    void shouldDeleteTheRowsOfKafkasTombstonesInTheirPlace() throws Exception {
        TestBroker broker = TestBroker.shared();
        String topic = broker.newTopic(1);
        broker.send(List.of(
                kafka(topic, "1", "{\"id\":1,\"name\":\"A\"}"),
                kafka(topic, "2", "{\"id\":2,\"name\":\"B\"}"),
                kafka(topic, "1", null),
                kafka(topic, "2", null),
                kafka(topic, "2", "{\"id\":2,\"name\":\"B again\"}"),
                kafka(topic, "3", null),
                kafka(topic, null, null)));
        world.readFrom(
                "{topic: {type: kafka, bootstrap-servers: \"%s\", topics: [%s], group-id: g-%s, max-record: 1MiB}}"
                        .formatted(broker.address(), topic, topic));
        world.start("{key: kafka-key}", sinks("db", ACCOUNTS + ", delete-tombstones: true"));
        world.awaitTaken("topic", 7);
        world.awaitDelivered();
        assertThat(world.query("SELECT id, name FROM accounts")).containsExactly("2|B again");
        world.stop();
        assertThat(String.join("\n", world.letters())).contains("\"reason\":\"tombstone\"");
    }

    private static ProducerRecord<byte[], byte[]> kafka(String topic, String key, String value) {
        return new ProducerRecord<>(
                topic, key == null ? null : key.getBytes(UTF_8), value == null ? null : value.getBytes(UTF_8));
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
        world.start(BY_ID, sinks("db", "table: later, key: [id]"));
        world.send("{\"id\":1,\"more\":2}");
        assertThat(world.awaitError("db", "table later does not exist").state()).isEqualTo("failing");
        world.execute("CREATE TABLE later (id int, more int)");
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
        world.execute("ALTER TABLE accounts ALTER COLUMN seen TYPE text, DROP COLUMN amount");
        world.sendAndAwait("{\"id\":1,\"seen\":\"often\"}");
        assertThat(world.query("SELECT id, mail, seen FROM accounts")).containsExactly("1|a@b|often");
        assertThat(world.letters()).isEmpty();
    }

    @Test
    void shouldTryAgainAfterADeadlockWithAnotherClient() throws Exception {
        world.execute("INSERT INTO accounts (id, seen) VALUES (1, 0), (2, 0)");
        world.execute("CREATE FUNCTION slowly() RETURNS trigger AS $$ BEGIN PERFORM pg_advisory_xact_lock(NEW.id);"
                + " RETURN NEW; END $$ LANGUAGE plpgsql");
        world.execute("CREATE TRIGGER slowly BEFORE UPDATE ON accounts FOR EACH ROW EXECUTE FUNCTION slowly()");
        world.start(BY_ID, sinks("db", ACCOUNTS + ", concurrency: 1"));
        try (Connection other = DriverManager.getConnection(url);
                Statement statement = other.createStatement()) {
            other.setAutoCommit(false);
            statement.execute("SET deadlock_timeout = '1h'");
            statement.execute("SELECT pg_advisory_xact_lock(2)");
            world.send("{\"id\":1,\"seen\":1}", "{\"id\":2,\"seen\":1}");
            // It has row 1, and waits for the lock.
            while (world.query("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
                    .isEmpty()) {
                Thread.onSpinWait();
            }
            statement.execute("UPDATE accounts SET seen = 5 WHERE id = 1");
            other.commit();
        }
        ServerStatus status = world.awaitDelivered();
        assertThat(status.sinks().get("db").retries()).isPositive();
        assertThat(world.query("SELECT id, seen FROM accounts ORDER BY id")).containsExactly("1|1", "2|1");
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
        world.execute("CREATE TABLE history (place bigserial PRIMARY KEY, id bigint)");
        for (int i = 0; i < 2; i++) {
            world.start(BY_ID, sinks("all", "table: history, mode: insert, max-records: 2"));
            world.awaitDelivered();
            world.stop();
            assertThat(world.query("SELECT id, count(*) FROM history GROUP BY id ORDER BY id"))
                    .containsExactly("1|2", "2|1", "3|1");
            world.restoreData(before);
        }
    }

    /** Of a part that takes several statements, nothing stays if a late one fails. */
    @Test
    void shouldWriteNothingOfAPartThatFailsInTheMiddle() throws Exception {
        StringBuilder columns = new StringBuilder();
        IntStream.range(0, 6).forEach(i -> columns.append(", c").append(i).append(" int"));
        world.execute("CREATE TABLE wide (id int" + columns + ")");
        world.start(BY_ID, sinks("all", "table: wide, mode: insert, concurrency: 1"));
        String[] lines = IntStream.range(0, 64)
                .mapToObj(set -> {
                    StringBuilder line = new StringBuilder("{\"id\":" + set);
                    IntStream.range(0, 6)
                            .filter(i -> (set >> i & 1) == 1)
                            .forEach(i ->
                                    line.append(",\"c").append(i).append("\":").append(set == 60 ? "\"x\"" : "1"));
                    return line.append('}').toString();
                })
                .toArray(String[]::new);
        world.sendAndAwait(lines);
        assertThat(world.query("SELECT count(*), count(DISTINCT id) FROM wide")).containsExactly("63|63");
        assertThat(world.query("SELECT id FROM wide WHERE id = 60")).isEmpty();
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
        assertThatThrownBy(() -> world.start(
                        BY_ID,
                        sinks("db", ACCOUNTS),
                        new StartOptions(Set.of(), Optional.of(new ReplayRange("db", 1, OptionalLong.of(1))))))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("leave out --to-batch");
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
        world.sendAndAwait("{\"id\":1,\"seen\":7,\"name\":\"gone\"}");
        assertThat(world.query("SELECT id FROM accounts")).containsExactly("2");
        world.stop();
        assertThat(String.join("\n", world.letters())).contains("which is newer-by");
    }

    @Test
    void shouldBringInAReplayAlsoTheBatchThatItWasInTheMiddleOf() throws Exception {
        world.execute("CREATE FUNCTION later() RETURNS trigger AS $$ BEGIN"
                + " RAISE EXCEPTION 'later' USING ERRCODE = '55P03'; END $$ LANGUAGE plpgsql");
        Server server = world.start(BY_ID, sinks("db", ACCOUNTS));
        world.sendAndAwait("{\"id\":1,\"seen\":0}");
        world.execute("CREATE TRIGGER later BEFORE INSERT ON accounts FOR EACH ROW WHEN (NEW.seen = 2)"
                + " EXECUTE FUNCTION later()");
        world.send("{\"id\":1,\"seen\":1}", "{\"id\":2,\"seen\":1}", "{\"id\":2,\"seen\":2}");
        // By then it has marked what it has of the batch.
        await(server, now -> now.sinks().get("db").retries() >= 8);
        world.end();
        world.execute("DROP TRIGGER later ON accounts");
        world.start(
                BY_ID,
                sinks("db", ACCOUNTS),
                new StartOptions(Set.of(), Optional.of(new ReplayRange("db", 1, OptionalLong.empty()))));
        world.sendAndAwait("{\"id\":3,\"seen\":1}");
        assertThat(world.query("SELECT id, seen FROM accounts ORDER BY id")).containsExactly("1|1", "2|2", "3|1");
    }

    @Test
    void shouldReplayWhatWasWrittenUnderAnEarlierNameOfTheServer() throws Exception {
        world.start(BY_ID, sinks("db", ACCOUNTS));
        world.sendAndAwait("{\"id\":1,\"seen\":1}");
        world.stop();
        world.execute("DELETE FROM accounts");
        world.nameServer("edge-2");
        world.start(
                BY_ID,
                sinks("db", ACCOUNTS),
                new StartOptions(Set.of(), Optional.of(new ReplayRange("db", 1, OptionalLong.empty()))));
        world.sendAndAwait("{\"id\":2,\"seen\":1}");
        assertThat(world.query("SELECT id, seen FROM accounts ORDER BY id")).containsExactly("1|1", "2|1");
    }

    @Test
    void shouldTakeNothingForWrittenAfterTheDataDirectoryWasRestoredFromACopy() throws Exception {
        world.start(BY_ID, sinks("db", ACCOUNTS));
        world.sendAndAwait("{\"id\":1}");
        world.stop();
        world.execute("UPDATE decant_ledger SET batch = 100");
        world.start(BY_ID, sinks("db", ACCOUNTS));
        world.send("{\"id\":2}");
        assertThat(world.awaitError("db", "decant journal new-id").state()).isEqualTo("failing");
        assertThat(world.query("SELECT id FROM accounts")).containsExactly("1");
        world.end();
    }

    @Test
    void shouldRefuseARecordThatHasAValueForAGeneratedColumn() throws Exception {
        world.execute("ALTER TABLE accounts ADD COLUMN twice int GENERATED ALWAYS AS (seen * 2) STORED");
        world.start(BY_ID, sinks("db", ACCOUNTS));
        world.sendAndAwait("{\"id\":1,\"seen\":2,\"twice\":4}", "{\"id\":2,\"seen\":3}");
        assertThat(world.query("SELECT id, twice FROM accounts")).containsExactly("2|6");
        world.stop();
        assertThat(String.join("\n", world.letters())).contains("not a column of accounts: twice");
    }

    @Test
    void shouldNotTakeADeferrableIndexForThatOfTheKey() throws Exception {
        world.execute("CREATE TABLE late (id int, UNIQUE (id) DEFERRABLE)");
        world.start(BY_ID, sinks("db", "table: late, key: [id]"));
        world.send("{\"id\":1}");
        assertThat(world.awaitError("db", "no unique index on (id)").state()).isEqualTo("failing");
        world.end();
    }

    @Test
    void shouldSayWhichStatementsMakeTheLedgerWhereItMayNot() throws Exception {
        world.execute("CREATE ROLE poor LOGIN; GRANT SELECT, INSERT, UPDATE ON accounts TO poor;"
                + " REVOKE CREATE ON SCHEMA public FROM PUBLIC");
        world.start(
                BY_ID,
                sinks(
                        "db",
                        "type: jdbc, url: \"" + url.replaceFirst("[?].*", "")
                                + "\", user: poor, retry-max-delay: 200ms, " + ACCOUNTS));
        world.send("{\"id\":1}");
        assertThat(world.awaitError("db", "CREATE TABLE \"decant_ledger\"").state())
                .isEqualTo("failing");
        world.execute("CREATE TABLE decant_ledger (id text PRIMARY KEY, sink text NOT NULL, batch bigint NOT NULL);"
                + " GRANT SELECT, INSERT, DELETE ON decant_ledger TO poor");
        world.awaitDelivered();
        assertThat(world.query("SELECT id FROM accounts")).containsExactly("1");
    }
}
