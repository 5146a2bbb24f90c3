package io.decant.ingest.sink.jdbc;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.Memory;
import io.decant.bucketer.transform.JsonValues;
import io.decant.config.UnknownMembers;
import io.decant.config.WriteMode;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.junit.jupiter.api.Test;

class RowReaderTest {

    private static final List<String> TABLE = List.of("id", "tenant", "name", "at");

    private final List<Rows> made = new ArrayList<>();
    private int open;

    /** What was added, as text. */
    private final class Rows extends RowGroup {
        private final List<String> rows = new ArrayList<>();

        Rows(List<String> columns, boolean deletes) {
            super(columns, deletes);
            made.add(this);
            open++;
        }

        @Override
        void add(JsonValues values, int[] indexes) {
            StringJoiner row = new StringJoiner("|");
            for (int index : indexes) {
                row.add(values.text(index));
            }
            rows.add(row.toString());
        }

        @Override
        void addWhole(JsonValues values, int[] indexes, long address, int length) {
            byte[] bytes = new byte[length];
            Memory.copyToArray(address, bytes, 0, length);
            rows.add(new String(bytes, UTF_8));
        }

        @Override
        void addTexts(List<String> texts) {
            rows.add("texts " + String.join("|", texts));
        }

        @Override
        public void close() {
            open--;
        }

        @Override
        public String toString() {
            return (deletes() ? "delete " : "") + columns() + rows;
        }
    }

    private static TargetText target(String deleteIf, List<String> key, Map<String, String> columns, String newerBy) {
        return new TargetText(
                "jdbc:postgresql://h/d",
                "t",
                WriteMode.UPSERT,
                deleteIf,
                key,
                columns,
                UnknownMembers.REFUSE,
                newerBy,
                "decant_ledger");
    }

    /** @param records one that begins with {@code key } is a tombstone */
    private List<RowGroup> read(TargetText target, String... records) throws RowRefusedException {
        ByteBuf content = Unpooled.directBuffer();
        for (String record : records) {
            boolean tombstone = record.startsWith("key ");
            byte[] bytes = (tombstone ? record.substring(4) : record).getBytes(UTF_8);
            content.writeIntLE(tombstone ? ~bytes.length : bytes.length);
            content.writeBytes(bytes);
        }
        try {
            return new RowReader(target, TABLE, Rows::new).read(content);
        } finally {
            content.release();
        }
    }

    @Test
    void shouldPutRowsOfTheSameColumnsTogether() throws Exception {
        TargetText target = target("", List.of("id"), Map.of(), "");
        List<RowGroup> groups = read(
                target,
                "{\"id\":1,\"name\":\"a\"}",
                "{\"id\":2}",
                "{\"name\":null,\"id\":3}",
                "{\"tenant\":1,\"id\":4}");
        assertThat(groups)
                .hasToString("[[id, name][{\"id\":1,\"name\":\"a\"}, {\"name\":null,\"id\":3}],"
                        + " [id][{\"id\":2}], [id, tenant][{\"tenant\":1,\"id\":4}]]");
    }

    @Test
    void shouldTakeValuesFromWherePointersLead() throws Exception {
        TargetText target = target("", List.of("id"), Map.of("id", "/after/id"), "");
        assertThat(read(target, "{\"op\":\"c\",\"after\":{\"id\":7,\"more\":1}}"))
                .hasToString("[[id][7]]");
    }

    @Test
    void shouldDeleteByTheKeyAndTheVersion() throws Exception {
        TargetText target = target("/op=d", List.of("tenant", "id"), Map.of(), "at");
        assertRefused(
                target,
                "{\"op\":\"d\",\"id\":1,\"tenant\":2}",
                "it has no value for column at, which is newer-by",
                "{\"id\":0,\"tenant\":0,\"at\":0}");
        assertThat(read(
                        target,
                        "{\"op\":\"d\",\"id\":1,\"tenant\":2,\"name\":\"x\",\"at\":1}",
                        "{\"op\":\"\\u0064\",\"id\":3,\"tenant\":4,\"at\":5}",
                        "{\"op\":\"u\",\"id\":6,\"tenant\":7,\"at\":8}"))
                .hasToString("[[id, tenant, at][{\"op\":\"u\",\"id\":6,\"tenant\":7,\"at\":8}], "
                        + "delete [id, tenant, at][1|2|1, 3|4|5]]");
    }

    @Test
    void shouldDeleteTheRowOfATombstonesKey() throws Exception {
        TargetText one = target("", List.of("id"), Map.of(), "");
        assertThat(read(one, "key 42", "key \"a\\u0062\"", "key {\"id\":43,\"x\":1}", "key x{"))
                .hasToString("[delete [id][texts 42, texts ab, texts 43, texts x{]]");
        TargetText nested = target("", List.of("id"), Map.of("id", "/after/ident", "name", "/after/name"), "");
        assertThat(read(nested, "key {\"id\":1}", "key {\"ident\":2}")).hasToString("[delete [id][texts 1, texts 2]]");
        assertThatThrownBy(() -> read(nested, "key {\"other\":1}"))
                .isInstanceOf(RowRefusedException.class)
                .hasMessage("its key has no id");
        TargetText two = target("", List.of("tenant", "id"), Map.of(), "");
        assertThat(read(two, "key {\"id\":43,\"tenant\":\"T\"}")).hasToString("[delete [id, tenant][texts 43|T]]");
        assertThatThrownBy(() -> read(two, "key 42"))
                .isInstanceOf(RowRefusedException.class)
                .hasMessage("its key is not a JSON object with tenant, id");
    }

    @Test
    void shouldSayWhichRecordCanBeNoRowAndCloseWhatWasMade() {
        TargetText target = target("", List.of("id"), Map.of(), "at");
        assertRefused(target, "{\"id\":1,\"at\":1,\"nmae\":2}", "it has a member that is not a column of t: nmae");
        assertRefused(target, "{\"at\":1}", "it has no value for column id of the key");
        assertRefused(target, "{\"id\":null,\"at\":1}", "it has no value for column id of the key");
        assertRefused(target, "{\"id\":1}", "it has no value for column at, which is newer-by");
        assertRefused(target, "{\"id\":1,\"at\":1,\"\\ud800\":1}", "a name in it is not valid Unicode");
    }

    private void assertRefused(TargetText target, String record, String why) {
        assertRefused(target, record, why, "{\"id\":0,\"at\":0}");
    }

    private void assertRefused(TargetText target, String record, String why, String before) {
        made.clear();
        assertThatThrownBy(() -> read(target, before, record))
                .isInstanceOf(RowRefusedException.class)
                .hasMessage(why);
        assertThat(made).hasSize(1);
        assertThat(open).isZero();
    }
}
