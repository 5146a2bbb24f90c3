package io.decant.ingest.source.mysql;

import java.util.ArrayList;
import java.util.List;

/**
 * The statements that read a range, page by page: always in the order of the key, each page behind the last row of the
 * one before it.
 *
 * @param select what is read: a select list and the table
 * @param conditions that every row meets, in SQL
 * @param key columns
 * @param from key behind which the range begins; empty: it has no beginning, or is bounded by another column
 */
record PageQuery(String select, List<String> conditions, List<TableColumn> key, List<byte[]> from) {

    PageQuery {
        conditions = List.copyOf(conditions);
        from = List.copyOf(from);
    }

    /**
     * Of a range of the import.
     *
     * @param table with the database's name
     */
    static PageQuery of(String selectList, String table, TablePlan plan, RangePlan range) {
        List<String> conditions = conditions(plan.settings().where());
        boolean byKey = plan.split().equals(plan.key());
        if (range.nulls()) {
            conditions.add(SqlText.name(plan.split().get(0).name()) + " IS NULL");
        }
        if (!byKey && !range.low().isEmpty()) {
            conditions.add(SqlText.after(plan.split(), range.low()));
        }
        if (!range.high().isEmpty()) {
            conditions.add(SqlText.upTo(plan.split(), range.high()));
        }
        if (plan.isIncremental()) {
            conditions.add(SqlText.upTo(List.of(plan.check()), List.of(plan.limit())));
        }
        return new PageQuery(
                "SELECT " + selectList + " FROM " + table, conditions, plan.key(), byKey ? range.low() : List.of());
    }

    /** Of an increment. */
    static PageQuery of(String selectList, String table, TablePlan plan, IncrementPlan increment) {
        List<String> conditions = conditions(plan.settings().where());
        List<TableColumn> check = List.of(plan.check());
        if (increment.low() != null) {
            conditions.add(SqlText.after(check, List.of(increment.low())));
        }
        conditions.add(SqlText.upTo(check, List.of(increment.high())));
        return new PageQuery("SELECT " + selectList + " FROM " + table, conditions, plan.key(), List.of());
    }

    /** The user's condition, to which others are added; a comment in it ends with its line. */
    static List<String> conditions(String where) {
        List<String> conditions = new ArrayList<>();
        if (!where.isEmpty()) {
            conditions.add(where + "\n");
        }
        return conditions;
    }

    /** All of these, behind a WHERE; nothing where there are none. */
    static String where(List<String> conditions) {
        return conditions.isEmpty() ? "" : " WHERE (" + String.join(") AND (", conditions) + ")";
    }

    /**
     * The statement for the next page.
     *
     * @param cursor key of the last row; empty before the first
     * @param rows at the most
     */
    String page(List<byte[]> cursor, int rows) {
        List<byte[]> behind = cursor.isEmpty() ? from : cursor;
        List<String> all = new ArrayList<>(conditions);
        if (!behind.isEmpty()) {
            all.add(SqlText.after(key, behind));
        }
        return select + where(all) + " ORDER BY " + SqlText.names(key) + " LIMIT " + rows;
    }
}
