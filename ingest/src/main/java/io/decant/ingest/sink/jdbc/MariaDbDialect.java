package io.decant.ingest.sink.jdbc;

import io.decant.bucketer.Fold;
import io.decant.config.JdbcSinkSettings;
import io.decant.ingest.sink.AnswerClass;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * MariaDB, and MySQL by the same driver. A part is a transaction: the row of the ledger, and a bulk statement for each
 * group of rows. Values travel as {@link MariaDbRows} has them: as texts, which the server turns into the types of the
 * columns.
 */
final class MariaDbDialect extends Dialect {

    private static final String MYSQL = "jdbc:mysql:";

    private static final int DUPLICATE_ENTRY = 1062;
    private static final int TABLE_EXISTS = 1050;

    /**
     * What concerns a value, in any class of SQLSTATE: larger than a packet may be, out of range,
     * truncated, wrong, no default, no partition, and MySQL's error of a check.
     */
    private static final Set<Integer> REFUSED = Set.of(1153, 1264, 1265, 1292, 1364, 1366, 1526, 3819);

    /** Raised by a trigger of the user's own. */
    private static final String SIGNALED = "45000";

    /** A lock that was not acquired in time, a deadlock, a statement that took too long. */
    private static final Set<Integer> PASSING = Set.of(1205, 1213, 1969);

    private static final String JSON = "json";

    /** The check that MariaDB gives a column of type JSON, which is a text there; with what the user has added. */
    private static final Pattern JSON_CHECK = Pattern.compile("(?is)json_valid\\(`([^`]+)`\\)( and .*)?");

    @Override
    char quote() {
        return '`';
    }

    @Override
    String driverUrl(String url) {
        return url.startsWith(MYSQL) ? "jdbc:mariadb:" + url.substring(MYSQL.length()) : url;
    }

