package io.decant.ingest.source.mysql;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What the database says of its tables. On a connection of the caller's; for one thread. */
final class MysqlCatalog {

    /** The check that MariaDB gives a column of type JSON, which is a text there; with what the user has added. */
    private static final Pattern JSON_CHECK = Pattern.compile("(?is)json_valid\\(`([^`]+)`\\)( and .*)?");

    private static final String PRIMARY = "PRIMARY";

    private final Connection connection;
    private final String database;

    MysqlCatalog(Connection connection, String database) {
        this.connection = connection;
        this.database = database;
    }

    private String of(String schemaColumn, String tableColumn, String table) {
        // Names of tables are compared without regard to case there, though they may not be the same.
        return schemaColumn + " = " + SqlText.text(database) + " AND " + tableColumn + " = " + SqlText.text(table)
                + " AND CAST(" + tableColumn + " AS BINARY) = CAST(" + SqlText.text(table) + " AS BINARY)";
    }

    /**
     * The columns of a table by name, in their order, without those that {@code SELECT *} leaves out; none: no table.
     */
    Map<String, TableColumn> columns(String table) throws SQLException {
        Set<String> json = MysqlConnections.isMariaDb(connection) ? jsonColumns(table) : Set.of();
        Map<String, TableColumn> columns = new LinkedHashMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT column_name, data_type, column_type, character_set_name, collation_name, is_nullable,"
                                + " extra, character_octet_length FROM information_schema.columns WHERE "
                                + of("table_schema", "table_name", table) + " ORDER BY ordinal_position")) {
            while (row.next()) {
                String name = row.getString(1);
                if (row.getString(7).toUpperCase(Locale.ROOT).contains("INVISIBLE")) {
                    continue;
                }
                columns.put(
                        name,
                        new TableColumn(
                                name,
                                json.contains(name) ? "json" : row.getString(2).toLowerCase(Locale.ROOT),
                                row.getString(3),
                                orEmpty(row.getString(4)),
                                orEmpty(row.getString(5)),
                                row.getString(6).equals("YES"),
                                row.getLong(8)));
            }
        }
        return columns;
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }

    private Set<String> jsonColumns(String table) throws SQLException {
        Set<String> json = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row =
                        statement.executeQuery("SELECT check_clause FROM information_schema.check_constraints WHERE "
                                + of("constraint_schema", "table_name", table))) {
            while (row.next()) {
                Matcher check = JSON_CHECK.matcher(row.getString(1));
                if (check.matches()) {
                    json.add(check.group(1));
                }
            }
        }
        return json;
    }

    /** The names of the columns of each unique index, the primary key first; without indexes of parts of values. */
    List<List<String>> uniqueIndexes(String table) throws SQLException {
        Map<String, List<String>> indexes = new LinkedHashMap<>();
        Set<String> partial = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT index_name, column_name, sub_part FROM information_schema.statistics WHERE non_unique ="
                                + " 0 AND "
                                + of("table_schema", "table_name", table) + " ORDER BY index_name <> '" + PRIMARY
                                + "', index_name, seq_in_index")) {
            while (row.next()) {
                String index = row.getString(1);
                String column = row.getString(2);
                if (column == null || row.getString(3) != null) {
                    partial.add(index);
                } else {
                    indexes.computeIfAbsent(index, any -> new ArrayList<>()).add(column);
                }
            }
        }
        indexes.keySet().removeAll(partial);
        return List.copyOf(indexes.values());
    }

    /** About how many rows a table has. */
    long estimatedRows(String table) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT table_rows FROM information_schema.tables WHERE "
                        + of("table_schema", "table_name", table))) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** Runs a query that has one row, of these many values. */
    byte[][] values(String query, List<TableColumn> columns) throws SQLException {
        List<byte[][]> rows = rows(query, columns);
        return rows.isEmpty() ? null : rows.get(0);
    }

    /** Runs a query for all of its rows; they are few. */
    List<byte[][]> rows(String query, List<TableColumn> columns) throws SQLException {
        List<byte[][]> rows = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                byte[][] values = new byte[columns.size()][];
                for (int i = 0; i < values.length; i++) {
                    values[i] = RowJson.value(row, i + 1, columns.get(i).kind());
                }
                rows.add(values);
            }
        }
        return rows;
    }

    /** Runs a query that has one number. */
    long number(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    /** A table by its name, with the database's. */
    String qualified(String table) {
        return SqlText.name(database) + "." + SqlText.name(table);
    }
}
