package io.decant.ingest.sink.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of what a sink has written, as far as its connections share it: that it is there, what is to be forgotten
 * of it before anything is written, and what may be. Any thread.
 */
final class Ledger {

    private static final Logger log = LoggerFactory.getLogger(Ledger.class);
    private static final long NOTHING = Long.MAX_VALUE;

    private final String sinkName;
    private final String sink;
    private final TableName table;
    /** The newest batch that no restart comes back to. */
    private final AtomicLong durable = new AtomicLong();
    /** The newest batch that the journal had at its start. */
    private final AtomicLong cutBefore = new AtomicLong();
    /** Up to here rows are forgotten already. */
    private long forgottenBefore;

    /** A replay comes that begins with this batch. */
    private long replayFrom = NOTHING;
    /** Attempts under way by batch, also those whose answer is no longer waited for. */
    private final NavigableMap<Long, Integer> underWay = new TreeMap<>();

    private boolean isKnownToBeOurs;

    /**
     * @param sinkName in the settings
     * @param sink as its rows say it: journal and sink
     */
    Ledger(String sinkName, String sink, TableName table) {
        this.sinkName = sinkName;
        this.sink = sink;
        this.table = table;
    }

    /** Batches up to this one were cut before the start. */
    void cut(long batch) {
        cutBefore.set(batch);
    }

    void durable(long batch) {
        durable.set(batch);
    }

    synchronized void replayFrom(long batch) {
        replayFrom = batch;
    }

    /**
     * The row of a part. Now and then it also says which rows can go.
     *
     * @param id the part's idempotency key
     */
    synchronized LedgerRow row(String id, long batch) {
        // Never its own batch, nor one behind it: while batches are replayed, these come again. Nor one of which an
        // abandoned attempt is still under way: it may only begin to write.
        long before = Math.min(Math.min(durable.get() + 1, batch), underWay.isEmpty() ? batch : underWay.firstKey());
        boolean forgets = before > forgottenBefore;
        return new LedgerRow(id, sink, batch, forgets ? before : 0);
    }

    /** An attempt at a part of a batch begins; {@link #ended} follows. */
    synchronized void begun(long batch) {
        underWay.merge(batch, 1, Integer::sum);
    }

    synchronized void ended(long batch) {
        underWay.computeIfPresent(batch, (number, attempts) -> attempts == 1 ? null : attempts - 1);
    }

    /** The rows that this one released are deleted. */
    synchronized void written(LedgerRow row) {
        forgottenBefore = Math.max(forgottenBefore, row.forgetBefore());
    }

    /**
     * Makes the table where it is not there, and forgets what comes again.
     *
     * @param batch of which a part is to be written
     * @throws SetupException where it cannot be made, and the message has the statements that make it; where it knows
     *     of batches that this journal has not cut yet
     */
    synchronized void prepare(Connection connection, Dialect dialect, long batch) throws SQLException, SetupException {
        if (dialect.table(connection, table) == null) {
            make(connection, dialect);
        }
        forgetReplayed(connection, dialect);
        if (!isKnownToBeOurs) {
            requireNothingNewer(connection, dialect, batch);
            isKnownToBeOurs = true;
        }
    }

    /**
     * What a sink wrote is never newer than the newest batch of the journal, though a restart may come back to an
     * earlier one. Unless the data directory was restored from a copy: then new batches get the numbers of others, and
     * would be taken for written.
     */
    private void requireNothingNewer(Connection connection, Dialect dialect, long batch)
            throws SQLException, SetupException {
        long newest = dialect.newestBatch(connection, table, sink);
        if (newest > reached(batch)) {
            throw new SetupException("ledger " + table + " has batch " + newest + " of " + sink
                    + ", which this journal has not reached: it is at batch " + reached(batch)
                    + "; if data-dir was restored from a copy, see 'decant journal new-id'");
        }
    }

    /** The newest batch that an earlier process, or this one, may have written, where this one is at {@code batch}. */
    long reached(long batch) {
        return Math.max(batch, cutBefore.get());
    }

    boolean isWritten(Connection connection, Dialect dialect, String id) throws SQLException {
        return dialect.isWritten(connection, table, id);
    }

    /** Before anything is written on a connection. */
    synchronized void forgetReplayed(Connection connection, Dialect dialect) throws SQLException {
        if (replayFrom != NOTHING) {
            dialect.forgetFrom(connection, table, sink, replayFrom);
            log.info("sink {}: removed from {} the entries of batches from {} on", sinkName, table, replayFrom);
            replayFrom = NOTHING;
        }
    }

    private void make(Connection connection, Dialect dialect) throws SQLException, SetupException {
        List<String> ddl = dialect.ledgerDdl(table);
        try (Statement statement = connection.createStatement()) {
            for (String each : ddl) {
                statement.execute(each);
            }
            if (!connection.getAutoCommit()) {
                connection.commit();
            }
            log.info("sink {}: created the ledger {}", sinkName, table);
        } catch (SQLException e) {
            if (!dialect.isAlreadyThere(e)) {
                throw new SetupException("ledger " + table + " does not exist and cannot be created: " + e.getMessage()
                        + "; run: " + String.join("; ", ddl));
            }
        }
    }
}
