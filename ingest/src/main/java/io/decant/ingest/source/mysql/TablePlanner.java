package io.decant.ingest.source.mysql;

import io.decant.config.Incremental;
import io.decant.config.MysqlSourceSettings;
import io.decant.config.MysqlTableSettings;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Plans how a table is imported: columns, key, and the bounds of its ranges. All bounds come from the database, which
 * alone knows its order. On a connection of the caller's; reads no row but those at the bounds.
 */
final class TablePlanner {

    /** To count more takes long, and about is enough for even ranges. */
    private static final long COUNTED_ROWS_MAX = 10_000_000;

    private final MysqlCatalog catalog;
    private final String table;
    private final MysqlTableSettings settings;
    private final int rangesMax;
    private final String database;
    private final Connection connection;
    private final MysqlConnections connections;
    private final UpperBound.Pause pause;

    /** @param pause for what an upper bound waits for */
    TablePlanner(
            MysqlConnections connections,
            Connection connection,
            MysqlSourceSettings source,
            String table,
            UpperBound.Pause pause) {
        this.pause = pause;
        this.connections = connections;
        this.connection = connection;
        this.catalog = new MysqlCatalog(connection, source.database());
        this.database = source.database();
        this.table = table;
        this.settings = source.tables().get(table);
        this.rangesMax = source.ranges();
    }

    /**
     * Plans it.
     *
     * @param generation 1, or one more than that of the plan that it replaces
     * @param note told what is waited for; empty: nothing
     * @throws SQLException where the database does not answer, or the table is not there: it may be later
     * @throws ImportException where it cannot be imported as it is
     */
    TablePlan plan(int generation, Consumer<String> note) throws SQLException, InterruptedException {
        return planned(generation, check -> bound(check, note).find(null));
    }

    /** What a plan would be now; an upper limit is not waited for. */
    TablePlan look() throws SQLException, InterruptedException {
        return planned(1, check -> bound(check, note -> {}).take(null));
    }

    private interface Limit {
        byte[] of(TableColumn check) throws SQLException, InterruptedException;
    }

    private TablePlan planned(int generation, Limit limitOf) throws SQLException, InterruptedException {
        return settings.query().isEmpty() ? ofTable(generation, limitOf) : ofQuery(generation);
    }

    private TablePlan ofTable(int generation, Limit limitOf) throws SQLException, InterruptedException {
        Map<String, TableColumn> all = catalog.columns(table);
        if (all.isEmpty()) {
            throw new SQLException("table " + table + " does not exist in " + database + ", or may not be read");
        }
        List<TableColumn> columns = columns(all);
        columns.forEach(TableColumn::kind);
        List<TableColumn> key = key(all);
        List<TableColumn> split = settings.splitBy().isEmpty() ? key : List.of(splitColumn(all));
        TableColumn check = settings.incremental() == Incremental.OFF ? null : checkColumn(all);
        byte[] limit = check == null ? null : limitOf.of(check);
        TableSelection selection = TableSelection.of(database, settings);
        if (check != null && limit == null) {
            // Nothing has a value there yet: the first increment begins at the beginning.
            return new TablePlan(generation, selection, columns, key, split, List.of(), 0, check, null, null, null);
        }
        List<RowCondition> conditions =
                check == null ? List.of() : List.of(RowCondition.upTo(List.of(check), List.of(limit)));
        RowSet rows = RowSet.ofTable(catalog.qualified(table), settings.where());
        long count = count(rows, conditions);
        List<RangePlan> ranges = ranges(rows, split, conditions, count);
        return new TablePlan(generation, selection, columns, key, split, ranges, count, check, limit, null, null);
    }

