package io.decant.config;

import java.time.Duration;
import java.util.List;

/**
 * A table that a source of {@code type: mysql} imports.
 *
 * @param columns by name, in the order in which records have them; empty: all, in the order of the table
 * @param where a condition that rows must meet; empty: none
 * @param query not supported yet, always empty
 * @param splitBy column by which the table is cut into ranges; empty: the key
 * @param boundaryQuery gives the bounds of the ranges; empty: they are looked up in the index
 * @param checkColumn of increments: the column that says what is new; empty where there are none
 * @param interval between two increments
 * @param settle how long a transaction may take from its first change to its commit, where open ones cannot be seen
 */
public record MysqlTableSettings(
        List<String> columns,
        String where,
        String query,
        String splitBy,
        String boundaryQuery,
        Incremental incremental,
        String checkColumn,
        Duration interval,
        Duration settle) {

    /** Longest condition or query: it stands in each statement. */
    private static final int SQL_CHARS_MAX = 8_192;

    private static final SectionKeys<MysqlTableSettings> KEYS = SectionKeys.of(MysqlTableSettings.class);

    static final Setting<MysqlTableSettings, List<String>> COLUMNS = KEYS.optional(
            new ListType<>(SqlNames.COLUMN, "a list of columns", "all"),
            List.of(),
            "`all`, in the order of the table, or the columns that records have.");

    static final Setting<MysqlTableSettings, String> WHERE = KEYS.optional(
            Types.text("a condition in SQL", MysqlTableSettings::checkSql),
            "",
            "Only rows that meet this condition are imported, e.g. `region = 'eu'`. Its author can read whatever `user` can read.");

    static final Setting<MysqlTableSettings, String> QUERY = KEYS.optional(
            Types.text("empty", MysqlTableSettings::refuseQuery),
            "",
            "Reserved: a query in place of a table is not supported yet. Use `columns` and `where`.");

    static final Setting<MysqlTableSettings, String> SPLIT_BY = KEYS.optional(
            SqlNames.OPTIONAL_COLUMN,
            "",
            "The column by which the table is cut into ranges. It should have an index. Rows with NULL in it are a range of their own."
                    + " Empty: the primary key, which is nearly always best.");

    static final Setting<MysqlTableSettings, String> BOUNDARY_QUERY = KEYS.optional(
            Types.text("a SELECT", MysqlTableSettings::checkSql),
            "",
            "Gives the bounds of the ranges: one row of the least and the greatest value, between which is divided evenly (numbers); or one"
                    + " column of bounds in ascending order. Empty: they are looked up in the index, with as many rows in each range.");

    static final Setting<MysqlTableSettings, Incremental> INCREMENTAL = KEYS.optional(
            Types.choice(Incremental.class),
            Incremental.OFF,
            "What is read after the import. `off`: nothing. `append`: rows with a greater value of `check-column`. `last-modified`: rows whose"
                    + " `check-column` has a later time.");

    static final Setting<MysqlTableSettings, String> CHECK_COLUMN = KEYS.optional(
            SqlNames.OPTIONAL_COLUMN,
            "",
            "Of increments: the column that says what is new. Rows with NULL in it are never read.");

    static final Setting<MysqlTableSettings, Duration> INTERVAL =
            KEYS.optional(Types.duration("1s", "30d"), Duration.ofMinutes(1), "Between two increments.");

    static final Setting<MysqlTableSettings, Duration> SETTLE = KEYS.optional(
            Types.duration("0s", "1d"),
            Duration.ofMinutes(1),
            "Of increments: how long a transaction may take from its first change to its commit. It is waited for where open transactions"
                    + " cannot be seen: without the privilege PROCESS.");

    static final Section<MysqlTableSettings> SECTION = KEYS.section();

    /** @throws IllegalArgumentException if a value is out of its range */
    public MysqlTableSettings {
        columns = List.copyOf(columns);
        COLUMNS.check(columns);
        WHERE.check(where);
        QUERY.check(query);
        SPLIT_BY.check(splitBy);
        BOUNDARY_QUERY.check(boundaryQuery);
        INCREMENTAL.check(incremental);
        CHECK_COLUMN.check(checkColumn);
        INTERVAL.check(interval);
        SETTLE.check(settle);
    }

    private static void checkSql(String text) {
        if (text.length() > SQL_CHARS_MAX) {
            throw new InvalidValue("is longer than " + SQL_CHARS_MAX + " characters", "write a shorter one");
        }
        if (text.indexOf('\0') >= 0 || text.strip().endsWith(";")) {
            throw new InvalidValue(
                    "ends with a semicolon, or has a zero byte", "write one expression, without a semicolon");
        }
    }

    private static void refuseQuery(String text) {
        if (!text.isEmpty()) {
            throw new InvalidValue("is not supported yet", "use the settings columns and where of the table");
        }
    }
}
