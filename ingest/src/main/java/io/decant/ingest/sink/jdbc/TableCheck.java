package io.decant.ingest.sink.jdbc;

import io.decant.bucketer.KeySpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Whether a table is as its sink needs it. */
final class TableCheck {

    private final Dialect dialect;
    private final TargetText target;
    private final KeySpec bucketKey;

    /** @param bucketKey what tells apart the records of a bucket */
    TableCheck(Dialect dialect, TargetText target, KeySpec bucketKey) {
        this.dialect = dialect;
        this.target = target;
        this.bucketKey = bucketKey;
    }

    /** What keeps rows from being written, a line each. */
    List<String> problems(TableShape shape) {
        List<String> problems = new ArrayList<>();
        Set<String> named = new HashSet<>(target.columns().keySet());
        named.addAll(target.key());
        if (target.hasNewerBy()) {
            named.add(target.newerBy());
        }
        named.stream()
                .filter(column -> !shape.columns().containsKey(column))
                .sorted()
                .forEach(column -> problems.add("table " + target.table() + " has no column " + column + "; it has "
                        + String.join(", ", shape.columns().keySet())));
        shape.unsafe().ifPresent(why -> problems.add("table " + target.table() + " " + why));
        if (problems.isEmpty() && target.isUpsert()) {
            addIndexes(shape, problems);
        }
        return problems;
    }

    /**
     * Columns of which the database takes values for the same that buckets tell apart, a line each: versions of one row
     * could be in one bucket then, and their order would be lost.
     */
    List<String> foldProblems(TableShape shape) {
        if (!target.isUpsert()) {
            return List.of();
        }
        return shape.folds().entrySet().stream()
                .filter(column ->
                        isCompared(column.getKey(), shape) && column.getValue().compareTo(bucketKey.fold()) > 0)
                .map(column -> "column " + column.getKey() + " of table " + target.table()
                        + " treats texts as equal that buckets treat as different, e.g. Bob and bob; "
                        + (bucketKey.readsJson()
                                ? "set bucket.fold: " + column.getValue().word() + ", or "
                                : "")
                        + "give the column a type or collation for which they differ")
                .sorted()
                .toList();
    }

    private boolean isCompared(String column, TableShape shape) {
        return target.key().contains(column)
                || (dialect.upsertsByAnyIndex()
                        && target.writes(column)
                        && shape.uniques().stream().anyMatch(columns -> columns.contains(column)));
    }

    private void addIndexes(TableShape shape, List<String> problems) {
        if (!shape.uniques().contains(Set.copyOf(target.key()))) {
            problems.add("table " + target.table() + " has no unique index on (" + String.join(", ", target.key())
                    + "), which an upsert needs; add one, or set key");
        }
        if (dialect.upsertsByAnyIndex()) {
            others(shape)
                    .forEach(columns -> problems.add("table " + target.table() + " has another unique index, on ("
                            + String.join(", ", columns)
                            + "), and an upsert would change the row that has the same values"
                            + " there; name its values in bucket.keys, too, or drop it"));
            shape.prefixUniques().stream()
                    .filter(columns -> columns.stream().allMatch(target::writes))
                    .forEach(columns -> problems.add("table " + target.table()
                            + " has a unique index on beginnings of ("
                            + String.join(", ", columns) + "), and an upsert would change the row that begins alike;"
                            + " drop it, or have it on whole columns"));
        }
    }

    /** What is allowed and may still be a mistake, a line each. */
    List<String> hints(TableShape shape) {
        if (!target.isUpsert() || dialect.upsertsByAnyIndex()) {
            return List.of();
        }
        return others(shape).stream()
                .map(columns -> "table " + target.table() + " has another unique index, on ("
                        + String.join(", ", columns) + "): where its values move from one row to another, records are"
                        + " refused unless bucket.keys names them, too")
                .toList();
    }

    /** Unique indexes beside that of the key by which records of a bucket are not told apart. */
    private List<Set<String>> others(TableShape shape) {
        return shape.uniques().stream()
                .filter(columns -> !columns.equals(Set.copyOf(target.key())))
                // One that has a column that is never written has the database's own values there.
                .filter(columns -> columns.stream().allMatch(target::writes))
                .filter(columns -> !bucketKey.tellsApartBy(
                        columns.stream().map(target::pointer).collect(Collectors.toSet())))
                .toList();
    }
}
