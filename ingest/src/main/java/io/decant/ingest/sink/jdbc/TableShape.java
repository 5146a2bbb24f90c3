package io.decant.ingest.sink.jdbc;

import io.decant.bucketer.Fold;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a database's catalog says of a table.
 *
 * @param columns types by names, in the table's order
 * @param uniques the columns of each unique index on whole columns, the primary key among them
 * @param prefixUniques the columns of each unique index that has the beginnings alone of some of them
 * @param folds of columns that are compared by less than their bytes: how keys must be folded to be compared alike
 * @param unsafe why what is written is not kept as it should be; empty: nothing is known against the table
 */
record TableShape(
        Map<String, String> columns,
        List<Set<String>> uniques,
        List<Set<String>> prefixUniques,
        Map<String, Fold> folds,
        Optional<String> unsafe) {}
