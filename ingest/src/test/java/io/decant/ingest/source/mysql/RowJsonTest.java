package io.decant.ingest.source.mysql;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.Charset;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowJsonTest {

    private static String json(ColumnKind kind, byte[] value) {
        RecordBytes target = new RecordBytes();
        RowJson.put(target, kind, value);
        return new String(target.toArray(0), UTF_8);
    }

    @ParameterizedTest
    @CsvSource({
        "NUMBER, 0, 0",
        "NUMBER, 000, 0",
        "NUMBER, 00042, 42",
        "NUMBER, 000.50, 0.50",
        "NUMBER, -0.5, -0.5",
        "NUMBER, 1e300, 1e300",
        "TEXT, a, '\"a\"'",
        "PLAIN, 0000-00-00, '\"0000-00-00\"'",
        "DATETIME, 2026-03-29 02:30:00.5, '\"2026-03-29T02:30:00.5\"'",
        "TIMESTAMP, 0000-00-00 00:00:00, '\"0000-00-00T00:00:00Z\"'",
        "BINARY, ab, '\"YWI=\"'",
        "JSON, '{\"a\":1}', '{\"a\":1}'",
        "JSON, '{\"a\":1}x', '\"{\\\"a\\\":1}x\"'"
    })
    void shouldWriteAValue(ColumnKind kind, String value, String json) {
        assertThat(json(kind, value.getBytes(UTF_8))).isEqualTo(json);
    }

    @Test
    void shouldWriteBitsUnsignedAndNullForNothing() {
        assertThat(json(ColumnKind.BIT, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1}))
                .isEqualTo("18446744073709551615");
        assertThat(json(ColumnKind.BIT, new byte[] {5})).isEqualTo("5");
        for (ColumnKind kind : ColumnKind.values()) {
            assertThat(json(kind, null)).isEqualTo("null");
        }
    }

    @Property
    void shouldWriteEveryTextAsOneLineThatReadsBack(@ForAll String text) throws Exception {
        // What is no Unicode comes from no database.
        String valid = new String(text.getBytes(UTF_8), UTF_8);
        String json = json(ColumnKind.TEXT, valid.getBytes(UTF_8));
        assertThat(json).doesNotContain("\n");
        assertThat(new ObjectMapper().readTree(json).asText()).isEqualTo(valid);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", " [1, {\"a\": null}] ", "\"x\"", "{}", "true", "-0.5e3", "[\n1]"})
    void shouldEmbedJson(String text) {
        assertThat(EmbeddedJson.isJson(text.getBytes(UTF_8))).isTrue();
        assertThat(json(ColumnKind.JSON, text.getBytes(UTF_8))).isEqualTo(text.replace('\n', ' '));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "[1.]", "\"\\q\"", "{\"a\":1", "1 2", "nul", "'a'", "01", "\"a\nb\"", "[1]]"})
    void shouldEmbedNothingElse(String text) {
        assertThat(EmbeddedJson.isJson(text.getBytes(UTF_8))).isFalse();
    }

    /** A parser that guesses the encoding takes these for JSON, and a record with them would be none. */
    @Test
    void shouldEmbedNoJsonOfAnotherEncoding() {
        for (Charset charset : List.of(UTF_16BE, UTF_16LE, UTF_16, Charset.forName("UTF-32BE"))) {
            assertThat(EmbeddedJson.isJson("{\"a\":1}".getBytes(charset))).isFalse();
        }
        assertThat(EmbeddedJson.isJson("\ufeff1".getBytes(UTF_8))).isFalse();
        assertThat(EmbeddedJson.isJson(new byte[] {0, 0, 'i', 'a', 0, 'x', 'y', 'z'}))
                .isFalse();
    }

    @Test
    void shouldFetchNoValueThatIsTooLongForARecord() {
        TableColumn blob = new TableColumn("b", "longblob", "longblob", "", "", true, 1L << 32);
        RowJson row = new RowJson("t", List.of(MysqlFixtures.ID), List.of(blob, MysqlFixtures.ID), 1_000);
        assertThat(row.selectList())
                .isEqualTo("`id`, IF(OCTET_LENGTH(`b`) > 1000, NULL, `b`), COALESCE(OCTET_LENGTH(`b`), 0)");
        assertThat(row.hasLargeColumns()).isTrue();
        assertThat(new RowJson("t", List.of(MysqlFixtures.ID), List.of(MysqlFixtures.AT), 1_000).selectList())
                .isEqualTo("`id`, CAST(`at` AS CHAR)");
    }

    @Test
    void shouldWriteWholeNumbersAsJavaDoes() {
        for (long number : new long[] {0, 7, 10, -1, -10, 99, 1_234_567_890_123L, Long.MAX_VALUE, Long.MIN_VALUE}) {
            RecordBytes bytes = new RecordBytes();
            bytes.putLong(number);
            assertThat(new String(bytes.toArray(0), UTF_8)).isEqualTo(Long.toString(number));
        }
        assertThat(MysqlFixtures.ID.isLong()).isTrue();
        assertThat(new TableColumn("n", "bigint", "bigint(20) unsigned", "", "", false, 0).isLong())
                .isFalse();
        assertThat(MysqlFixtures.column("n", "decimal").isLong()).isFalse();
    }
}