    private TablePlan ofQuery(int generation) throws SQLException {
        QueryPlanner query = new QueryPlanner(connection, catalog, table, settings);
        Map<String, QueryColumns.Described> described = query.columns();
        List<TableColumn> columns =
                described.values().stream().map(QueryColumns.Described::column).toList();
        columns.forEach(TableColumn::kind);
        List<TableColumn> key = settings.key().stream()
                .map(name -> query.column(described, name, "key"))
                .toList();
        TableColumn split = query.column(described, settings.splitBy(), "split-by");
        SortedMap<String, String> names = new TreeMap<>(query.names(described));
        RowSet rows = RowSet.ofQuery(settings.query(), names);
        long count = count(rows, List.of());
        query.check(rows, key, split, count);
        List<RangePlan> ranges = ranges(rows, List.of(split), List.of(), count);
        TableSelection selection = TableSelection.of(database, settings);
        return new TablePlan(
                generation, selection, columns, key, List.of(split), ranges, count, null, null, null, names);
    }

    /** The upper bound of the next increment of a plan; null where there is nothing new. */
    byte[] nextBound(TablePlan plan, byte[] low, Consumer<String> note) throws SQLException, InterruptedException {
        return bound(plan.check(), note).find(low);
    }

    /** What may be missed of a plan; a line each. */
    List<String> warnings(TablePlan plan) throws SQLException {
        if (plan.isQuery()) {
            return new QueryPlanner(connection, catalog, table, settings).warnings(plan);
        }
        if (!plan.isIncremental()) {
            return List.of();
        }
        List<String> warnings = new ArrayList<>();
        if (plan.check().nullable()) {
            warnings.add("rows with NULL in the check-column " + plan.check().name() + " are never read");
        }
        if (!bound(plan.check(), note -> {}).canSeeTransactions()) {
            warnings.add(UpperBound.WITHOUT_PROCESS);
        }
        if (catalog.number("SELECT @@global.read_only") != 0) {
            warnings.add("the database is read-only, as a replica is: what it applies late, or in another order, may be"
                    + " missed; read from the primary");
        }
        return warnings;
    }

    private UpperBound bound(TableColumn check, Consumer<String> note) {
        return new UpperBound(connections, connection, catalog, table, settings, check, note, pause);
    }

    private List<TableColumn> columns(Map<String, TableColumn> all) {
        if (settings.columns().isEmpty()) {
            return List.copyOf(all.values());
        }
        return settings.columns().stream()
                .map(name -> existing(all, name, "columns"))
                .toList();
    }

    private TableColumn existing(Map<String, TableColumn> all, String name, String setting) {
        TableColumn column = all.get(name);
        if (column == null) {
            throw new ImportException("table " + table + " has no column " + name + ", which the setting " + setting
                    + " names; it has " + String.join(", ", all.keySet()));
        }
        return column;
    }

    private List<TableColumn> key(Map<String, TableColumn> all) throws SQLException {
        List<String> reasons = new ArrayList<>();
        for (List<String> index : catalog.uniqueIndexes(table)) {
            Optional<String> reason = index.stream()
                    .map(name -> unfitForKey(all.get(name), name))
                    .flatMap(Optional::stream)
                    .findFirst();
            if (reason.isEmpty()) {
                return index.stream().map(all::get).toList();
            }
            reasons.add(reason.get());
        }
        throw new ImportException(
                "table " + table + " has no unique key of columns that are NOT NULL and can be compared"
                        + (reasons.isEmpty() ? "" : " (" + String.join("; ", reasons) + ")")
                        + "; its rows could not be told apart after a restart: add a primary key");
    }

    private static Optional<String> unfitForKey(TableColumn column, String name) {
        if (column == null) {
            return Optional.of("column " + name + " is invisible");
        }
        if (column.nullable()) {
            return Optional.of("column " + name + " may be NULL");
        }
        return column.isComparable()
                ? Optional.empty()
                : Optional.of("column " + name + " is of type " + column.dataType());
    }

    private TableColumn splitColumn(Map<String, TableColumn> all) {
        return comparable(existing(all, settings.splitBy(), "split-by"), "split-by");
    }

