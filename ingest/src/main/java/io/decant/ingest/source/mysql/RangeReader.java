package io.decant.ingest.source.mysql;

import io.decant.config.MysqlSourceSettings;
import io.decant.ingest.journal.Block;
import io.decant.ingest.journal.OpaqueBytes;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Reads the rest of a range, page by page, and hands its rows in. No snapshot spans pages; each goes on behind the last
 * row that was handed in, so that an error in the middle of one costs a query and no row. For one thread.
 */
final class RangeReader {

    /** Bytes at which a block is handed in. */
    private static final int BLOCK_BYTES = 512 << 10;
    /** Rows that the driver holds at a time. */
    private static final int ROWS_HELD_MAX = 64;

    private final MysqlSourceSettings settings;
    private final InstantSource clock;
    private final ReadControl control;
    private final RecordBytes frames = new RecordBytes();
    /** Of the row that was appended last. */
    private List<byte[]> lastKey = List.of();

    RangeReader(MysqlSourceSettings settings, InstantSource clock, ReadControl control) {
        this.settings = settings;
        this.clock = clock;
        this.control = control;
    }

    /** Whether a range is at its end. */
    enum End {
        FINISHED,
        /** The journal had no room for so long that the connection was given up. */
        PAUSED
    }

    /**
     * Reads until the range is at its end.
     *
     * @throws ImportException where no retry helps
     * @throws SQLException where one may
     * @throws InterruptedException where the source ends
     */
    End read(Connection connection, RangeJob job) throws SQLException, InterruptedException {
        TablePlan plan = job.plan();
        MysqlCatalog catalog = new MysqlCatalog(connection, settings.database());
        RowJson json = new RowJson(
                job.table(), plan.key(), plan.columns(), settings.maxRecord().bytes());
        if (!plan.isQuery()) {
            requireKey(catalog, job);
        }
        while (true) {
            requireSameColumns(connection, catalog, job);
            int rows = readPage(connection, job, json);
            if (rows < 0) {
                return End.PAUSED;
            }
            job.works();
            if (rows < settings.fetch()) {
                return End.FINISHED;
            }
        }
    }

    /** The number of its rows; negative where the connection is no longer good. */
    private int readPage(Connection connection, RangeJob job, RowJson json) throws SQLException, InterruptedException {
        List<byte[]> cursor = job.feed().cursor(job.increment());
        int read = 0;
        int unsent = 0;
        frames.clear();
        try (Statement statement = connection.createStatement()) {
            statement.setFetchSize(ImportDriver.inUse().fetchSize(json.hasLargeColumns() ? 1 : ROWS_HELD_MAX));
            try (ResultSet row = statement.executeQuery(job.query().page(cursor, settings.fetch()))) {
                while (row.next()) {
                    if (control.isStopped()) {
                        throw new InterruptedException();
                    }
                    try {
                        json.append(row, job.feed().next() + unsent, frames);
                        requireAnother(job, json, read);
                    } catch (ImportException e) {
                        // Those before it are in order.
                        if (unsent > 0) {
                            handIn(connection, job, unsent, lastKey);
                        }
                        control.abort(connection);
                        throw e;
                    }
                    lastKey = json.lastKey();
                    if (read == 0) {
                        requireProgress(job, cursor);
                    }
                    read++;
                    unsent++;
                    if (frames.length() >= BLOCK_BYTES) {
                        boolean isGood = handIn(connection, job, unsent, lastKey);
                        unsent = 0;
                        if (!isGood) {
                            return -1;
                        }
                    }
                }
            }
        }
        return unsent > 0 && !handIn(connection, job, unsent, lastKey) ? -1 : read;
    }

    /** Whatever a server thinks of a value that comes back to it: a row never comes twice. */
    private void requireProgress(RangeJob job, List<byte[]> cursor) {
        if (Arrays.deepEquals(cursor.toArray(), lastKey.toArray())) {
            throw new ImportException("the database gives the last row of table " + job.table()
                    + " again: it does not compare the key as it gave it; give the table another unique key");
        }
    }

    /** Nobody but the query itself has its rows differ in their keys. */
    private void requireAnother(RangeJob job, RowJson json, int read) {
        if (job.plan().isQuery()
                && read > 0
                && Arrays.deepEquals(lastKey.toArray(), json.lastKey().toArray())) {
            frames.cutAt(json.start());
            throw new ImportException("the query of " + job.table() + " gives several rows with the key "
                    + json.lastKeyText() + "; name more columns in key, such that they tell its rows apart, and use"
                    + " --replan " + job.table());
        }
    }

    private boolean handIn(Connection connection, RangeJob job, int rows, List<byte[]> key)
            throws InterruptedException {
        KeyCursor cursor = new KeyCursor(job.increment(), key);
        OpaqueBytes encoded = cursor.encode();
        ByteBuf payload = PooledByteBufAllocator.DEFAULT.directBuffer(frames.length(), frames.length());
        frames.copyTo(payload);
        frames.clear();
        Block block = job.feed().block(payload, rows, clock.millis(), encoded);
        long next = block.next();
        // Before: the block may be synced, and its feed asked, as soon as the journal has it.
        job.feed().handsIn(next);
        boolean isGood;
        try {
            isGood = control.handIn(block, connection);
        } catch (InterruptedException e) {
            job.feed().handsIn(next - rows);
            throw e;
        }
        job.feed().handedIn(cursor);
        return isGood;
    }

    private static void requireSameColumns(Connection connection, MysqlCatalog catalog, RangeJob job)
            throws SQLException {
        TablePlan plan = job.plan();
        Map<String, TableColumn> now = plan.isQuery()
                ? new QueryColumns(connection, plan.settings().query())
                        .columns(QueryColumns.names(plan.key(), plan.split()))
                : catalog.columns(job.table());
        if (now.isEmpty()) {
            throw new SQLException("table " + job.table() + " does not exist, or may not be read");
        }
        requireSame(now, plan.columns(), job);
        requireSame(now, plan.key(), job);
        requireSame(now, plan.split(), job);
        if (plan.isIncremental()) {
            requireSame(now, List.of(plan.check()), job);
        }
    }

    private static void requireSame(Map<String, TableColumn> now, List<TableColumn> planned, RangeJob job) {
        for (TableColumn column : planned) {
            TableColumn found = now.get(column.name());
            if (!column.equals(found)) {
                String what =
                        found == null ? "was removed" : "changed from " + described(column) + " to " + described(found);
                throw new ImportException("column " + column.name() + " of table " + job.table() + " " + what
                        + " since the import was planned; change it back, or import the table anew with --replan "
                        + job.table());
            }
        }
    }

    private static String described(TableColumn column) {
        return column.type()
                + (column.collation().isEmpty() ? "" : " " + column.collation())
                + (column.nullable() ? "" : " NOT NULL");
    }

    /** Without the index keys may come twice, and rows between two pages be lost. */
    private static void requireKey(MysqlCatalog catalog, RangeJob job) throws SQLException {
        List<String> key = job.plan().key().stream().map(TableColumn::name).toList();
        if (!catalog.columns(job.table()).isEmpty()
                && !catalog.uniqueIndexes(job.table()).contains(key)) {
            throw new ImportException("table " + job.table() + " has no unique index of " + String.join(", ", key)
                    + " any more; create it, or import the table anew with --replan " + job.table());
        }
    }
}
