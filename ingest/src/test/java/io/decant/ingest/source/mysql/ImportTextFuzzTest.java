package io.decant.ingest.source.mysql;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.decant.fuzz.FuzzBytes;
import io.decant.fuzz.FuzzTarget;
import io.decant.ingest.journal.OpaqueBytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Whatever a database or the journal of an import holds: what the journal keeps is read back the same, or is an
 * {@link ImportException}; what goes into a statement is one literal, whatever is in it; and a text in a record is the
 * JSON string of it.
 *
 * <p>The input is a number that says what is read of the rest: a position, a plan, or a column and its value.
 */
class ImportTextFuzzTest extends FuzzTarget {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> TYPES =
            List.of("varchar", "bigint", "decimal", "date", "timestamp", "varbinary", "uuid", "json", "bit", "none");
    /** No quote ends it early, nothing follows it. */
    private static final Pattern LITERAL = Pattern.compile("-?[0-9]+(\\.[0-9]+)?|'[0-9A-Za-z:. +-]*'|X'[0-9A-F]*'"
            + "|(CONVERT\\()?_utf8mb4 X'[0-9A-F]*'( USING [0-9A-Za-z_]+\\))? COLLATE [0-9A-Za-z_]+");

    private static final Pattern NAME = Pattern.compile("`([^`]|``)*`", Pattern.DOTALL);

    @Override
    protected void check(byte[] input) throws Exception {
        FuzzBytes bytes = new FuzzBytes(input);
        try {
            switch (bytes.number(3)) {
                case 0 -> checkCursor(OpaqueBytes.of(bytes.rest()));
                case 1 -> checkPlan(OpaqueBytes.of(bytes.rest()));
                default -> checkColumn(bytes);
            }
        } catch (ImportException e) {
            assertThat(e.getMessage()).isNotEmpty();
        }
    }

    private static void checkCursor(OpaqueBytes kept) {
        KeyCursor cursor = KeyCursor.decode(kept);
        OpaqueBytes encoded = cursor.encode();
        assertThat(encoded.toArray()).startsWith(1);
        KeyCursor again = KeyCursor.decode(encoded);
        assertThat(again.increment()).isEqualTo(cursor.increment());
        assertThat(again.key()).usingElementComparator(Arrays::compare).isEqualTo(cursor.key());
    }

    private static void checkPlan(OpaqueBytes kept) {
        SourcePlan plan = SourcePlan.decode(kept);
        assertThat(SourcePlan.decode(plan.encode())).usingRecursiveComparison().isEqualTo(plan);
    }

    private static void checkColumn(FuzzBytes bytes) throws IOException {
        String type = TYPES.get(bytes.number(TYPES.size()));
        String name = bytes.text();
        String charset = bytes.text();
        String collation = bytes.text();
        byte[] value = bytes.rest();
        assertThat(SqlText.name(name)).matches(NAME);
        assertThat(SqlText.text(name)).matches("_utf8mb4 X'[0-9A-F]*'");
        checkText(value);
        boolean isJson = EmbeddedJson.isJson(value);
        if (isJson) {
            RecordBytes record = new RecordBytes();
            record.putJson(value);
            assertThat(JSON.readTree(record.toArray(0))).isEqualTo(JSON.readTree(value));
        }
        TableColumn column = new TableColumn(name, type, type, charset, collation, true, 10);
        assertThat(SqlText.value(column, value)).matches(LITERAL);
    }

    private static void checkText(byte[] value) throws IOException {
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(value))
                    .toString();
            RecordBytes record = new RecordBytes();
            record.putJsonString(value);
            assertThat(JSON.readTree(record.toArray(0)).textValue()).isEqualTo(text);
        } catch (CharacterCodingException e) {
            // A database gives texts in UTF-8.
        }
    }
}
