package io.decant.ingest.source.mysql;

import io.decant.config.Incremental;
import io.decant.config.MysqlTableSettings;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Up to where an import or an increment may read, so that no transaction that is open now commits a row behind that
 * place later. Waits until the transactions that might have ended; the thread that asks is interrupted where the source
 * ends.
 *
 * <p>In detail: a bound is taken; after a second, in which a statement that has its value already becomes a transaction
 * that can be seen, a marker transaction is opened. What {@code innodb_trx} shows is a copy that may be old, so it is
 * believed only once it shows the marker. Every other transaction in it may be older than the bound, and is waited for.
 */
final class UpperBound {

    private static final long MARKER_AFTER_MILLIS = 1_000;
    /** Whoever asks more often keeps the server from making a new copy. */
    private static final long LOOK_MILLIS = 250;

    static final String WITHOUT_PROCESS =
            "without the privilege PROCESS open transactions cannot be seen: rows of transactions"
                    + " that take longer than settle are missed";

    private static final int NO_PRIVILEGE = 1227;
    private static final Pattern PRECISION = Pattern.compile(".*\\(([0-6])\\).*");
    private static final int PRECISION_MAX = 6;

    private final MysqlConnections connections;
    private final Connection connection;
    private final MysqlCatalog catalog;
    private final String table;
    private final MysqlTableSettings settings;
    private final TableColumn check;
    private final Consumer<String> note;
    private final Pause pause;

    /** Lets time pass. */
    interface Pause {
        /** @throws InterruptedException where the source ends */
        void millis(long millis) throws InterruptedException;
    }

    /** @param note told what is waited for, and what may be missed; empty: nothing */
    UpperBound(
            MysqlConnections connections,
            Connection connection,
            MysqlCatalog catalog,
            String table,
            MysqlTableSettings settings,
            TableColumn check,
            Consumer<String> note,
            Pause pause) {
        this.connections = connections;
        this.connection = connection;
        this.catalog = catalog;
        this.table = table;
        this.settings = settings;
        this.check = check;
        this.note = note;
        this.pause = pause;
    }

    /**
     * The bound, once it holds.
     *
     * @param low behind which rows are wanted; null: from the beginning
     * @return null where there is no row that is wanted
     */
    byte[] find(byte[] low) throws SQLException, InterruptedException {
        byte[] bound = take(low);
        if (bound == null) {
            return null;
        }
        if (canSeeTransactions()) {
            pause.millis(MARKER_AFTER_MILLIS);
            awaitOlderTransactions();
            note.accept("");
        } else {
            note.accept(WITHOUT_PROCESS);
            pause.millis(settings.settle().toMillis());
        }
        return bound;
    }

    /** The bound before it holds. */
    byte[] take(byte[] low) throws SQLException {
        return settings.incremental() == Incremental.APPEND ? greatest(low) : clock(low);
    }

    private String behind(byte[] low) {
        String name = SqlText.name(check.name());
        return low == null ? name + " IS NOT NULL" : SqlText.after(List.of(check), List.of(low));
    }

    private byte[] greatest(byte[] low) throws SQLException {
        String name = SqlText.name(check.name());
        byte[][] found = catalog.values(
                "SELECT " + SqlText.selected(check) + " FROM " + catalog.qualified(table) + " WHERE " + behind(low)
                        + " ORDER BY " + name + " DESC LIMIT 1",
                List.of(check));
        return found == null ? null : found[0];
    }

    /** One unit of the column's precision behind the server's clock, in the zone that its clients have by default. */
    private byte[] clock(byte[] low) throws SQLException {
        Matcher form = PRECISION.matcher(check.type());
        int digits = form.matches() ? Integer.parseInt(form.group(1)) : 0;
        long unitMicros = (long) Math.pow(10, PRECISION_MAX - digits);
        boolean isUtc = check.kind() == ColumnKind.TIMESTAMP;
        String text;
        try (Statement statement = connection.createStatement()) {
            if (!isUtc) {
                statement.execute("SET time_zone = @@global.time_zone");
            }
            try (ResultSet row = statement.executeQuery(
                    "SELECT CAST(NOW(" + digits + ") - INTERVAL " + unitMicros + " MICROSECOND AS CHAR)")) {
                row.next();
                text = row.getString(1);
            }
            statement.execute("SET time_zone = '+00:00'");
        }
        byte[] bound = text.getBytes(StandardCharsets.ISO_8859_1);
        long wanted = catalog.number("SELECT EXISTS (SELECT 1 FROM " + catalog.qualified(table) + " WHERE "
                + behind(low) + " AND " + SqlText.upTo(List.of(check), List.of(bound)) + ")");
        return wanted == 0 ? null : bound;
    }

    /** Whether the user may see which transactions are open. */
    boolean canSeeTransactions() throws SQLException {
        try {
            transactions();
            return true;
        } catch (SQLException e) {
            if (e.getErrorCode() == NO_PRIVILEGE) {
                return false;
            }
            throw e;
        }
    }

    private void awaitOlderTransactions() throws SQLException, InterruptedException {
        Set<String> older;
        try (Connection marker = connections.open();
                Statement statement = marker.createStatement()) {
            String id = "";
            try (ResultSet row = statement.executeQuery("SELECT CONNECTION_ID()")) {
                row.next();
                id = row.getString(1) + " ";
            }
            statement.execute("START TRANSACTION WITH CONSISTENT SNAPSHOT");
            String markerId = id;
            older = transactions();
            while (older.stream().noneMatch(each -> each.startsWith(markerId))) {
                pause.millis(LOOK_MILLIS);
                older = transactions();
            }
            older.removeIf(each -> each.startsWith(markerId));
            statement.execute("COMMIT");
        }
        while (!older.isEmpty()) {
            note.accept("waits for " + older.size() + " open transactions, of connection "
                    + older.iterator().next());
            pause.millis(LOOK_MILLIS);
            older.retainAll(transactions());
        }
    }

    /** Of each transaction its connection and when it began. */
    private Set<String> transactions() throws SQLException {
        Set<String> open = new HashSet<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(
                        "SELECT trx_mysql_thread_id, trx_started FROM information_schema.innodb_trx")) {
            while (row.next()) {
                open.add(row.getString(1) + " since " + row.getString(2));
            }
        }
        return open;
    }
}
