package io.decant.ingest.source.mysql;

import io.decant.config.MysqlTableSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What rows are selected from: a table, or a query of the user's.
 *
 * <p>A query is read as a derived table. Each condition stands around it, on the columns of its result, where it always
 * means what it says; and once more in place of {@code {range}}, on the columns that the query itself reads, so that
 * their index is used.
 *
 * @param from the table with the database's name; empty where there is a query
 * @param where a condition of the user's that all rows meet; empty: none
 * @param query empty where there is a table
 * @param names what the query itself calls columns of its result: those that {@code {range}} can bound
 */
record RowSet(String from, String where, String query, SortedMap<String, String> names) {

    private static final String DERIVED = "decant_rows";
    private static final String ALL = "TRUE";

    static RowSet ofTable(String from, String where) {
        return new RowSet(from, where, "", new TreeMap<>());
    }

    static RowSet ofQuery(String query, Map<String, String> names) {
        return new RowSet("", "", query, new TreeMap<>(names));
    }

    /** @param table its name */
    static RowSet of(TablePlan plan, String table) {
        TableSelection settings = plan.settings();
        return settings.query().isEmpty()
                ? ofTable(SqlText.name(settings.database()) + "." + SqlText.name(table), settings.where())
                : ofQuery(settings.query(), plan.names());
    }

    /**
     * A SELECT.
     *
     * @param list what is selected, by the names of the result
     * @param end what stands behind the conditions, with a space before it; empty: nothing
     */
    String select(String list, List<RowCondition> conditions, String end) {
        List<String> all = new ArrayList<>();
        if (!where.isEmpty()) {
            // A comment in it ends with its line.
            all.add(where + "\n");
        }
        conditions.forEach(condition -> all.add(condition.text(this::name)));
        String rows = query.isEmpty() ? from : "(" + bounded(query, inner(conditions)) + "\n) AS " + DERIVED;
        String met = all.isEmpty() ? "" : " WHERE (" + String.join(") AND (", all) + ")";
        return "SELECT " + list + " FROM " + rows + met + end;
    }

    /** A query with a condition in place of {@code {range}}. */
    static String bounded(String query, String condition) {
        return query.replace(MysqlTableSettings.RANGE, "(" + condition + ")");
    }

    private String inner(List<RowCondition> conditions) {
        Optional<String> bounds = conditions.stream()
                .filter(condition -> condition.columns().stream().allMatch(column -> names.containsKey(column.name())))
                .map(condition -> condition.text(column -> names.get(column.name())))
                .reduce((one, other) -> one + ") AND (" + other);
        return bounds.map(text -> "(" + text + ")").orElse(ALL);
    }

    /**
     * What a column is compared by. A text of unknown origin may be an ENUM, which is ordered by numbers and compared
     * as a text: there both go by the text.
     */
    String name(TableColumn column) {
        String name = SqlText.name(column.name());
        boolean isKnown = query.isEmpty() || names.containsKey(column.name()) || column.kind() != ColumnKind.TEXT;
        return isKnown ? name : "CONCAT(" + name + ")";
    }

    /** The names of columns, with commas between them. */
    String names(List<TableColumn> columns) {
        return columns.stream().map(this::name).collect(Collectors.joining(", "));
    }
}
