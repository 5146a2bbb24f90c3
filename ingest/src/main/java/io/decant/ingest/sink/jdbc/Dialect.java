package io.decant.ingest.sink.jdbc;

import io.decant.config.JdbcSinkSettings;
import io.decant.ingest.sink.AnswerClass;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What differs from one database to the next: statements, catalogs, and what its errors mean. Without state; any
 * thread.
 */
abstract class Dialect {

    private static final Logger log = LoggerFactory.getLogger(Dialect.class);

    /** Beside a transaction's own timeout: a server that does not answer at all is abandoned after this, too. */
    static final int ANSWER_SECONDS = 10;

    static final int CONNECT_SECONDS = 10;

    /** Classes of SQLSTATE that concern the records: data exception, constraint violation, check option. */
    private static final Set<String> REFUSED = Set.of("22", "23", "44", "54");

    /**
     * That pass by themselves: connection, transaction state, rollback, resources, operator intervention, the system.
     */
    private static final Set<String> PASSING = Set.of("08", "25", "40", "53", "55", "57", "58");

    /** Raised by a trigger or a function of the user's own. */
    private static final String RAISED = "P0001";

    private static final int CLASS_CHARS = 2;

    /** Of a URL, by its beginning. */
    static Dialect of(String url) {
        return url.startsWith("jdbc:postgresql:") ? new PostgresDialect() : new MariaDbDialect();
    }

    /** What stands around names in statements. */
    abstract char quote();

    /** What the driver is told beside the URL, whose own parameters come first. */
    abstract Properties properties(JdbcSinkSettings settings);

    /** The URL as the driver wants it. */
    String driverUrl(String url) {
        return url;
    }

    /** Opens a connection, which is not ready yet. */
    Connection connect(String url, Properties properties) throws SQLException {
        return DriverManager.getConnection(driverUrl(url), properties);
    }

    /** Makes a new connection ready. */
    abstract void begin(Connection connection, JdbcSinkSettings settings) throws SQLException;

    /** What the catalog says of a table; null where there is none. */
    abstract TableShape table(Connection connection, TableName name) throws SQLException;

    /** The statements that make the ledger, as an operator could run them. */
    abstract List<String> ledgerDdl(TableName ledger);

    /**
     * An empty group of rows.
     *
     * @param shape of the table that they are for
     */
    abstract RowGroup group(TableShape shape, List<String> columns, boolean deletes);

    /**
     * Writes a part in one transaction, unless the ledger says that it is written.
     *
     * @return whether it was written now
     */
    abstract boolean write(Connection connection, TargetText target, LedgerRow row, List<RowGroup> groups)
            throws SQLException;

    /** Forgets that a sink's batches from one on were written. */
    abstract void forgetFrom(Connection connection, TableName ledger, String sink, long batch) throws SQLException;

    /** The newest batch of a sink of which anything was written; 0 where nothing is known to be. */
    abstract long newestBatch(Connection connection, TableName ledger, String sink) throws SQLException;

    /** Whether the part of that idempotency key was written. */
    abstract boolean isWritten(Connection connection, TableName ledger, String id) throws SQLException;

    final String newestBatchQuery(TableName ledger) {
        return "SELECT COALESCE(max(batch), 0) FROM " + quoted(ledger) + " WHERE sink = ?";
    }

    final String isWrittenQuery(TableName ledger) {
        return "SELECT count(*) FROM " + quoted(ledger) + " WHERE id = ?";
    }

    static long number(PreparedStatement query) throws SQLException {
        try (ResultSet rows = query.executeQuery()) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Ends what is open. Where that cannot be, the connection is of no more use. */
    static void rollback(Connection connection) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            log.debug("closing an abandoned connection", e);
            try {
                connection.abort(Runnable::run);
            } catch (SQLException alreadyGone) {
                log.debug("closing an abandoned connection", alreadyGone);
            }
        }
    }

    /** Whether an error means that another session has just created the ledger. */
    abstract boolean isAlreadyThere(SQLException e);

    /** Whether an upsert changes the row of any unique index that has the value, not only of the key's. */
    abstract boolean upsertsByAnyIndex();

    /** What an error means for the part that was to be written. */
    AnswerClass answer(SQLException e) {
        String state = e.getSQLState() == null ? "" : e.getSQLState();
        String kind = state.length() < CLASS_CHARS ? "" : state.substring(0, CLASS_CHARS);
        if (REFUSED.contains(kind) || state.equals(RAISED)) {
            return AnswerClass.REFUSED;
        }
        return PASSING.contains(kind) ? AnswerClass.AGAIN : AnswerClass.OUTAGE;
    }

    final String quoted(TableName table) {
        return table.quoted(quote());
    }

    final String quoted(String column) {
        return quote() + column + quote();
    }

    final String quoted(Collection<String> columns) {
        return columns.stream().map(this::quoted).collect(Collectors.joining(", "));
    }
}
