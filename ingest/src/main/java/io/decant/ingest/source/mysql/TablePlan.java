package io.decant.ingest.source.mysql;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is going to be read of a table, as the journal keeps it. Its names are those of the journal's text: a change
 * needs a new version of {@link SourcePlan}.
 *
 * @param generation 1, and one more with each time it is planned anew
 * @param settings what of the settings decides which rows are read and how they look
 * @param columns that records have, in their order
 * @param key columns that tell rows apart, in the order of their index
 * @param split columns that bound the ranges; the key, or one column
 * @param rows about how many there are
 * @param check the column that says what is new; null where there are no increments
 * @param limit the greatest value of the check column that the import reads; null where there is none
 * @param increment the increment that is read, or was read last; null before the first
 * @param names what a query itself calls columns of its result; empty, and not in the journal, where a table is
 *     imported
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record TablePlan(
        int generation,
        TableSelection settings,
        List<TableColumn> columns,
        List<TableColumn> key,
        List<TableColumn> split,
        List<RangePlan> ranges,
        long rows,
        TableColumn check,
        byte[] limit,
        IncrementPlan increment,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) SortedMap<String, String> names) {

    TablePlan {
        names = Collections.unmodifiableSortedMap(names == null ? new TreeMap<>() : new TreeMap<>(names));
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        split = List.copyOf(split);
        ranges = List.copyOf(ranges);
    }

    /** The same with another increment. */
    TablePlan with(IncrementPlan next) {
        return new TablePlan(generation, settings, columns, key, split, ranges, rows, check, limit, next, names);
    }

    /** The name of the stream of a range. */
    String stream(String table, int range) {
        return table + "/" + prefix() + range;
    }

    /** The name of the stream of all increments. */
    String incrementStream(String table) {
        return table + "/" + prefix() + "increments";
    }

    private String prefix() {
        return generation == 1 ? "" : generation + ".";
    }

    /** Whether the table is read again after its import. */
    boolean isIncremental() {
        return check != null;
    }

    /** Whether it is a query that is read. */
    boolean isQuery() {
        return !settings.query().isEmpty();
    }
}
