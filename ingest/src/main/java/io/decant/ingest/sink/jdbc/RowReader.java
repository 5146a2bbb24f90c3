package io.decant.ingest.sink.jdbc;

import io.decant.bucketer.Memory;
import io.decant.bucketer.transform.JsonValues;
import io.decant.config.JdbcSinkSettings;
import io.decant.config.UnknownMembers;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.stream.IntStream;

/**
 * Takes the records of a part apart into rows, and puts together those that have values for the same columns: an
 * insert takes the default of a column that a record does not have, an update leaves it. Owned by one thread.
 */
final class RowReader {

    private final TargetText target;
    private final BiFunction<List<String>, Boolean, RowGroup> groups;
    private final List<String> columns;
    private final JsonValues values;
    private final int[] keyColumns;
    private final int newerBy;
    private final int deletePointer;
    private final String deleteText;
    private final JsonValues tombstoneKeys;
    /** Which columns the record that is read has. */
    private final BitSet present = new BitSet();

    private final Map<BitSet, Group> writes = new LinkedHashMap<>();
    private final Map<BitSet, Group> deletes = new LinkedHashMap<>();

    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Group(RowGroup rows, int[] indexes) {}

    /**
     * @param columns of the table
     * @param groups makes a group of rows for these columns, which are to be deleted or not
     */
    RowReader(TargetText target, Collection<String> columns, BiFunction<List<String>, Boolean, RowGroup> groups) {
        this.target = target;
        this.groups = groups;
        this.columns = List.copyOf(
                target.columns().isEmpty() ? columns : target.columns().keySet());
        List<String> pointers =
                new ArrayList<>(this.columns.stream().map(target::pointer).toList());
        int equals = target.deleteIf().indexOf('=');
        this.deletePointer = equals < 0 ? -1 : pointers.size();
        this.deleteText = equals < 0 ? "" : target.deleteIf().substring(equals + 1);
        if (equals >= 0) {
            pointers.add(target.deleteIf().substring(0, equals));
        }
        this.values = new JsonValues(pointers);
        this.keyColumns = target.key().stream().mapToInt(this.columns::indexOf).toArray();
        this.newerBy = this.columns.indexOf(target.newerBy());
        List<String> inKeys = new ArrayList<>();
        for (String column : target.key()) {
            inKeys.add(JdbcSinkSettings.memberPointer(column));
            inKeys.add(target.pointer(column).replaceFirst(".*(?=/)", ""));
        }
        this.tombstoneKeys = new JsonValues(inKeys);
    }

    /**
     * Reads a part.
     *
     * @return the groups, those that are written first; the caller closes them
     * @throws RowRefusedException of the first record that can be no row; then there is nothing to close
     */
    List<RowGroup> read(ByteBuf content) throws RowRefusedException {
        writes.clear();
        deletes.clear();
        boolean whole = false;
        try {
            long at = content.memoryAddress() + content.readerIndex();
            long end = at + content.readableBytes();
            while (at < end) {
                int length = Memory.getIntLittleEndian(at);
                at += Integer.BYTES;
                if (length < 0) {
                    addTombstone(at, ~length);
                    at += ~length;
                } else {
                    addRecord(at, length);
                    at += length;
                }
            }
            assert at == end : at + " is not " + end;
            whole = true;
        } finally {
            if (!whole) {
                all().forEach(RowGroup::close);
            }
        }
        return all();
    }

    private List<RowGroup> all() {
        List<RowGroup> all = new ArrayList<>();
        writes.values().forEach(group -> all.add(group.rows()));
        deletes.values().forEach(group -> all.add(group.rows()));
        return all;
    }

