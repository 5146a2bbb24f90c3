package io.decant.ingest.sink.jdbc;

import io.decant.bucketer.KeySpec;
import io.decant.config.JdbcSinkSettings;
import io.decant.config.Secret;
import io.decant.ingest.sink.AnswerClass;
import io.decant.ingest.sink.OneLine;
import io.decant.ingest.sink.Outcome;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to the database, opened when a part is to be written and again after it failed, and what is known of
 * the table by it. Owned by the thread that writes; {@link #abort} is for any.
 */
final class TableSession implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TableSession.class);

    /** Classes of SQLSTATE after which a connection can continue. */
    private static final Set<String> HARMLESS = Set.of("22", "23", "40", "44", "55", "P0");

    /** Class of SQLSTATE of a connection that failed. */
    private static final String CONNECTION = "08";

    private static final String NO_CONNECTION = CONNECTION + "001";

    private static final int MESSAGE_CHARS_MAX = 1_000;
    private static final int CLASS_CHARS = 2;

    /**
     * What parts are to be written to.
     *
     * @param bucketKey what tells apart the records of a bucket
     */
    record Target(TargetText text, KeySpec bucketKey) {}

    private final String sink;
    private final JdbcSinkSettings settings;
    private final Dialect dialect;
    private final Ledger ledger;
    private volatile Connection connection;
    private Target target;
    private TableShape shape;
    private RowReader reader;

    /** @param sink its name, in the log */
    TableSession(String sink, JdbcSinkSettings settings, Dialect dialect, Ledger ledger) {
        this.sink = sink;
        this.settings = settings;
        this.dialect = dialect;
        this.ledger = ledger;
    }

    /**
     * Writes a part, unless the ledger says that it is written.
     *
     * @param id the part's idempotency key
     * @param content what {@code RowsBody} made of it
     */
    Outcome write(Target to, String id, long batch, ByteBuf content) {
        try {
            open(to, batch);
            LedgerRow row = ledger.row(id, batch);
            List<RowGroup> groups;
            try {
                groups = read(content);
            } catch (RowRefusedException e) {
                if (ledger.isWritten(connection, dialect, id)) {
                    // Before the table was altered, and the answer was lost.
                    return Outcome.Judged.DELIVERED;
                }
                throw e;
            }
            try {
                if (!dialect.write(connection, target.text(), row, groups)) {
                    log.debug("sink {}: {} is written already", sink, id);
                }
            } finally {
                groups.forEach(RowGroup::close);
            }
            ledger.written(row);
            return Outcome.Judged.DELIVERED;
        } catch (RowRefusedException e) {
            return new Outcome.Judged(AnswerClass.REFUSED, "row", e.getMessage());
        } catch (SetupException e) {
            close();
            return new Outcome.Judged(AnswerClass.OUTAGE, "setup", e.getMessage());
        } catch (SQLException e) {
            AnswerClass answer = dialect.answer(e);
            if (!isHarmless(e, answer)) {
                close();
            }
            return new Outcome.Judged(answer, kind(e), message(e));
        } catch (OutOfMemoryError e) {
            close();
            return new Outcome.Judged(
                    AnswerClass.AGAIN,
                    "no memory",
                    "no memory for a part; give the JVM more, or lower concurrency; max-bytes is that of later"
                            + " batches");
        } catch (RuntimeException e) {
            // Of the driver, or our own: it is no reason to end more than this try.
            log.debug("sink {}: {}", sink, id, e);
            close();
            return new Outcome.Judged(
                    AnswerClass.OUTAGE, e.getClass().getSimpleName(), OneLine.of(e.toString(), MESSAGE_CHARS_MAX));
        }
    }

    private void open(Target to, long batch) throws SQLException, SetupException {
        if (connection == null) {
            connection = connect(settings, dialect);
            target = null;
            ledger.prepare(connection, dialect, batch);
        } else {
            ledger.forgetReplayed(connection, dialect);
        }
        if (!to.equals(target)) {
            load(to);
            target = to;
        }
    }

    /** Opens a connection that is ready for statements. */
    static Connection connect(JdbcSinkSettings settings, Dialect dialect) throws SQLException {
        Properties properties = dialect.properties(settings);
        if (!settings.user().isEmpty()) {
            properties.setProperty("user", settings.user());
        }
        Secret password = password(settings);
        if (!password.isEmpty()) {
            properties.setProperty("password", password.reveal());
        }
        Connection made = dialect.connect(settings.url(), properties);
        try {
            dialect.begin(made, settings);
            return made;
        } catch (SQLException e) {
            made.close();
            throw e;
        }
    }

    private static Secret password(JdbcSinkSettings settings) throws SQLException {
        try {
            return settings.currentPassword();
        } catch (IOException e) {
            throw new SQLException(e.getMessage(), NO_CONNECTION, e);
        }
    }

    private void load(Target to) throws SQLException, SetupException {
        TargetText text = to.text();
        TableShape found = dialect.table(connection, TableName.of(text.table()));
        if (found == null) {
            throw new SetupException("table " + text.table()
                    + " does not exist, or may not be read; create it, or grant" + " SELECT, INSERT and UPDATE on it");
        }
        TableCheck check = new TableCheck(dialect, text, to.bucketKey());
        List<String> problems = check.problems(found);
        if (!problems.isEmpty()) {
            throw new SetupException(String.join("; ", problems));
        }
        if (shape == null) {
            check.hints(found).forEach(hint -> log.warn("sink {}: {}", sink, hint));
        }
        shape = found;
        reader = new RowReader(
                text, found.columns().keySet(), (columns, deletes) -> dialect.group(found, columns, deletes));
    }

    private List<RowGroup> read(ByteBuf content) throws SQLException, SetupException, RowRefusedException {
        try {
            return reader.read(content);
        } catch (RowRefusedException e) {
            // Perhaps the table has a column more by now.
            TableShape before = shape;
            load(target);
            if (before.equals(shape)) {
                throw e;
            }
            return reader.read(content);
        }
    }

    private static boolean isHarmless(SQLException e, AnswerClass answer) {
        String state = e.getSQLState();
        if (state == null || state.length() < CLASS_CHARS) {
            return false;
        }
        String kind = state.substring(0, CLASS_CHARS);
        // What refuses records in some other class than theirs harms no connection but where it says that it does.
        return HARMLESS.contains(kind) || (answer == AnswerClass.REFUSED && !kind.equals(CONNECTION));
    }

    private static String kind(SQLException e) {
        return e.getSQLState() == null ? e.getClass().getSimpleName() : "SQLSTATE " + e.getSQLState();
    }

    private static String message(SQLException e) {
        return OneLine.of(kind(e) + ": " + e.getMessage(), MESSAGE_CHARS_MAX);
    }

    /** Ends what is under way; any thread. */
    void abort() {
        Connection open = connection;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                log.debug("sink {}: closing an abandoned connection", sink, e);
            }
        }
    }

    @Override
    public void close() {
        Connection open = connection;
        connection = null;
        target = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException e) {
                log.debug("sink {}: closing an abandoned connection", sink, e);
            }
        }
    }
}
