package io.decant.ingest.source.mysql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the result of a query looks like: asked of the database, which makes no row for it. A column that comes from a
 * table as it is has the type that the catalog says; others have the type that the result says. On a connection of the
 * caller's; for one thread.
 */
final class QueryColumns {

    private static final String UNSIGNED = " unsigned";
    private static final Set<String> LONG_TYPES = Set.of("mediumtext", "longtext", "mediumblob", "longblob", "json");
    private static final long LONG_BYTES = 1 << 24;
    private static final int CHAR_BYTES_MAX = 4;

    private final Connection connection;
    private final String query;

    QueryColumns(Connection connection, String query) {
        this.connection = connection;
        this.query = query;
    }

    /**
     * A column of the result.
     *
     * @param table where it comes from; empty where that is not known: it is an expression, say
     * @param origin its name there
     */
    record Described(TableColumn column, String table, String origin) {}

    /**
     * The columns by name, in their order.
     *
     * @param compared those whose values are compared: of these the collation is asked for
     */
    Map<String, TableColumn> columns(Set<String> compared) throws SQLException {
        Map<String, TableColumn> columns = new LinkedHashMap<>();
        described(compared).forEach((name, described) -> columns.put(name, described.column()));
        return columns;
    }

    Map<String, Described> described(Set<String> compared) throws SQLException {
        Map<String, Described> columns = new LinkedHashMap<>();
        Map<String, Map<String, TableColumn>> catalog = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(RowSet.bounded(query, "FALSE"))) {
            ResultSetMetaData result = statement.getMetaData();
            for (int i = 1; i <= result.getColumnCount(); i++) {
                Described described = described(result, i, catalog);
                if (columns.put(described.column().name(), described) != null) {
                    throw new ImportException("the query has two columns "
                            + described.column().name() + "; give one of them another name with AS");
                }
            }
        }
        for (String name : compared) {
            Described described = columns.get(name);
            if (described != null && described.column().kind() == ColumnKind.TEXT) {
                columns.put(name, collated(described));
            }
        }
        return columns;
    }

    private Described described(ResultSetMetaData result, int index, Map<String, Map<String, TableColumn>> catalog)
            throws SQLException {
        String name = result.getColumnLabel(index);
        String table = orEmpty(result.getTableName(index));
        String database = orEmpty(result.getCatalogName(index));
        boolean nullable = result.isNullable(index) != ResultSetMetaData.columnNoNulls;
        if (!table.isEmpty() && !database.isEmpty()) {
            String key = database + "/" + table;
            if (!catalog.containsKey(key)) {
                catalog.put(key, new MysqlCatalog(connection, database).columns(table));
            }
            TableColumn known = catalog.get(key).get(result.getColumnName(index));
            if (known != null) {
                TableColumn column = new TableColumn(
                        name,
                        known.dataType(),
                        known.type(),
                        known.charset(),
                        known.collation(),
                        nullable,
                        known.longest());
                return new Described(column, table, known.name());
            }
        }
        String origin = table.isEmpty() ? "" : result.getColumnName(index);
        return new Described(ofResult(result, index, name, nullable), "", origin);
    }

    private static TableColumn ofResult(ResultSetMetaData result, int index, String name, boolean nullable)
            throws SQLException {
        String type = orEmpty(result.getColumnTypeName(index)).toLowerCase(Locale.ROOT);
        String dataType =
                switch (type.replace(UNSIGNED, "")) {
                    case "integer" -> "int";
                    // The column NULL.
                    case "null" -> "char";
                    default -> type.replace(UNSIGNED, "");
                };
        long longest = LONG_TYPES.contains(dataType)
                ? LONG_BYTES
                : Math.max(0, (long) result.getPrecision(index) * CHAR_BYTES_MAX);
        String full = type.endsWith(UNSIGNED) ? dataType + UNSIGNED : dataType;
        return new TableColumn(name, dataType, full, "", "", nullable, longest);
    }

    /** On a row of NULLs, so that no row of the query is needed. */
    private Described collated(Described described) throws SQLException {
        TableColumn column = described.column();
        String name = "q." + SqlText.name(column.name());
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT CHARSET(" + name + "), COLLATION(" + name
                        + ") FROM (SELECT 1 AS n) AS one LEFT JOIN (" + RowSet.bounded(query, "FALSE")
                        + "\n) AS q ON TRUE LIMIT 1")) {
            row.next();
            TableColumn collated = new TableColumn(
                    column.name(),
                    column.dataType(),
                    column.type(),
                    row.getString(1),
                    row.getString(2),
                    column.nullable(),
                    column.longest());
            return new Described(collated, described.table(), described.origin());
        }
    }

    /** The names of several. */
    static Set<String> names(List<TableColumn> columns, List<TableColumn> others) {
        Set<String> names = new LinkedHashSet<>();
        columns.forEach(column -> names.add(column.name()));
        others.forEach(column -> names.add(column.name()));
        return names;
    }

    private static String orEmpty(String text) {
        return text == null ? "" : text;
    }
}
