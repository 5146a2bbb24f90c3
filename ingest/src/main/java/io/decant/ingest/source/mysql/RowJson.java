package io.decant.ingest.source.mysql;

import io.decant.bucketer.Frame;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Writes the rows of a table as frames: the key is a JSON array of the table's name and the values of its key, the
 * value a JSON object in the order of the columns. For one thread.
 */
final class RowJson {

    private static final int OFFSET_AT = Integer.BYTES;
    private static final int TIMESTAMP_AT = OFFSET_AT + Long.BYTES;
    private static final int KEY_LENGTH_AT = TIMESTAMP_AT + Long.BYTES;
    private static final int VALUE_LENGTH_AT = KEY_LENGTH_AT + 2 * Integer.BYTES;
    /** Where a DATETIME has its space. */
    private static final int DAY_CHARS = 10;

    private static final byte[] NULL = "null".getBytes(StandardCharsets.ISO_8859_1);
    private static final ImportDriver DRIVER = ImportDriver.inUse();

    private final List<TableColumn> key;
    private final List<TableColumn> columns;
    private final List<ColumnKind> keyKinds;
    private final List<ColumnKind> kinds;
    private final int[] keyIndex;
    private final int[] resultIndex;
    /** Whether its values are numbers that Java has, which need no text of their own. */
    private final boolean[] isLong;

    private final byte[][] names;
    private final byte[] keyStart;
    private final List<TableColumn> selected = new ArrayList<>();
    private final List<TableColumn> large;
    private final long maxBytes;
    private final byte[][] keyValues;
    private int start;

    /**
     * @param table its name
     * @param maxBytes bytes of the longest record, key and value together
     */
    RowJson(String table, List<TableColumn> key, List<TableColumn> columns, long maxBytes) {
        this.key = List.copyOf(key);
        this.columns = List.copyOf(columns);
        this.maxBytes = maxBytes;
        this.keyKinds = key.stream().map(TableColumn::kind).toList();
        this.kinds = columns.stream().map(TableColumn::kind).toList();
        this.keyIndex = new int[columns.size()];
        this.resultIndex = new int[columns.size()];
        this.isLong = new boolean[columns.size()];
        this.names = new byte[columns.size()][];
        this.keyValues = new byte[key.size()][];
        selected.addAll(key);
        List<String> keyNames = key.stream().map(TableColumn::name).toList();
        for (int i = 0; i < names.length; i++) {
            TableColumn column = columns.get(i);
            names[i] = name(i == 0 ? '{' : ',', column.name());
            isLong[i] = column.isLong();
            keyIndex[i] = keyNames.indexOf(column.name());
            if (keyIndex[i] < 0) {
                selected.add(column);
                resultIndex[i] = selected.size();
            }
        }
        this.large = selected.stream().filter(TableColumn::isLarge).toList();
        RecordBytes start = new RecordBytes();
        start.putByte('[');
        start.putJsonString(table.getBytes(StandardCharsets.UTF_8));
        this.keyStart = start.toArray(0);
    }

    private static byte[] name(char before, String column) {
        RecordBytes name = new RecordBytes();
        name.putByte(before);
        name.putJsonString(column.getBytes(StandardCharsets.UTF_8));
        name.putByte(':');
        return name.toArray(0);
    }

    /**
     * What a SELECT must name: first the key, then the other columns. A value that is too long for a record is not
     * fetched: behind the columns stands the length of those that may be.
     */
    String selectList() {
        String list = selected.stream()
                .map(column -> column.isLarge()
                        ? "IF(OCTET_LENGTH(" + SqlText.name(column.name()) + ") > " + maxBytes + ", NULL, "
                                + SqlText.name(column.name()) + ")"
                        : SqlText.selected(column))
                .collect(Collectors.joining(", "));
        if (large.isEmpty()) {
            return list;
        }
        return list
                + large.stream()
                        .map(column -> "COALESCE(OCTET_LENGTH(" + SqlText.name(column.name()) + "), 0)")
                        .collect(Collectors.joining(" + ", ", ", ""));
    }

    /** Whether a row may be so long that few of them are held at a time. */
    boolean hasLargeColumns() {
        return !large.isEmpty();
    }

