package io.decant.ingest.source.mysql;

import io.decant.config.MysqlTableSettings;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks at a query before its rows are read: what its result has, what the query itself calls the columns that bound
 * ranges and pages, and whether these tell its rows apart. A query that would lose rows is refused, as far as that can
 * be found out. On a connection of the caller's.
 */
final class QueryPlanner {

    /** A name that is not there, or is not clear, or cannot be used at that place. */
    private static final Set<Integer> NAME_ERRORS = Set.of(1052, 1054, 1109, 1247);

    private final Connection connection;
    private final MysqlCatalog catalog;
    private final String table;
    private final MysqlTableSettings settings;
    /** Around the query alone, where every condition means what it says. */
    private final RowSet plain;

    QueryPlanner(Connection connection, MysqlCatalog catalog, String table, MysqlTableSettings settings) {
        this.connection = connection;
        this.catalog = catalog;
        this.table = table;
        this.settings = settings;
        this.plain = RowSet.ofQuery(settings.query(), Map.of());
    }

    /** The name that a column has in the result: {@code id} of {@code o.id}, unless one is called that as a whole. */
    private static String label(String setting, Set<String> columns) {
        return columns.contains(setting) ? setting : setting.substring(setting.lastIndexOf('.') + 1);
    }

    /** The columns of the result by name, in their order. */
    Map<String, QueryColumns.Described> columns() throws SQLException {
        QueryColumns columns = new QueryColumns(connection, settings.query());
        Set<String> all = columns.described(Set.of()).keySet();
        Set<String> compared = named().map(name -> label(name, all)).collect(Collectors.toSet());
        compared.retainAll(all);
        return columns.described(compared);
    }

    private Stream<String> named() {
        return Stream.concat(settings.key().stream(), Stream.of(settings.splitBy()));
    }

    /**
     * A column that a setting names.
     *
     * @throws ImportException where the result has none of that name, or its values cannot be compared
     */
    TableColumn column(Map<String, QueryColumns.Described> columns, String name, String setting) {
        QueryColumns.Described described = columns.get(label(name, columns.keySet()));
        if (described == null) {
            throw new ImportException("the result of the query of " + table + " has no column "
                    + label(name, columns.keySet()) + ", which the setting " + setting + " names; it has "
                    + String.join(", ", columns.keySet()));
        }
        if (!described.column().isComparable()) {
            throw new ImportException("column " + described.column().name() + " of the query of " + table
                    + " is of type " + described.column().dataType() + ", which the setting " + setting
                    + " cannot name; name another column");
        }
        return described.column();
    }

    /** What the query itself calls these columns, of those that {@code {range}} can bound. */
    Map<String, String> names(Map<String, QueryColumns.Described> columns) throws SQLException {
        Map<String, String> names = new TreeMap<>();
        for (String setting : new LinkedHashSet<>(named().toList())) {
            String label = label(setting, columns.keySet());
            boolean isQualified = !label.equals(setting);
            List<String> candidates = isQualified
                    ? List.of(Stream.of(setting.split("\\.", -1))
                            .map(SqlText::name)
                            .collect(Collectors.joining(".")))
                    : candidates(columns.get(label));
            for (String candidate : candidates) {
                if (isKnown(candidate)) {
                    names.putIfAbsent(label, candidate);
                    break;
                }
            }
            if (isQualified && !names.containsKey(label)) {
                throw new ImportException("the query of " + table + " knows no " + setting
                        + " where it has {range}; write " + label + " alone, or move {range} to where it does");
            }
        }
        return names;
    }

    /** A column of unknown origin that is a text is compared by an expression, which no name stands for. */
    private static List<String> candidates(QueryColumns.Described described) {
        if (described.origin().isEmpty()) {
            return List.of();
        }
        String column = SqlText.name(described.origin());
        if (described.table().isEmpty()) {
            return described.column().kind() == ColumnKind.TEXT ? List.of() : List.of(column);
        }
        return List.of(SqlText.name(described.table()) + "." + column, column);
    }

    private boolean isKnown(String name) throws SQLException {
        String query = RowSet.bounded(settings.query(), name + " IS NULL AND FALSE");
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.getMetaData();
            return true;
        } catch (SQLException e) {
            if (NAME_ERRORS.contains(e.getErrorCode())) {
                return false;
            }
            throw e;
        }
    }

    /** @throws ImportException where the key does not tell rows apart, or {@code {range}} does not bound them */
    void check(RowSet rows, List<TableColumn> key, TableColumn split, long count) throws SQLException {
        for (TableColumn column : key) {
            if (column.nullable() && exists(plain.select("1", List.of(RowCondition.isNull(column)), " LIMIT 1"))) {
                throw new ImportException("column " + column.name() + " of the query of " + table
                        + " is NULL in some rows, so that it cannot be in key; name another, or leave these rows out");
            }
        }
        if (exists(rows.select("1", List.of(), " GROUP BY " + rows.names(key) + " HAVING COUNT(*) > 1 LIMIT 1"))) {
            throw new ImportException("the query of " + table + " gives several rows with the same "
                    + key.stream().map(TableColumn::name).collect(Collectors.joining(", "))
                    + "; name more columns in key, such that they tell its rows apart");
        }
        requireBounded(rows, key, count / 2);
        if (!key.equals(List.of(split))) {
            requireBounded(rows, List.of(split), 0);
        }
    }

    private boolean exists(String query) throws SQLException {
        return catalog.number(query) != 0;
    }

    /** Cut in two, there must be as many rows as before: of a query that has a LIMIT, say, there are others then. */
    private void requireBounded(RowSet rows, List<TableColumn> columns, long place) throws SQLException {
        List<RowCondition> notNull = new ArrayList<>();
        if (columns.get(0).nullable()) {
            notNull.add(RowCondition.isNotNull(columns.get(0)));
        }
        byte[][] bound = catalog.values(
                rows.select(
                        SqlText.selected(columns),
                        notNull,
                        " ORDER BY " + rows.names(columns) + " LIMIT 1 OFFSET " + place),
                columns);
        if (bound == null) {
            return;
        }
        List<RowCondition> cuts = new ArrayList<>();
        cuts.add(RowCondition.upTo(columns, List.of(bound)));
        cuts.add(RowCondition.behind(columns, List.of(bound)));
        if (columns.get(0).nullable()) {
            cuts.add(RowCondition.isNull(columns.get(0)));
        }
        // One statement, so that they count the same rows.
        String cut = cuts.stream()
                .map(condition -> "(" + rows.select("COUNT(*)", List.of(condition), "") + ")")
                .collect(Collectors.joining(" + "));
        if (catalog.number("SELECT " + cut + " <> (" + plain.select("COUNT(*)", List.of(), "") + ")") != 0) {
            throw new ImportException("the query of " + table
                    + " does not give the same rows when {range} cuts it by "
                    + columns.stream().map(TableColumn::name).collect(Collectors.joining(", "))
                    + ": a row must not depend on others, as by LIMIT or GROUP BY other columns, and {range} must"
                    + " stand in the WHERE of the query itself");
        }
    }

    /** What is slow about it; a line each. */
    List<String> warnings(TablePlan plan) {
        Map<String, TableColumn> unnamed = new LinkedHashMap<>();
        Stream.concat(plan.key().stream(), plan.split().stream())
                .filter(column -> !plan.names().containsKey(column.name()))
                .forEach(column -> unnamed.put(column.name(), column));
        return unnamed.keySet().stream()
                .map(name -> "{range} cannot be bounded by column " + name
                        + ", for which the query has no name there: the database may read all rows for each page")
                .toList();
    }
}