    private void addRecord(long address, int length) throws RowRefusedException {
        if (!values.read(address, length)) {
            throw new RowRefusedException("a name in it is not valid Unicode");
        }
        boolean isDelete = deletePointer >= 0
                && values.has(deletePointer)
                && values.text(deletePointer).equals(deleteText);
        requireKey();
        present.clear();
        if (isDelete) {
            for (int column : keyColumns) {
                present.set(column);
            }
            if (target.hasNewerBy()) {
                requireVersion();
                present.set(newerBy);
            }
            Group group = group(deletes, true);
            group.rows().add(values, group.indexes());
            return;
        }
        boolean hasOther = values.hasOther();
        if (hasOther && target.columns().isEmpty() && target.unknownMembers() == UnknownMembers.REFUSE) {
            // The member that says whether the row is deleted need be no column.
            throw new RowRefusedException(
                    "it has a member that is not a column of " + target.table() + ": " + values.other());
        }
        if (target.hasNewerBy()) {
            requireVersion();
        }
        for (int i = 0; i < columns.size(); i++) {
            if (values.has(i)) {
                present.set(i);
            }
        }
        if (present.isEmpty()) {
            throw new RowRefusedException("it has no value for any column of " + target.table());
        }
        Group group = group(writes, false);
        if (target.columns().isEmpty() && !hasOther) {
            group.rows().addWhole(values, group.indexes(), address, length);
        } else {
            group.rows().add(values, group.indexes());
        }
    }

    /** Without it, a row would be written that no later version finds again. */
    private void requireKey() throws RowRefusedException {
        for (int column : keyColumns) {
            if (column < 0 || !values.has(column) || values.isNull(column)) {
                String name = column < 0 ? String.join(", ", target.key()) : columns.get(column);
                throw new RowRefusedException("it has no value for column " + name + " of the key");
            }
        }
    }

    /** Without it, it is unknown whether it is newer than the row. */
    private void requireVersion() throws RowRefusedException {
        if (newerBy < 0 || !values.has(newerBy) || values.isNull(newerBy)) {
            throw new RowRefusedException("it has no value for column " + target.newerBy() + ", which is newer-by");
        }
    }

    private void addTombstone(long address, int length) throws RowRefusedException {
        present.clear();
        for (int column : keyColumns) {
            present.set(column);
        }
        Group group = group(deletes, true);
        List<String> texts = new ArrayList<>();
        if (length > 0 && Memory.getByte(address) == '{' && tombstoneKeys.read(address, length)) {
            for (int i = 0; i < keyColumns.length; i++) {
                // By the column's name, or else as the last token of the pointer to its value has it.
                int value = tombstoneKeys.has(2 * i) ? 2 * i : 2 * i + 1;
                if (!tombstoneKeys.has(value) || tombstoneKeys.isNull(value)) {
                    throw new RowRefusedException(
                            "its key has no " + target.key().get(i));
                }
                texts.add(tombstoneKeys.text(value));
            }
        } else if (keyColumns.length > 1) {
            throw new RowRefusedException("its key is not a JSON object with " + String.join(", ", target.key()));
        } else {
            texts.add(keyText(address, length));
        }
        // In the order of the columns of the group, which is that of the table.
        List<String> named = target.key();
        List<String> ordered = texts;
        group.rows()
                .addTexts(group.rows().columns().stream()
                        .map(column -> ordered.get(named.indexOf(column)))
                        .toList());
    }

    /** A JSON string without its quotes, or the bytes as they are. */
    private static String keyText(long address, int length) throws RowRefusedException {
        JsonValues document = new JsonValues(List.of(""));
        if (length > 0 && Memory.getByte(address) == '"' && document.read(address, length)) {
            return document.text(0);
        }
        byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new RowRefusedException("its key is not UTF-8");
        }
    }

    private Group group(Map<BitSet, Group> of, boolean delete) {
        Group group = of.get(present);
        if (group == null) {
            int[] indexes = present.stream().toArray();
            List<String> names = IntStream.of(indexes).mapToObj(columns::get).toList();
            group = new Group(groups.apply(names, delete), indexes);
            of.put((BitSet) present.clone(), group);
        }
        return group;
    }
}
