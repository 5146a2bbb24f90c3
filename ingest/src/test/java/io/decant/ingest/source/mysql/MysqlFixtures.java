package io.decant.ingest.source.mysql;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.config.Incremental;
import java.util.List;
import java.util.stream.Stream;

/** Columns, values and plans for tests without a database. */
final class MysqlFixtures {

    static final TableColumn ID = column("id", "bigint");
    static final TableColumn TAG =
            new TableColumn("tag", "varchar", "varchar(9)", "latin1", "latin1_german2_ci", false, 9);
    static final TableColumn AT = column("at", "datetime");

    private MysqlFixtures() {}

    static TableColumn column(String name, String type) {
        return new TableColumn(name, type, type, "", "", false, 0);
    }

    static List<byte[]> values(String... texts) {
        return Stream.of(texts).map(text -> text.getBytes(UTF_8)).toList();
    }

    static TablePlan plan(int generation, List<TableColumn> key, List<TableColumn> split, List<RangePlan> ranges) {
        TableSelection selection = new TableSelection("shop", List.of(), "", Incremental.OFF, "", "", List.of());
        return new TablePlan(generation, selection, List.of(ID, TAG), key, split, ranges, 100, null, null, null, null);
    }
}
