package io.decant.config;

import java.time.Duration;
import java.util.List;

/**
 * A table that a source of {@code type: mysql} imports.
 *
 * @param columns by name, in the order in which records have them; empty: all, in the order of the table
 * @param where a condition that rows must meet; empty: none
 * @param query a SELECT with {@link #RANGE} in place of the table; empty: the table itself
 * @param key of a query: the columns of its result that tell its rows apart, as {@code id} or {@code o.id}; else empty
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
        List<String> key,
        String splitBy,
        String boundaryQuery,
        Incremental incremental,
        String checkColumn,
        Duration interval,
        Duration settle) {

    /** What a query has where the bounds of ranges and pages belong. */
    public static final String RANGE = "{range}";

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
            "Only rows that meet this condition are imported, e.g. `region = 'eu'`. Its author can read whatever `user`"
                    + " can read.");

    static final Setting<MysqlTableSettings, String> QUERY = KEYS.optional(
            Types.text("a SELECT with {range} in it", MysqlTableSettings::checkQuery),
            "",
            "A SELECT that is imported in place of a table, with `{range}` where a condition belongs: `SELECT o.id,"
                    + " c.name FROM orders o JOIN customers c ON c.id = o.customer WHERE {range}`. It needs `split-by`"
                    + " and `key`; the name of the table is then a name of your choice.");

    static final Setting<MysqlTableSettings, List<String>> KEY = KEYS.optional(
            new ListType<>(SqlNames.COLUMN, "a list of columns", "none"),
            List.of(),
            "Of a `query`: the columns of its result that tell its rows apart, none of them NULL. `o.id` is the column"
                    + " `id` of the result, which the query itself calls `o.id`.");

    static final Setting<MysqlTableSettings, String> SPLIT_BY = KEYS.optional(
            SqlNames.OPTIONAL_COLUMN,
            "",
            "The column by which the table is cut into ranges, of a `query` written as in `key`. It should have an"
                    + " index. Rows with NULL in it are a range of their own. Empty: the primary key, which is nearly"
                    + " always best.");

    static final Setting<MysqlTableSettings, String> BOUNDARY_QUERY = KEYS.optional(
            Types.text("a SELECT", MysqlTableSettings::checkSql),
            "",
            "Gives the bounds of the ranges: one row of the least and the greatest value, between which is divided"
                    + " evenly (numbers); or one column of bounds in ascending order. Empty: they are looked up in the"
                    + " index, with as many rows in each range.");

    static final Setting<MysqlTableSettings, Incremental> INCREMENTAL = KEYS.optional(
            Types.choice(Incremental.class),
            Incremental.OFF,
            "What is read after the import. `off`: nothing. `append`: rows with a greater value of `check-column`."
                    + " `last-modified`: rows whose `check-column` has a later time.");

    static final Setting<MysqlTableSettings, String> CHECK_COLUMN = KEYS.optional(
            SqlNames.OPTIONAL_COLUMN,
            "",
            "Of increments: the column that says what is new. Rows with NULL in it are never read.");

    static final Setting<MysqlTableSettings, Duration> INTERVAL =
            KEYS.optional(Types.duration("1s", "30d"), Duration.ofMinutes(1), "Between two increments.");

    static final Setting<MysqlTableSettings, Duration> SETTLE = KEYS.optional(
            Types.duration("0s", "1d"),
            Duration.ofMinutes(1),
            "Of increments: how long a transaction may take from its first change to its commit. It is waited for where"
                    + " open transactions cannot be seen: without the privilege PROCESS.");

    static final Section<MysqlTableSettings> SECTION = KEYS.section();

    /** @throws IllegalArgumentException if a value is out of its range */
    public MysqlTableSettings {
        columns = List.copyOf(columns);
        key = List.copyOf(key);
        COLUMNS.check(columns);
        WHERE.check(where);
        QUERY.check(query);
        KEY.check(key);
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

    private static void checkQuery(String text) {
        if (text.isEmpty()) {
            return;
        }
        checkSql(text);
        int first = text.indexOf(RANGE);
        if (first < 0) {
            throw new InvalidValue("has no " + RANGE, "write it where a condition belongs, e.g. WHERE " + RANGE);
        }
        if (text.indexOf(RANGE, first + 1) >= 0) {
            throw new InvalidValue(
                    "has " + RANGE + " more than once", "write it once, where it bounds all rows of the query");
        }
    }
}