    private TableColumn checkColumn(Map<String, TableColumn> all) {
        TableColumn column = comparable(existing(all, settings.checkColumn(), "check-column"), "check-column");
        boolean isTime = column.kind() == ColumnKind.DATETIME || column.kind() == ColumnKind.TIMESTAMP;
        if (settings.incremental() == Incremental.LAST_MODIFIED && !isTime) {
            throw new ImportException("column " + column.name() + " of table " + table + " is of type " + column.type()
                    + "; incremental: last-modified needs a DATETIME or a TIMESTAMP");
        }
        return column;
    }

    private TableColumn comparable(TableColumn column, String setting) {
        if (!column.isComparable()) {
            throw new ImportException("column " + column.name() + " of table " + table + " is of type "
                    + column.dataType() + ", which the setting " + setting + " cannot name; name another column");
        }
        return column;
    }

    private long count(RowSet rows, List<RowCondition> conditions) throws SQLException {
        if (settings.query().isEmpty() && settings.where().isEmpty() && conditions.isEmpty()) {
            long estimate = catalog.estimatedRows(table);
            if (estimate > COUNTED_ROWS_MAX) {
                return estimate;
            }
        }
        return catalog.number(rows.select("COUNT(*)", conditions, ""));
    }

    private List<RangePlan> ranges(RowSet rows, List<TableColumn> split, List<RowCondition> conditions, long count)
            throws SQLException {
        List<RowCondition> notNull = new ArrayList<>(conditions);
        List<RangePlan> ranges = new ArrayList<>();
        if (split.get(0).nullable()) {
            notNull.add(RowCondition.isNotNull(split.get(0)));
        }
        byte[][] greatest = catalog.values(
                rows.select(SqlText.selected(split), notNull, " ORDER BY " + descending(rows, split) + " LIMIT 1"),
                split);
        if (greatest != null) {
            List<byte[]> high = List.of(greatest);
            List<byte[]> low = List.of();
            for (List<byte[]> bound : bounds(rows, split, notNull, high, count)) {
                ranges.add(new RangePlan(false, low, bound));
                low = bound;
            }
            ranges.add(new RangePlan(false, low, high));
        }
        if (split.get(0).nullable()) {
            ranges.add(RangePlan.ofNulls());
        }
        return ranges;
    }

    private static String descending(RowSet rows, List<TableColumn> columns) {
        return columns.stream().map(column -> rows.name(column) + " DESC").collect(Collectors.joining(", "));
    }

    private List<List<byte[]>> bounds(
            RowSet rows, List<TableColumn> split, List<RowCondition> conditions, List<byte[]> high, long count)
            throws SQLException {
        if (!settings.boundaryQuery().isEmpty()) {
            if (split.size() > 1) {
                throw new ImportException("table " + table
                        + ": the setting boundary-query needs split-by, for the key has " + split.size() + " columns");
            }
            return new BoundaryQuery(connection, catalog, settings.boundaryQuery(), split.get(0), rangesMax).bounds();
        }
        long chunk = Math.max(1, (count + rangesMax - 1) / rangesMax);
        List<List<byte[]>> bounds = new ArrayList<>();
        List<byte[]> low = List.of();
        while (bounds.size() < rangesMax - 1) {
            List<RowCondition> behind = new ArrayList<>(conditions);
            if (!low.isEmpty()) {
                behind.add(RowCondition.behind(split, low));
            }
            behind.add(RowCondition.upTo(split, high));
            String end = " ORDER BY " + rows.names(split) + " LIMIT 1 OFFSET " + (chunk - 1);
            byte[][] bound = catalog.values(rows.select(SqlText.selected(split), behind, end), split);
            if (bound == null || Arrays.deepEquals(bound, high.toArray())) {
                break;
            }
            low = List.of(bound);
            bounds.add(low);
        }
        return bounds;
    }
}
