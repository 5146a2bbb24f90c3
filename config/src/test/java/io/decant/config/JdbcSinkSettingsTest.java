package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JdbcSinkSettingsTest {

    private static final String SINK = """
              db:
                type: jdbc
                url: jdbc:postgresql://localhost/shop
                table: accounts
                key: [id]
            """;
    private static final String BUCKET = "bucket: {key: \"json:/id\"}\n";

    @Test
    void shouldHaveTheDefaultsOfTheContract() {
        Settings settings = Yaml.load(Yaml.LEAST + SINK + BUCKET);

        assertThat(settings.sinks().get("db"))
                .isEqualTo(new JdbcSinkSettings(
                        "jdbc:postgresql://localhost/shop",
                        "",
                        Secret.NONE,
                        Optional.empty(),
                        "accounts",
                        WriteMode.UPSERT,
                        false,
                        "",
                        List.of("id"),
                        Map.of(),
                        UnknownMembers.REFUSE,
                        "",
                        "decant_ledger",
                        5_000,
                        DataSize.ofMebibytes(4),
                        2,
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(1),
                        1_000));
        assertThat(Yaml.load(SettingsPrinter.print(settings))).isEqualTo(settings);
    }

    @Test
    void shouldTakeAllThatIsSet() {
        Settings settings = Yaml.load(Yaml.LEAST + """
                  db:
                    type: jdbc
                    url: jdbc:mariadb://db.example/shop?sslMode=verify-full
                    user: decant
                    password: hunter2
                    table: shop.accounts
                    mode: upsert
                    delete-tombstones: true
                    delete-if: /op=d=e
                    key: [tenant, id]
                    columns: {tenant: /after/tenant, id: /after/id, "a/b": /x~1y, at: /at}
                    newer-by: at
                    ledger: ops.ledger
                    max-records: 7
                    max-bytes: 8KiB
                    concurrency: 9
                    timeout: 10s
                    retry-max-delay: 11s
                    refused-in-a-row: 12
                bucket: {key: kafka-key}
                """);

        assertThat(settings.sinks().get("db"))
                .isEqualTo(new JdbcSinkSettings(
                        "jdbc:mariadb://db.example/shop?sslMode=verify-full",
                        "decant",
                        new Secret("hunter2"),
                        Optional.empty(),
                        "shop.accounts",
                        WriteMode.UPSERT,
                        true,
                        "/op=d=e",
                        List.of("tenant", "id"),
                        Map.of("tenant", "/after/tenant", "id", "/after/id", "a/b", "/x~1y", "at", "/at"),
                        UnknownMembers.REFUSE,
                        "at",
                        "ops.ledger",
                        7,
                        DataSize.ofKibibytes(8),
                        9,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(11),
                        12));
        assertThat(SettingsPrinter.print(settings)).contains("a/b: \"/x~1y\"").doesNotContain("hunter2");
    }

    @Test
    void shouldShowADatabaseWithoutItsParameters() {
        JdbcSinkSettings sink = (JdbcSinkSettings)
                Yaml.load(Yaml.LEAST + SINK + BUCKET, "sinks.db.url=\"jdbc:postgresql://h/shop?sslmode=require\"")
                        .sinks()
                        .get("db");
        assertThat(sink.database()).isEqualTo("jdbc:postgresql://h/shop");
        assertThat(sink.redact("cannot parse jdbc:postgresql://h/shop?sslmode=require"))
                .isEqualTo("cannot parse jdbc:postgresql://h/shop?<hidden>");
        assertThat(sink.place()).isEqualTo("jdbc:postgresql://h/shop");
        JdbcSinkSettings other = (JdbcSinkSettings) Yaml.load(
                        Yaml.LEAST + SINK + BUCKET,
                        "sinks.db.url=\"jdbc:postgresql://h/shop?sslmode=require&currentSchema=a\"")
                .sinks()
                .get("db");
        assertThat(other.place()).isEqualTo("jdbc:postgresql://h/shop?currentSchema=a");
        assertThat(sink.pointer("a/b~c")).isEqualTo("/a~1b~0c");
    }

    /** Line 14 of the file is the setting. */
    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            mode: merge => mode: 'merge' is not one of the choices; write upsert or insert
            delete-if: op=d => delete-if: 'op=d' has a JSON pointer that does not begin with /; write e.g. json:/user/id
            delete-if: /op => delete-if: '/op' has no =; write /pointer=TEXT, e.g. /op=d
            newer-by: a"b => newer-by: 'a"b' has a quote or a control character; write the name as the catalog has it, without quotes
            ledger: a.b.c => ledger: 'a.b.c' has more than one dot; write table, or schema.table
            ledger: a. => ledger: 'a.' is not a name; write it as the database's catalog has it
            columns: {id: id} => columns.id: 'id' has a JSON pointer that does not begin with /; write e.g. json:/user/id
            columns: {} => columns: is empty; write auto, or name at least one column
            columns: all => columns: a single value where auto, or a section of columns is expected
            timeout: 10ms => timeout: '10ms' is too small; the least is 1s
            """)
    void shouldSayWhatIsWrong(String setting, String expected) {
        assertThat(Yaml.problems(Yaml.LEAST + SINK + "    " + setting + "\n" + BUCKET))
                .singleElement()
                .asString()
                .isEqualTo("decant.yaml:14: sinks.db." + expected);
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            jdbc:oracle:thin:@h => is not the URL of a supported database
            jdbc:postgresql: => is not the URL of a supported database
            jdbc:postgresql://u:hunter2@h/d => has a user or a password in it
            jdbc:mariadb://h/d?user=u&password=hunter2 => has a user or a password in it
            jdbc:mariadb://h/d?keyPassword=hunter2 => has a user or a password in it
            jdbc:postgresql://h/d?sslpassword=hunter2 => has a user or a password in it
            """)
    void shouldRefuseAUrlThatCannotBeUsedAndShowNoSecretOfIt(String url, String expected) {
        assertThat(Yaml.problems(
                        Yaml.LEAST + SINK.replace("jdbc:postgresql://localhost/shop", '"' + url + '"') + BUCKET))
                .singleElement()
                .asString()
                .contains("sinks.db.url", expected)
                .doesNotContain("hunter2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{key: \"json:/id\"}",
                "{key: kafka-key}",
                "{keys: {id: \"json:/id\", mail: \"json:/mail\"}}",
                "{keys: {id: {any-of: [\"json:/before/id\", \"json:/id\"]}}}",
            })
    void shouldTakeKeysThatTellRowsApart(String bucket) {
        assertThat(Yaml.problems(Yaml.LEAST + SINK + "bucket: " + bucket + "\n"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{key: record}",
                "{key: \"json:/ID\"}",
                "{key: \"csv:1\"}",
                "{key: [\"json:/id\", \"json:/tenant\"]}",
                "{keys: {mail: \"json:/mail\", name: \"json:/name\"}}",
            })
    void shouldRefuseKeysByWhichABucketCouldHoldTwoRecordsOfOneRow(String bucket) {
        assertThat(Yaml.problems(Yaml.LEAST + SINK + "bucket: " + bucket + "\n"))
                .singleElement()
                .asString()
                .contains("sinks.db.key", "a bucket could contain two records of one row", "set bucket.key: json:/id");
    }

    @Test
    void shouldTakeFewerValuesThanTheKeyHasColumns() {
        String sink = SINK.replace("[id]", "[tenant, id]");
        assertThat(Yaml.problems(Yaml.LEAST + sink + "bucket: {key: \"json:/id\"}\n"))
                .isEmpty();
        assertThat(Yaml.problems(Yaml.LEAST + sink + "bucket: {key: [\"json:/id\", \"json:/tenant\"]}\n"))
                .isEmpty();
        assertThat(Yaml.problems(Yaml.LEAST + sink + "bucket: {key: \"json:/name\"}\n"))
                .singleElement()
                .asString()
                .contains("set bucket.key: [json:/tenant, json:/id]");
    }

    /** A cut has room for what a sink adds to its shape, and the writer must never find that it has not. */
    @Test
    void shouldRefuseMoreColumnsThanACutHasRoomFor() {
        String columns = IntStream.range(0, 200)
                .mapToObj(i -> "c" + i + ": /" + "x".repeat(50))
                .collect(Collectors.joining(", ", "{id: /id, ", "}"));
        assertThat(Yaml.problems(Yaml.LEAST + SINK + "    columns: " + columns + "\n" + BUCKET))
                .singleElement()
                .asString()
                .contains("sinks.db.columns: is longer than 16384 bytes");
    }

    @ParameterizedTest
    @CsvSource(delimiterString = "=>", textBlock = """
            key: none => sinks.db.mode: 'upsert' needs the columns that identify a row; set key, e.g. key: [id], or mode: insert
            mode: insert, key: [id] => sinks.db.key: '[id]' is for mode: upsert only; remove key, or set mode: upsert
            mode: insert, delete-if: /a=b => sinks.db.delete-if: '/a=b' is for mode: upsert only; remove it, or set mode: upsert
            mode: insert, newer-by: at => sinks.db.newer-by: 'at' is for mode: upsert only; remove it, or set mode: upsert
            mode: insert, delete-tombstones: true => sinks.db.delete-tombstones: 'true' is for mode: upsert only; remove it, or set mode: upsert
            key: [id], columns: {a: /id} => sinks.db.key: '[id]' names a column that is not written: id; add it to columns
            key: [a], columns: {a: /id}, newer-by: at => sinks.db.newer-by: 'at' is a column that is not written; add it to columns
            key: [a], columns: {a: /id}, unknown-members: ignore => sinks.db.unknown-members: 'ignore' is for columns: auto only; remove it, or columns
            key: [id], delete-tombstones: true => needs the key of the Kafka record, because a tombstone has no other; set bucket.key: kafka-key
            """)
    void shouldSayWhatDoesNotFitTogether(String settings, String expected) {
        assertThat(Yaml.problems(Yaml.LEAST + "  db: {type: jdbc, url: \"jdbc:postgresql://h/d\", table: t, " + settings
                        + "}\n" + BUCKET))
                .anySatisfy(problem -> assertThat(problem).contains(expected));
    }
}
