package io.decant.ingest.source.mysql;

import java.util.List;
import java.util.function.Function;

/**
 * A condition on the values of columns, for the server to evaluate.
 *
 * @param columns one, or those of a key in their order
 * @param values of these columns; empty where rows are told by NULL
 */
record RowCondition(Kind kind, List<TableColumn> columns, List<byte[]> values) {

    /** Which rows. */
    enum Kind {
        BEHIND,
        UP_TO,
        NULL,
        NOT_NULL
    }

    RowCondition {
        columns = List.copyOf(columns);
        values = List.copyOf(values);
    }

    /** Rows behind these values. */
    static RowCondition behind(List<TableColumn> columns, List<byte[]> values) {
        return new RowCondition(Kind.BEHIND, columns, values);
    }

    /** Rows up to these values, them included. */
    static RowCondition upTo(List<TableColumn> columns, List<byte[]> values) {
        return new RowCondition(Kind.UP_TO, columns, values);
    }

    static RowCondition isNull(TableColumn column) {
        return new RowCondition(Kind.NULL, List.of(column), List.of());
    }

    static RowCondition isNotNull(TableColumn column) {
        return new RowCondition(Kind.NOT_NULL, List.of(column), List.of());
    }

    /** @param names what columns are called where the condition stands */
    String text(Function<TableColumn, String> names) {
        return switch (kind) {
            case BEHIND -> SqlText.after(columns, values, names);
            case UP_TO -> SqlText.upTo(columns, values, names);
            case NULL -> names.apply(columns.get(0)) + " IS NULL";
            case NOT_NULL -> names.apply(columns.get(0)) + " IS NOT NULL";
        };
    }
}
