package io.decant.ingest.source.mysql;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Pieces of statements: names, values and conditions. Only the server compares. Stateless. */
final class SqlText {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final Pattern NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?");
    /** What dates, times, UUIDs and addresses consist of. */
    private static final Pattern PLAIN = Pattern.compile("[0-9A-Za-z:. +-]*");

    private static final Pattern CATALOG_WORD = Pattern.compile("[0-9A-Za-z_]+");
    private static final String UTF8 = "utf8mb4";

    private SqlText() {}

    static String name(String name) {
        return "`" + name.replace("`", "``") + "`";
    }

    static String names(List<TableColumn> columns) {
        return columns.stream().map(column -> name(column.name())).collect(Collectors.joining(", "));
    }

    /** What a SELECT says to have a column's value as the server prints it. */
    static String selected(TableColumn column) {
        return column.kind().isTime() ? "CAST(" + name(column.name()) + " AS CHAR)" : name(column.name());
    }

    /** The same of several. */
    static String selected(List<TableColumn> columns) {
        return columns.stream().map(SqlText::selected).collect(Collectors.joining(", "));
    }

    /** A text, whatever is in it and whatever the server's modes are. */
    static String text(String text) {
        return "_utf8mb4 X'" + HEX.formatHex(text.getBytes(StandardCharsets.UTF_8)) + "'";
    }

    /**
     * A value of a column, such that the comparison is the column's own: an index on it is used, in its order.
     *
     * @param value as the server gave it
     */
    static String value(TableColumn column, byte[] value) {
        return switch (column.kind()) {
            case BINARY -> "X'" + HEX.formatHex(value) + "'";
            case NUMBER -> number(column, value);
            case TEXT -> column.collation().isEmpty() ? plain(column, value) : collated(column, value);
            case PLAIN, DATETIME, TIMESTAMP -> plain(column, value);
            case BIT, JSON -> throw new ImportException("column " + column.name() + " cannot be compared");
        };
    }

    private static String number(TableColumn column, byte[] value) {
        String text = new String(value, StandardCharsets.ISO_8859_1);
        if (!NUMBER.matcher(text).matches()) {
            throw new ImportException("column " + column.name() + " has the value '" + text + "', which is no number");
        }
        return text;
    }

    private static String plain(TableColumn column, byte[] value) {
        String text = new String(value, StandardCharsets.ISO_8859_1);
        if (!PLAIN.matcher(text).matches()) {
            throw new ImportException("column " + column.name() + " has a value that is no " + column.type());
        }
        return "'" + text + "'";
    }

    private static String collated(TableColumn column, byte[] value) {
        String utf8 = "_utf8mb4 X'" + HEX.formatHex(value) + "'";
        String same =
                column.charset().equals(UTF8) ? utf8 : "CONVERT(" + utf8 + " USING " + word(column.charset()) + ")";
        return same + " COLLATE " + word(column.collation());
    }

    private static String word(String ofCatalog) {
        if (!CATALOG_WORD.matcher(ofCatalog).matches()) {
            throw new ImportException("'" + ofCatalog + "' is not the name of a character set or a collation");
        }
        return ofCatalog;
    }

    /** {@link #after(List, List, Function)} of a table's columns. */
    static String after(List<TableColumn> columns, List<byte[]> values) {
        return after(columns, values, column -> name(column.name()));
    }

    /** {@link #upTo(List, List, Function)} of a table's columns. */
    static String upTo(List<TableColumn> columns, List<byte[]> values) {
        return upTo(columns, values, column -> name(column.name()));
    }

    /**
     * Rows behind these values, in the order of the columns. Written so that an index on the columns is entered at the
     * place: {@code (a, b) > (?, ?)} would scan it.
     */
    static String after(List<TableColumn> columns, List<byte[]> values, Function<TableColumn, String> names) {
        return beyond(columns, values, names, ">", ">");
    }

    /** Rows up to these values, them included. */
    static String upTo(List<TableColumn> columns, List<byte[]> values, Function<TableColumn, String> names) {
        return beyond(columns, values, names, "<", "<=");
    }

    private static String beyond(
            List<TableColumn> columns,
            List<byte[]> values,
            Function<TableColumn, String> names,
            String strictly,
            String atLast) {
        String column = names.apply(columns.get(0));
        String value = value(columns.get(0), values.get(0));
        if (columns.size() == 1) {
            return column + " " + atLast + " " + value;
        }
        String rest =
                beyond(columns.subList(1, columns.size()), values.subList(1, values.size()), names, strictly, atLast);
        return column + " " + strictly + "= " + value + " AND (" + column + " " + strictly + " " + value + " OR ("
                + column + " = " + value + " AND " + rest + "))";
    }
}
