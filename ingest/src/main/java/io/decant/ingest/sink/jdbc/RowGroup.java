package io.decant.ingest.sink.jdbc;

import io.decant.bucketer.transform.JsonValues;
import java.util.List;

/**
 * The rows of a part that have values for the same columns, so that one statement writes them. Made by a
 * {@link Dialect}, in the form in which its statements want them. Owned by the thread that writes the part.
 */
abstract class RowGroup implements AutoCloseable {

    private final List<String> columns;
    private final boolean deletes;

    /**
     * @param columns that the rows have values for
     * @param deletes whether the rows of these keys are deleted, rather than written
     */
    RowGroup(List<String> columns, boolean deletes) {
        this.columns = List.copyOf(columns);
        this.deletes = deletes;
    }

    final List<String> columns() {
        return columns;
    }

    final boolean deletes() {
        return deletes;
    }

    /**
     * Adds a row.
     *
     * @param values where the values of the columns are
     * @param indexes of the group's columns among the values
     * @throws RowRefusedException where it is known already that the database would refuse it, or would not keep it as
     *     it is
     */
    abstract void add(JsonValues values, int[] indexes) throws RowRefusedException;

    /** Adds a row whose record has just the columns as members, by their names. */
    abstract void addWhole(JsonValues values, int[] indexes, long address, int length) throws RowRefusedException;

    /** Adds a row that is to be deleted, of these values of the columns. */
    abstract void addTexts(List<String> texts) throws RowRefusedException;

    /** Frees what it holds. */
    @Override
    public abstract void close();
}
