package io.decant.ingest.source.mysql;

import io.decant.config.Incremental;
import io.decant.config.MysqlTableSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a table's settings decides which rows are read and how they look: it cannot change while a plan holds.
 *
 * @param columns empty: all
 */
record TableSelection(
        String database, List<String> columns, String where, Incremental incremental, String checkColumn) {

    TableSelection {
        columns = List.copyOf(columns);
    }

    static TableSelection of(String database, MysqlTableSettings settings) {
        return new TableSelection(
                database, settings.columns(), settings.where(), settings.incremental(), settings.checkColumn());
    }

    /** The settings in which the two differ. */
    List<String> differences(TableSelection other) {
        List<String> names = new ArrayList<>();
        add(names, "database", database.equals(other.database));
        add(names, "columns", columns.equals(other.columns));
        add(names, "where", where.equals(other.where));
        add(names, "incremental", incremental == other.incremental);
        add(names, "check-column", checkColumn.equals(other.checkColumn));
        return names;
    }

    private static void add(List<String> names, String name, boolean same) {
        if (!same) {
            names.add(name);
        }
    }
}
