package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MysqlSourceSettingsTest {

    private static final String YAML = """
            data-dir: /var/lib/decant
            sources:
              shop:
                type: mysql
                address: 127.0.0.1:3306
                database: shop
                user: decant
                password: secret-word
                tables: {orders: {}}
            bucket: {key: source-key}
            sinks: {screen: {type: console}}
            """;

    private static MysqlSourceSettings load(String... sets) {
        Settings settings = SettingsLoader.parse(YAML, "test.yaml", Path.of("/etc/decant"), List.of(sets), Map.of());
        return (MysqlSourceSettings) settings.sources().get("shop");
    }

    @Test
    void shouldHaveTheDefaultsOfThePage() {
        MysqlSourceSettings shop = load();
        assertThat(shop.address()).hasToString("127.0.0.1:3306");
        assertThat(shop.tls()).isEmpty();
        assertThat(shop.ranges()).isEqualTo(16);
        assertThat(shop.connections()).isEqualTo(4);
        assertThat(shop.fetch()).isEqualTo(10_000);
        assertThat(shop.maxRecord()).isEqualTo(DataSize.ofMebibytes(16));
        assertThat(shop.tables())
                .containsExactly(Map.entry(
                        "orders",
                        new MysqlTableSettings(
                                List.of(),
                                "",
                                "",
                                List.of(),
                                "",
                                "",
                                Incremental.OFF,
                                "",
                                Duration.ofMinutes(1),
                                Duration.ofMinutes(1))));
        assertThat(shop.redact("no secret-word here")).doesNotContain("secret-word");
        assertThat(shop.toString()).doesNotContain("secret-word");
    }

    @Test
    void shouldTakeEveryKey() {
        MysqlSourceSettings shop = load(
                "sources.shop.tls={server-name: db.example}",
                "sources.shop.tables={orders: {columns: [id, a], where: \"a > 1\", split-by: a, boundary-query: SELECT 1,"
                        + " incremental: last-modified, check-column: at, interval: 5s, settle: 2s}, items: {columns: all}}");
        assertThat(shop.tls().map(TlsSettings::serverName)).hasValue("db.example");
        assertThat(shop.tables()).containsOnlyKeys("orders", "items");
        assertThat(shop.tables().get("orders"))
                .isEqualTo(new MysqlTableSettings(
                        List.of("id", "a"),
                        "a > 1",
                        "",
                        List.of(),
                        "a",
                        "SELECT 1",
                        Incremental.LAST_MODIFIED,
                        "at",
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(2)));
        MysqlTableSettings query =
                load("sources.shop.tables={q: {query: 'SELECT o.id FROM o WHERE {range}', key: [o.id], split-by: o.id}}")
                        .tables()
                        .get("q");
        assertThat(query.query()).isEqualTo("SELECT o.id FROM o WHERE {range}");
        assertThat(query.key()).containsExactly("o.id");
        assertThat(load("sources.shop.tls={}").tls()).isEqualTo(Optional.of(TlsSettings.NONE));
        assertThat(load("sources.shop.tls=off").tls()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sources.shop.address=127.0.0.1:0 | has port 0, where no server listens",
                "sources.shop.user=\"\" | write the name of a user",
                "sources.shop.tables={} | has no entry",
                "sources.shop.tables={a/b: {}} | has a slash",
                "sources.shop.tables={a`b: {}} | has a quote",
                "sources.shop.tables={orders: {colums: all}} | did you mean 'columns'?",
                "sources.shop.tables={orders: {columns: []}} | is empty",
                "sources.shop.tables={q: {query: SELECT 1, key: [id], split-by: id}} | has no {range}; write it where a condition",
                "sources.shop.tables={q: {query: 'SELECT {range} {range}', key: [id], split-by: id}} | has {range} more than once",
                "sources.shop.tables={q: {query: 'SELECT {range}', key: [id]}} | needs the column by which it is cut",
                "sources.shop.tables={q: {query: 'SELECT {range}', split-by: id}} | needs the columns that tell its rows apart",
                "sources.shop.tables={q: {query: 'SELECT {range}', key: [id], split-by: id, where: a}} | is for a table alone",
                "sources.shop.tables={q: {query: 'SELECT {range}', key: [id], split-by: id, columns: [a]}} | is for a table alone",
                "sources.shop.tables={q: {query: 'SELECT {range}', key: [id], split-by: id, incremental: append,"
                        + " check-column: id}} | nobody can say which rows are new",
                "sources.shop.tables={orders: {key: [id]}} | is for a query alone",
                "sources.shop.tables={orders: {where: \"a = 1;\"}} | without a semicolon",
                "sources.shop.tables={orders: {incremental: append}} | needs the column that says what is new; set check-column",
                "sources.shop.tables={orders: {check-column: id}} | is for increments alone",
                "sources.shop.tables={orders: {interval: 1ms}} | is too small",
                "sources.shop.tls={certificate: own.pem} | has no effect without tls.key",
                "sources.shop.tls={ca-file: nowhere.pem} | does not exist; name a PEM file",
                "sources.shop.tls=on | where off, or a section is expected",
                "sources.shop.ranges=0 | is too small",
                "sources.shop.fetch=0 | is too small"
            })
    void shouldSayWhatIsWrong(String set, String message) {
        assertThat(Yaml.problems(YAML, Map.of(), set)).anyMatch(problem -> problem.contains(message));
    }
}
