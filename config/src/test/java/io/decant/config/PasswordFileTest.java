package io.decant.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Passwords of databases may stand in files, which are read for each connection. */
class PasswordFileTest {

    private static final String SINK =
            "sinks.db={type: jdbc, url: 'jdbc:postgresql://localhost/shop', table: t, mode: insert, password-file: '%s'}";
    private static final String SOURCE =
            "sources.db={type: mysql, address: 'localhost:3306', database: shop, user: u, tables: {t: {}},"
                    + " password-file: '%s'}";

    @TempDir
    Path folder;

    @Test
    void shouldBeReadAgainEachTimeAndNeverShow() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "hunter2 hunter2\n");
        Settings settings = Yaml.load(Yaml.LEAST, SINK.formatted(file), SOURCE.formatted(file));
        JdbcSinkSettings sink = (JdbcSinkSettings) settings.sinks().get("db");
        MysqlSourceSettings source = (MysqlSourceSettings) settings.sources().get("db");

        assertThat(sink.currentPassword()).isEqualTo(new Secret("hunter2 hunter2"));
        assertThat(source.currentPassword()).isEqualTo(new Secret("hunter2 hunter2"));
        assertThat(sink.redact("wrong: hunter2 hunter2")).isEqualTo("wrong: <hidden>");
        assertThat(source.redact("wrong: hunter2 hunter2")).isEqualTo("wrong: <hidden>");
        assertThat(SettingsPrinter.print(settings)).doesNotContain("hunter2").contains(file.toString());
        Files.writeString(file, "another");
        assertThat(sink.currentPassword()).isEqualTo(new Secret("another"));
    }

    @Test
    void shouldBeRelativeToTheFolderOfTheSettings() {
        assertThat(Yaml.problems(Yaml.LEAST, SINK.formatted("run/password")))
                .singleElement()
                .asString()
                .contains("sinks.db.password-file: '/etc/decant/run/password' does not exist;"
                        + " name a file that has the password and nothing else");
        assertThat(Yaml.problems(Yaml.LEAST, SOURCE.formatted("run/password")))
                .singleElement()
                .asString()
                .contains("sources.db.password-file: '/etc/decant/run/password' does not exist");
    }

    @Test
    void shouldNotStandBesideAPassword() {
        assertThat(Yaml.problems(Yaml.LEAST, Map.of(), SINK.formatted("x"), "sinks.db.password=hunter2"))
                .singleElement()
                .asString()
                .endsWith("is set together with password; remove one")
                .doesNotContain("hunter2");
        assertThat(Yaml.problems(Yaml.LEAST, Map.of(), SOURCE.formatted("x"), "sources.db.password=hunter2"))
                .singleElement()
                .asString()
                .endsWith("is set together with password; remove one");
    }
}