    @Override
    Properties properties(JdbcSinkSettings settings) {
        long answerMillis = settings.timeout().toMillis() + ANSWER_SECONDS * 1_000L;
        Properties properties = new Properties();
        properties.setProperty("useBulkStmts", "true");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS * 1_000));
        properties.setProperty("socketTimeout", Long.toString(Math.min(Integer.MAX_VALUE, answerMillis)));
        return properties;
    }

    /**
     * A value that does not fit is an error, not cut short, and zero is a value; times are UTC; nothing takes longer
     * than it may.
     */
    @Override
    void begin(Connection connection, JdbcSinkSettings settings) throws SQLException {
        connection.setAutoCommit(false);
        connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
        long seconds = settings.timeout().toSeconds();
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO'),"
                    + " time_zone = '+00:00', innodb_lock_wait_timeout = " + seconds);
            if (isMariaDb(connection)) {
                // Later than that, which says more. MySQL ends none but reads.
                statement.execute("SET max_statement_time = " + (seconds + 1));
            }
        }
    }

    private static boolean isMariaDb(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().equals("MariaDB");
    }

    @Override
    TableShape table(Connection connection, TableName name) throws SQLException {
        Map<String, String> columns = new LinkedHashMap<>();
        Map<String, Fold> folds = new HashMap<>();
        read(
                connection,
                name,
                "SELECT column_name, column_type, collation_name FROM information_schema.columns"
                        + " WHERE COALESCE(generation_expression, '') = '' AND table_schema",
                "ordinal_position",
                row -> {
                    columns.put(row.getString(1), row.getString(2).toLowerCase(Locale.ROOT));
                    folds.put(row.getString(1), fold(row.getString(3)));
                });
        folds.values().removeIf(fold -> fold == Fold.NONE);
        if (isMariaDb(connection)) {
            markJson(connection, name, columns);
        }
        Map<String, Set<String>> uniques = new LinkedHashMap<>();
        Set<String> prefixes = new HashSet<>();
        read(
                connection,
                name,
                "SELECT index_name, column_name, sub_part FROM information_schema.statistics"
                        + " WHERE non_unique = 0 AND column_name IS NOT NULL AND table_schema",
                "index_name, seq_in_index",
                row -> {
                    uniques.computeIfAbsent(row.getString(1), any -> new LinkedHashSet<>())
                            .add(row.getString(2));
                    if (row.getString(3) != null) {
                        prefixes.add(row.getString(1));
                    }
                });
        List<Set<String>> prefixUniques = prefixes.stream().map(uniques::get).toList();
        uniques.keySet().removeAll(prefixes);
        Optional<String> unsafe = engineProblem(connection, name);
        connection.commit();
        return columns.isEmpty()
                ? null
                : new TableShape(columns, List.copyOf(uniques.values()), prefixUniques, folds, unsafe);
    }

    /** What a collation does to letters, by the endings that its name has. */
    private static Fold fold(String collation) {
        if (collation == null || !collation.contains("_ci")) {
            return Fold.NONE;
        }
        return collation.contains("_as_ci") ? Fold.CASE : Fold.CASE_ACCENT;
    }

    /** Has the columns of type JSON say so, as those of MySQL do. */
    private static void markJson(Connection connection, TableName name, Map<String, String> columns)
            throws SQLException {
        read(
                connection,
                name,
                "SELECT check_clause FROM information_schema.check_constraints WHERE constraint_schema",
                "constraint_name",
                row -> {
                    Matcher check = JSON_CHECK.matcher(row.getString(1));
                    if (check.matches()) {
                        columns.replace(check.group(1), JSON);
                    }
                });
    }

    /** Without transactions, what is written of a part that fails stays, and comes again. */
    private static Optional<String> engineProblem(Connection connection, TableName name) throws SQLException {
        List<String> problems = new ArrayList<>();
        read(
                connection,
                name,
                "SELECT t.engine FROM information_schema.tables t"
                        + " JOIN information_schema.engines e ON e.engine = t.engine"
                        + " WHERE COALESCE(e.transactions, 'NO') <> 'YES' AND table_schema",
                "t.engine",
                row -> problems.add(
                        "is of engine " + row.getString(1) + ", which has no transactions; make it ENGINE = InnoDB"));
        return problems.stream().findFirst();
    }

    private interface RowUse {
        void of(ResultSet row) throws SQLException;
    }

    /** @param select ends with what is the schema */
    private static void read(Connection connection, TableName name, String select, String order, RowUse use)
            throws SQLException {
        // Names of tables are compared without regard to case there, though they are not the same.
        try (PreparedStatement statement = connection.prepareStatement(select
                + " = COALESCE(?, DATABASE()) AND table_name = ? AND CAST(table_name AS BINARY) = CAST(? AS BINARY)"
                + " ORDER BY " + order)) {
            statement.setString(1, name.schema().orElse(null));
            statement.setString(2, name.table());
            statement.setString(3, name.table());
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    use.of(rows);
                }
            }
        }
    }

    @Override
    List<String> ledgerDdl(TableName ledger) {
        return List.of("CREATE TABLE " + quoted(ledger)
                + " (id varchar(512) CHARACTER SET ascii COLLATE ascii_bin PRIMARY KEY,"
                + " sink varchar(400) CHARACTER SET ascii COLLATE ascii_bin NOT NULL, batch bigint NOT NULL,"
                + " written timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP, INDEX (sink, batch)) ENGINE = InnoDB");
    }

    @Override
    RowGroup group(TableShape shape, List<String> columns, boolean deletes) {
        return new MariaDbRows(columns, deletes, shape.columns());
    }

    @Override
    boolean write(Connection connection, TargetText target, LedgerRow row, List<RowGroup> groups) throws SQLException {
        boolean isEnded = false;
        try {
            if (!insertIntoLedger(connection, target, row)) {
                return false;
            }
            for (RowGroup group : groups) {
                MariaDbRows rows = (MariaDbRows) group;
                write(connection, rows.deletes() ? delete(target, rows) : insert(target, rows), rows);
            }
            if (row.forgetBefore() > 0) {
                forget(connection, TableName.of(target.ledger()), "<", row.sink(), row.forgetBefore());
            }
            connection.commit();
            isEnded = true;
            return true;
        } finally {
            if (!isEnded) {
                // Whatever it was: what stayed open would be committed with the next part.
                rollback(connection);
            }
        }
    }

    /** Waits for another transaction that has inserted the same row and is still open. */
    private boolean insertIntoLedger(Connection connection, TargetText target, LedgerRow row) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "INSERT INTO " + quoted(TableName.of(target.ledger())) + " (id, sink, batch) VALUES (?, ?, ?)")) {
            statement.setString(1, row.id());
            statement.setString(2, row.sink());
            statement.setLong(3, row.batch());
            statement.executeUpdate();
            return true;
        } catch (SQLException e) {
            if (e.getErrorCode() == DUPLICATE_ENTRY) {
                return false;
            }
            throw e;
        }
    }

    private static void write(Connection connection, String sql, MariaDbRows group) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (String[] texts : group.rows()) {
                for (int i = 0; i < texts.length; i++) {
                    statement.setString(i + 1, texts[i]);
                }
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private String insert(TargetText target, MariaDbRows group) {
        String insert = "INSERT INTO " + quoted(TableName.of(target.table())) + " (" + quoted(group.columns())
                + ") VALUES (" + String.join(", ", group.placeholders()) + ")";
        if (!target.isUpsert()) {
            return insert;
        }
        List<String> updated = new ArrayList<>(group.columns());
        updated.removeAll(target.key());
        if (updated.isEmpty()) {
            String first = quoted(target.key().get(0));
            return insert + " ON DUPLICATE KEY UPDATE " + first + " = " + first;
        }
        if (target.hasNewerBy() && updated.remove(target.newerBy())) {
            // Last: assignments see what those before them wrote.
            updated.add(target.newerBy());
        }
        return insert + " ON DUPLICATE KEY UPDATE "
                + updated.stream().map(column -> assignment(target, column)).collect(Collectors.joining(", "));
    }

    private String assignment(TargetText target, String column) {
        String name = quoted(column);
        if (!target.hasNewerBy()) {
            return name + " = VALUES(" + name + ")";
        }
        String newer = quoted(target.newerBy());
        return name + " = IF(" + newer + " IS NULL OR " + newer + " <= VALUES(" + newer + "), VALUES(" + name + "), "
                + name + ")";
    }

    private String delete(TargetText target, RowGroup group) {
        // In the order of the group's columns, which is that of its values.
        return "DELETE FROM " + quoted(TableName.of(target.table())) + " WHERE "
                + group.columns().stream()
                        .map(column -> target.key().contains(column)
                                ? quoted(column) + " = ?"
                                : "COALESCE(" + quoted(column) + " <= ?, TRUE)")
                        .collect(Collectors.joining(" AND "));
    }

    @Override
    void forgetFrom(Connection connection, TableName ledger, String sink, long batch) throws SQLException {
        boolean isEnded = false;
        try {
            forget(connection, ledger, ">=", sink, batch);
            connection.commit();
            isEnded = true;
        } finally {
            if (!isEnded) {
                rollback(connection);
            }
        }
    }

    @Override
    long newestBatch(Connection connection, TableName ledger, String sink) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(newestBatchQuery(ledger))) {
            statement.setString(1, sink);
            return number(statement);
        } finally {
            rollback(connection);
        }
    }

    @Override
    boolean isWritten(Connection connection, TableName ledger, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(isWrittenQuery(ledger))) {
            statement.setString(1, id);
            return number(statement) > 0;
        } finally {
            rollback(connection);
        }
    }

    private void forget(Connection connection, TableName ledger, String which, String sink, long batch)
            throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "DELETE FROM " + quoted(ledger) + " WHERE sink = ? AND batch " + which + " ?")) {
            statement.setString(1, sink);
            statement.setLong(2, batch);
            statement.executeUpdate();
        }
    }

    @Override
    boolean isAlreadyThere(SQLException e) {
        return e.getErrorCode() == TABLE_EXISTS;
    }

    @Override
    boolean upsertsByAnyIndex() {
        return true;
    }

    @Override
    AnswerClass answer(SQLException e) {
        if (REFUSED.contains(e.getErrorCode()) || SIGNALED.equals(e.getSQLState())) {
            return AnswerClass.REFUSED;
        }
        return PASSING.contains(e.getErrorCode()) ? AnswerClass.AGAIN : super.answer(e);
    }
}
