package io.decant.ingest.sink.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MariaDbRowsTest {

    private static String text(String type, String text) throws RowRefusedException {
        try (MariaDbRows rows = new MariaDbRows(List.of("c"), true, Map.of("c", type))) {
            rows.addTexts(List.of(text));
            return rows.rows().get(0)[0];
        }
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-29T12:00:00Z, 2026-11-29 12:00:00",
        "2026-11-29t12:00z, 2026-11-29 12:00:00",
        "2026-11-29 00:30:00.123456+01:00, 2026-11-28 23:30:00.123456",
        "2026-12-31T23:30:00-00:30, 2027-01-01 00:00:00",
        "2026-11-29T12:00:00, 2026-11-29T12:00:00",
        "2026-11-29 12:00:00.5, 2026-11-29 12:00:00.5",
        "2026-11-29, 2026-11-29",
        "2026-02-30T12:00:00Z, 2026-02-30T12:00:00Z",
        "no time at all Z, no time at all Z",
    })
    void shouldHaveTimesWithAnOffsetInUtcAndLeaveOthers(String written, String expected) throws Exception {
        assertThat(text("datetime(6)", written)).isEqualTo(expected);
        assertThat(text("timestamp", written)).isEqualTo(expected);
        assertThat(text("varchar(40)", written)).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(strings = {"12x", "", "x", "1 2", "1e", "0x1f", "."})
    void shouldDeleteByNoTextThatIsNoNumberWhereTheColumnIsOne(String text) throws Exception {
        for (String type : List.of("bigint(20) unsigned", "int", "decimal(12,2)", "double")) {
            assertThatThrownBy(() -> text(type, text))
                    .isInstanceOf(RowRefusedException.class)
                    .hasMessage("its value for column c is not a number: " + text);
        }
        assertThat(text("varchar(10)", text)).isEqualTo(text);
    }

    @ParameterizedTest
    @ValueSource(strings = {"12", "-1", "+1.5", ".5", "5.", "1e10", "1.5E-3", " 7 "})
    void shouldDeleteByNumbers(String text) throws Exception {
        assertThat(text("decimal(12,2)", text)).isEqualTo(text);
    }

    @Test
    void shouldRefuseHalfOfASurrogatePair() throws Exception {
        for (String half : List.of("\ud83d", "a\ude00", "\ude00\ud83d", "\ud83d\ud83d\ude00")) {
            assertThatThrownBy(() -> text("text", half))
                    .isInstanceOf(RowRefusedException.class)
                    .hasMessageContaining("not valid Unicode");
        }
        assertThat(text("text", "a\ud83d\ude00")).isEqualTo("a\ud83d\ude00");
    }

    @Test
    void shouldTurnTextsIntoBitsByStatement() {
        try (MariaDbRows rows = new MariaDbRows(List.of("a", "b"), false, Map.of("a", "bit(1)", "b", "int(11)"))) {
            assertThat(rows.placeholders()).containsExactly("CAST(? AS UNSIGNED)", "?");
        }
    }
}
