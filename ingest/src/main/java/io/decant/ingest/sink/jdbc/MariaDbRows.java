package io.decant.ingest.sink.jdbc;

import io.decant.bucketer.transform.JsonValues;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Rows as MariaDB takes them: texts, null for null, an object or array as its text. The server turns a text into the
 * type of its column. What it would turn into something else than a reader of the record expects is put right here.
 */
final class MariaDbRows extends RowGroup {

    /** How the values of a column differ from texts. */
    private enum Kind {
        TEXT,
        /** Truth values are 1 and 0: the database has no other. */
        NUMBER,
        /** A text would be taken for the bits of its characters. */
        BITS,
        /** A time with an offset, which it would refuse, is the same one in UTC, the zone of the session. */
        TIME,
        /** Any value is itself, a string with its quotes. */
        JSON;

        static Kind of(String type) {
            String word = type.split("[( ]", 2)[0];
            return switch (word) {
                case "tinyint", "smallint", "mediumint", "int", "bigint", "decimal", "float", "double", "year" ->
                    NUMBER;
                case "bit" -> BITS;
                case "datetime", "timestamp" -> TIME;
                case "json" -> JSON;
                default -> TEXT;
            };
        }
    }

    private static final Pattern NUMBER = Pattern.compile("\\s*[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d+)?\\s*");

    /** Of a time with an offset: its date, and an hour and minute. */
    private static final int ZONED_CHARS_MIN = "2026-11-29T12:00Z".length();

    private static final DateTimeFormatter UTC = new DateTimeFormatterBuilder()
            .appendPattern("uuuu-MM-dd HH:mm:ss")
            .appendFraction(ChronoField.NANO_OF_SECOND, 0, 9, true)
            .toFormatter()
            .withZone(ZoneOffset.UTC);

    private final Kind[] kinds;
    private final List<String[]> rows = new ArrayList<>();

    /** @param types of the table's columns, by their names */
    MariaDbRows(List<String> columns, boolean deletes, Map<String, String> types) {
        super(columns, deletes);
        this.kinds = columns.stream().map(column -> Kind.of(types.get(column))).toArray(Kind[]::new);
    }

    List<String[]> rows() {
        return rows;
    }

    /** What stands in an insert for the values of a row. */
    List<String> placeholders() {
        return List.of(kinds).stream()
                .map(kind -> kind == Kind.BITS ? "CAST(? AS UNSIGNED)" : "?")
                .toList();
    }

    @Override
    void add(JsonValues values, int[] indexes) throws RowRefusedException {
        String[] texts = new String[indexes.length];
        for (int i = 0; i < indexes.length; i++) {
            texts[i] = values.isNull(indexes[i]) ? null : text(values, indexes[i], i);
        }
        rows.add(texts);
    }

    private String text(JsonValues values, int index, int column) throws RowRefusedException {
        Kind kind = kinds[column];
        if (kind == Kind.JSON) {
            return values.written(index);
        }
        if (kind == Kind.NUMBER || kind == Kind.BITS) {
            if (values.isTrue(index)) {
                return "1";
            }
            if (values.isFalse(index)) {
                return "0";
            }
        }
        return checked(values.text(index), column);
    }

    private String checked(String text, int column) throws RowRefusedException {
        // The driver would send a question mark.
        if (hasLoneSurrogate(text)) {
            throw new RowRefusedException("its value for column " + columns().get(column) + " is not valid Unicode");
        }
        // A deletion would take 12x for 12.
        if (deletes() && kinds[column] == Kind.NUMBER && !NUMBER.matcher(text).matches()) {
            throw new RowRefusedException(
                    "its value for column " + columns().get(column) + " is not a number: " + text);
        }
        return kinds[column] == Kind.TIME ? inUtc(text) : text;
    }

    private static boolean hasLoneSurrogate(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isSurrogate(text.charAt(i))) {
                if (i + 1 == text.length() || !Character.isSurrogatePair(text.charAt(i), text.charAt(i + 1))) {
                    return true;
                }
                i++;
            }
        }
        return false;
    }

    /** A text that is no time with an offset stays as it is, for the database to say so. */
    private static String inUtc(String text) {
        if (!hasOffset(text)) {
            return text;
        }
        try {
            Instant instant = OffsetDateTime.parse(text.replace(' ', 'T'), DateTimeFormatter.ISO_OFFSET_DATE_TIME)
                    .toInstant();
            return UTC.format(instant);
        } catch (DateTimeParseException e) {
            return text;
        }
    }

    private static boolean hasOffset(String text) {
        if (text.length() < ZONED_CHARS_MIN) {
            return false;
        }
        char last = text.charAt(text.length() - 1);
        return last == 'Z' || last == 'z' || text.lastIndexOf('+') > 0 || text.lastIndexOf('-') > text.indexOf(':');
    }

    @Override
    void addWhole(JsonValues values, int[] indexes, long address, int length) throws RowRefusedException {
        add(values, indexes);
    }

    @Override
    void addTexts(List<String> texts) throws RowRefusedException {
        String[] row = new String[texts.size()];
        for (int i = 0; i < row.length; i++) {
            row[i] = checked(texts.get(i), i);
        }
        rows.add(row);
    }

    @Override
    public void close() {
        rows.clear();
    }
}
