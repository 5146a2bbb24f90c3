package io.decant.ingest.source.mysql;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.decant.config.Incremental;
import io.decant.config.MysqlTableSettings;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a table's settings decides which rows are read and how they look: it cannot change while a plan holds.
 *
 * @param columns empty: all
 * @param query empty, and not in the journal, where a table is imported
 * @param key of the query
 */
record TableSelection(
        String database,
        List<String> columns,
        String where,
        Incremental incremental,
        String checkColumn,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) String query,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<String> key) {

    TableSelection {
        columns = List.copyOf(columns);
        query = query == null ? "" : query;
        key = key == null ? List.of() : List.copyOf(key);
    }

    static TableSelection of(String database, MysqlTableSettings settings) {
        return new TableSelection(
                database,
                settings.columns(),
                settings.where(),
                settings.incremental(),
                settings.checkColumn(),
                settings.query(),
                settings.key());
    }

    /** The settings in which the two differ. */
    List<String> differences(TableSelection other) {
        List<String> names = new ArrayList<>();
        add(names, "database", database.equals(other.database));
        add(names, "columns", columns.equals(other.columns));
        add(names, "where", where.equals(other.where));
        add(names, "incremental", incremental == other.incremental);
        add(names, "check-column", checkColumn.equals(other.checkColumn));
        add(names, "query", query.equals(other.query));
        add(names, "key", key.equals(other.key));
        return names;
    }

    private static void add(List<String> names, String name, boolean same) {
        if (!same) {
            names.add(name);
        }
    }
}
