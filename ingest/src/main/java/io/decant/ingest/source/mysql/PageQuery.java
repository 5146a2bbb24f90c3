package io.decant.ingest.source.mysql;

import java.util.ArrayList;
import java.util.List;

/**
 * The statements that read a range, page by page: always in the order of the key, each page behind the last row of the
 * one before it.
 *
 * @param selectList what is read of each row
 * @param rows what they are read from
 * @param conditions that every row meets
 * @param key columns
 * @param from key behind which the range begins; empty: it has no beginning, or is bounded by another column
 */
record PageQuery(
        String selectList, RowSet rows, List<RowCondition> conditions, List<TableColumn> key, List<byte[]> from) {

    PageQuery {
        conditions = List.copyOf(conditions);
        from = List.copyOf(from);
    }

    /** Of a range of the import. */
    static PageQuery of(String selectList, RowSet rows, TablePlan plan, RangePlan range) {
        List<RowCondition> conditions = new ArrayList<>();
        boolean byKey = plan.split().equals(plan.key());
        if (range.nulls()) {
            conditions.add(RowCondition.isNull(plan.split().get(0)));
        }
        if (!byKey && !range.low().isEmpty()) {
            conditions.add(RowCondition.behind(plan.split(), range.low()));
        }
        if (!range.high().isEmpty()) {
            conditions.add(RowCondition.upTo(plan.split(), range.high()));
        }
        if (plan.isIncremental()) {
            conditions.add(RowCondition.upTo(List.of(plan.check()), List.of(plan.limit())));
        }
        return new PageQuery(selectList, rows, conditions, plan.key(), byKey ? range.low() : List.of());
    }

    /** Of an increment. */
    static PageQuery of(String selectList, RowSet rows, TablePlan plan, IncrementPlan increment) {
        List<RowCondition> conditions = new ArrayList<>();
        List<TableColumn> check = List.of(plan.check());
        if (increment.low() != null) {
            conditions.add(RowCondition.behind(check, List.of(increment.low())));
        }
        conditions.add(RowCondition.upTo(check, List.of(increment.high())));
        return new PageQuery(selectList, rows, conditions, plan.key(), List.of());
    }

    /**
     * The statement for the next page.
     *
     * @param cursor key of the last row; empty before the first
     * @param count of rows at the most
     */
    String page(List<byte[]> cursor, int count) {
        List<byte[]> behind = cursor.isEmpty() ? from : cursor;
        List<RowCondition> all = new ArrayList<>(conditions);
        if (!behind.isEmpty()) {
            all.add(RowCondition.behind(key, behind));
        }
        return rows.select(selectList, all, " ORDER BY " + rows.names(key) + " LIMIT " + count);
    }
}