    /**
     * Appends the frame of the row that the result is at.
     *
     * @param ordinal of the row in its stream
     * @throws ImportException where it is longer than a record may be
     */
    void append(ResultSet row, long ordinal, RecordBytes target) throws SQLException {
        int frame = target.length();
        start = frame;
        for (int i = 0; i < keyValues.length; i++) {
            keyValues[i] = value(row, i + 1, keyKinds.get(i));
            if (keyValues[i] == null) {
                throw new ImportException("column " + key.get(i).name()
                        + " is NULL in a row, and belongs to the key; leave such rows out");
            }
        }
        if (!large.isEmpty()) {
            long bytes = row.getLong(selected.size() + 1);
            if (bytes > maxBytes) {
                throw tooLong(bytes);
            }
        }
        target.skip(Frame.HEADER_BYTES);
        target.putBytes(keyStart);
        for (int i = 0; i < keyValues.length; i++) {
            target.putByte(',');
            put(target, keyKinds.get(i), keyValues[i]);
        }
        target.putByte(']');
        int keyBytes = target.length() - frame - Frame.HEADER_BYTES;
        for (int i = 0; i < names.length; i++) {
            target.putBytes(names[i]);
            if (keyIndex[i] >= 0) {
                put(target, kinds.get(i), keyValues[keyIndex[i]]);
            } else if (isLong[i]) {
                putLong(target, row, resultIndex[i]);
            } else {
                put(target, kinds.get(i), value(row, resultIndex[i], kinds.get(i)));
            }
        }
        target.putByte('}');
        int bytes = target.length() - frame;
        if (bytes - Frame.HEADER_BYTES > maxBytes) {
            target.cutAt(frame);
            throw tooLong(bytes - Frame.HEADER_BYTES);
        }
        target.setIntLittleEndian(frame, bytes);
        target.setLongLittleEndian(frame + OFFSET_AT, ordinal);
        // None: an import has no time of its own for a row.
        target.setLongLittleEndian(frame + TIMESTAMP_AT, -1);
        target.setIntLittleEndian(frame + KEY_LENGTH_AT, keyBytes);
        target.setIntLittleEndian(frame + KEY_LENGTH_AT + Integer.BYTES, 0);
        target.setIntLittleEndian(frame + VALUE_LENGTH_AT, bytes - Frame.HEADER_BYTES - keyBytes);
    }

    /** The key of the row that was appended last. */
    List<byte[]> lastKey() {
        return List.of(keyValues);
    }

    /** Where the frame of that row begins. */
    int start() {
        return start;
    }

    /** That key, as a record has it without the table. */
    String lastKeyText() {
        RecordBytes text = new RecordBytes();
        for (int i = 0; i < keyValues.length; i++) {
            text.putByte(i == 0 ? '[' : ',');
            put(text, keyKinds.get(i), keyValues[i]);
        }
        return new String(text.toArray(0), StandardCharsets.UTF_8) + "]";
    }

    private ImportException tooLong(long bytes) {
        return new ImportException("the row with the key " + lastKeyText() + " has more than " + bytes
                + " bytes, and max-record is " + maxBytes + "; raise max-record and restart");
    }

    /** As the server gives what {@link SqlText#selected} asks for; null where it is NULL. */
    static byte[] value(ResultSet row, int index, ColumnKind kind) throws SQLException {
        return kind == ColumnKind.NUMBER ? DRIVER.number(row, index) : row.getBytes(index);
    }

    static void put(RecordBytes target, ColumnKind kind, byte[] value) {
        if (value == null) {
            target.putBytes(NULL);
            return;
        }
        switch (kind) {
            case NUMBER -> putNumber(target, value);
            case BIT -> target.putAscii(unsigned(value));
            case TEXT, PLAIN -> target.putJsonString(value);
            case DATETIME -> putTime(target, value, "\"");
            case TIMESTAMP -> putTime(target, value, "Z\"");
            case BINARY -> target.putBase64(value);
            case JSON -> {
                if (EmbeddedJson.isJson(value)) {
                    target.putJson(value);
                } else {
                    target.putJsonString(value);
                }
            }
        }
    }

    private static void putLong(RecordBytes target, ResultSet row, int index) throws SQLException {
        long value = row.getLong(index);
        if (value == 0 && row.wasNull()) {
            target.putBytes(NULL);
        } else {
            target.putLong(value);
        }
    }

    /** ZEROFILL and YEAR have zeros before a number, which JSON has not. */
    private static void putNumber(RecordBytes target, byte[] value) {
        int from = 0;
        while (from + 1 < value.length && value[from] == '0' && value[from + 1] != '.') {
            from++;
        }
        target.putBytes(value, from);
    }

    private static String unsigned(byte[] value) {
        long number = 0;
        for (byte b : value) {
            number = number << Byte.SIZE | Byte.toUnsignedLong(b);
        }
        return Long.toUnsignedString(number);
    }

    private static void putTime(RecordBytes target, byte[] value, String end) {
        target.putByte('"');
        int place = target.length();
        target.putBytes(value);
        if (value.length > DAY_CHARS) {
            target.setByte(place + DAY_CHARS, 'T');
        }
        target.putAscii(end);
    }

    /** Names of the columns, for messages. */
    @Override
    public String toString() {
        return SqlText.names(key) + " of " + SqlText.names(columns);
    }
}
