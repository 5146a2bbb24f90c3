package io.decant.ingest.source.mysql;

import static io.decant.ingest.source.mysql.MysqlFixtures.AT;
import static io.decant.ingest.source.mysql.MysqlFixtures.ID;
import static io.decant.ingest.source.mysql.MysqlFixtures.TAG;
import static io.decant.ingest.source.mysql.MysqlFixtures.column;
import static io.decant.ingest.source.mysql.MysqlFixtures.values;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Statements are made of names and values of others: none of them may become a part of the statement. */
class SqlTextTest {

    @Test
    void shouldEnterAnIndexAtItsPlace() {
        assertThat(SqlText.after(List.of(ID), values("7"))).isEqualTo("`id` > 7");
        assertThat(SqlText.upTo(List.of(ID), values("7"))).isEqualTo("`id` <= 7");
        assertThat(SqlText.after(List.of(column("a", "int"), ID), values("1", "-2")))
                .isEqualTo("`a` >= 1 AND (`a` > 1 OR (`a` = 1 AND `id` > -2))");
        assertThat(SqlText.upTo(List.of(column("a", "int"), ID), values("1", "2")))
                .isEqualTo("`a` <= 1 AND (`a` < 1 OR (`a` = 1 AND `id` <= 2))");
        assertThat(SqlText.after(List.of(column("a", "int"), column("b", "int"), ID), values("1", "2", "3")))
                .isEqualTo("`a` >= 1 AND (`a` > 1 OR (`a` = 1 AND `b` >= 2 AND (`b` > 2 OR (`b` = 2 AND `id` > 3))))");
    }

    @Test
    void shouldCompareATextAsItsColumnDoes() {
        assertThat(SqlText.after(List.of(TAG), values("é'")))
                .isEqualTo("`tag` > CONVERT(_utf8mb4 X'C3A927' USING latin1) COLLATE latin1_german2_ci");
        TableColumn utf8 = new TableColumn("t", "text", "text", "utf8mb4", "utf8mb4_bin", false, 9);
        assertThat(SqlText.value(utf8, values("a").get(0))).isEqualTo("_utf8mb4 X'61' COLLATE utf8mb4_bin");
        assertThat(SqlText.value(column("b", "varbinary"), new byte[] {0, -1})).isEqualTo("X'00FF'");
        assertThat(SqlText.value(AT, values("2026-03-29 02:30:00.5").get(0))).isEqualTo("'2026-03-29 02:30:00.5'");
        assertThat(SqlText.value(column("n", "decimal"), values("-1.50").get(0)))
                .isEqualTo("-1.50");
        assertThat(SqlText.name("a`b")).isEqualTo("`a``b`");
        assertThat(SqlText.text("a'b")).isEqualTo("_utf8mb4 X'612762'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1 OR 1", "1e3", "x", "--1", "1;"})
    void shouldTakeNothingForANumberThatIsNone(String text) {
        assertThatExceptionOfType(ImportException.class)
                .isThrownBy(() -> SqlText.value(ID, values(text).get(0)))
                .withMessageContaining("column id");
    }

    @Test
    void shouldTakeNothingForATimeThatIsNone() {
        assertThatExceptionOfType(ImportException.class)
                .isThrownBy(() -> SqlText.value(AT, values("2026' OR '1").get(0)));
        TableColumn odd = new TableColumn("t", "text", "text", "latin1 X", "latin1_bin", false, 9);
        assertThatExceptionOfType(ImportException.class)
                .isThrownBy(() -> SqlText.value(odd, values("a").get(0)));
    }
}
