package io.decant.ingest.sink.jdbc;

import static io.decant.ingest.simulation.Happenings.Happening.DATABASE_CONNECTIONS_LOST;
import static io.decant.ingest.simulation.Happenings.Happening.DATABASE_DEADLOCKS;
import static io.decant.ingest.simulation.Happenings.Happening.DATABASE_FAILED_AFTER_COMMIT;
import static io.decant.ingest.simulation.Happenings.Happening.DATABASE_PARTS_FOUND_WRITTEN;
import static io.decant.ingest.simulation.Happenings.Happening.LEDGER_ROWS_FORGOTTEN;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.decant.bucketer.Memory;
import io.decant.bucketer.transform.JsonValues;
import io.decant.config.DataSize;
import io.decant.config.JdbcSinkSettings;
import io.decant.config.Secret;
import io.decant.config.UnknownMembers;
import io.decant.config.WriteMode;
import io.decant.ingest.simulation.Happenings;
import io.decant.ingest.simulation.Happenings.Happening;
import io.decant.ingest.sink.Sink;
import io.decant.ingest.sink.SinkContext;
import io.decant.ingest.sink.SteppedExecutor;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Random;

/**
 * A database with a table and its ledger, which outlives the servers of a simulation. A transaction is there whole or
 * not at all; it fails before or after its commit, is the victim of a deadlock, or loses its connection. Of a server
 * that ended, transactions may be committed later.
 */
public final class SimulatedDatabase {

    private static final String TABLE = "records";
    private static final String LEDGER = "decant_parts";
    private static final Map<String, String> COLUMNS = columns();

    private final Random random;
    private final Happenings happenings;
    private final Map<String, LedgerRow> ledger = new LinkedHashMap<>();
    private final List<String> rows = new ArrayList<>();
    private final List<SteppedExecutor> writers = new ArrayList<>();
    /** Fails no more. */
    public boolean healthy;

    public SimulatedDatabase(Random random, Happenings happenings) {
        this.random = random;
        this.happenings = happenings;
    }

    private static Map<String, String> columns() {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("key", "text");
        columns.put("from", "text");
        columns.put("seq", "bigint");
        return columns;
    }

    /** Other ones at every start. */
    public JdbcSinkSettings settings() {
        return new JdbcSinkSettings(
                "jdbc:postgresql://localhost/records",
                "",
                Secret.NONE,
                Optional.empty(),
                TABLE,
                WriteMode.INSERT,
                false,
                "",
                List.of(),
                Map.of(),
                UnknownMembers.REFUSE,
                "",
                LEDGER,
                1 + random.nextInt(30),
                new DataSize(1024 + random.nextInt(1000)),
                1 + random.nextInt(3),
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                0);
    }

    /** The sink of a server that starts now. */
    public Sink sink(String name, JdbcSinkSettings settings, SinkContext context) {
        SteppedExecutor made = new SteppedExecutor(true);
        writers.add(made);
        return JdbcSink.of(name, settings, context, new SimulatedDialect(), made, Runnable::run);
    }

    /** Something happens to a transaction. */
    public void work() {
        List<SteppedExecutor> busy =
                writers.stream().filter(each -> !each.isIdle()).toList();
        if (!busy.isEmpty()) {
            busy.get(random.nextInt(busy.size())).work();
        }
        writers.removeIf(SteppedExecutor::isTerminated);
    }

    /** All rows that were ever written, as the records that they are of. */
    public List<String> rows() {
        return rows;
    }

    /** Rows as the records that they are of. */
    private static final class Rows extends RowGroup {

        private final List<String> records = new ArrayList<>();

        Rows(List<String> columns, boolean deletes) {
            super(columns, deletes);
        }

        @Override
        void add(JsonValues values, int[] indexes) {
            throw new AssertionError("a row has other members than columns");
        }

        @Override
        void addWhole(JsonValues values, int[] indexes, long address, int length) {
            byte[] bytes = new byte[length];
            Memory.copyToArray(address, bytes, 0, length);
            records.add(new String(bytes, UTF_8));
        }

        @Override
        void addTexts(List<String> texts) {
            throw new AssertionError("nothing is deleted");
        }

        @Override
        public void close() {}
    }

    /** What the database does with statements. */
    private final class SimulatedDialect extends Dialect {

        @Override
        char quote() {
            return '"';
        }

        @Override
        Properties properties(JdbcSinkSettings settings) {
            return new Properties();
        }

        @Override
        Connection connect(String url, Properties properties) throws SQLException {
            mayFail(DATABASE_CONNECTIONS_LOST, 20, "08001");
            return (Connection) Proxy.newProxyInstance(
                    SimulatedDatabase.class.getClassLoader(),
                    new Class<?>[] {Connection.class},
                    (proxy, method, arguments) -> switch (method.getName()) {
                        case "close", "abort", "rollback", "commit" -> null;
                        default -> throw new UnsupportedOperationException(method.getName());
                    });
        }

        @Override
        void begin(Connection connection, JdbcSinkSettings settings) {}

        @Override
        TableShape table(Connection connection, TableName name) throws SQLException {
            mayFail(DATABASE_CONNECTIONS_LOST, 50, "08006");
            return new TableShape(COLUMNS, List.of(), List.of(), Map.of(), Optional.empty());
        }

        @Override
        List<String> ledgerDdl(TableName table) {
            return List.of();
        }

        @Override
        RowGroup group(TableShape shape, List<String> columns, boolean deletes) {
            return new Rows(columns, deletes);
        }

        @Override
        boolean write(Connection connection, TargetText target, LedgerRow row, List<RowGroup> groups)
                throws SQLException {
            mayFail(DATABASE_DEADLOCKS, 12, "40001");
            mayFail(DATABASE_CONNECTIONS_LOST, 12, "08006");
            boolean isNew = ledger.putIfAbsent(row.id(), row) == null;
            if (isNew) {
                groups.forEach(group -> rows.addAll(((Rows) group).records));
                if (row.forgetBefore() > 0 && ledger.values().removeIf(each -> each.batch() < row.forgetBefore())) {
                    happenings.count(LEDGER_ROWS_FORGOTTEN);
                }
            } else {
                happenings.count(DATABASE_PARTS_FOUND_WRITTEN);
            }
            mayFail(DATABASE_FAILED_AFTER_COMMIT, 8, "08007");
            return isNew;
        }

        private void mayFail(Happening happening, int oneOf, String state) throws SQLException {
            if (!healthy && random.nextInt(oneOf) == 0) {
                happenings.count(happening);
                throw new SQLException("simulated", state);
            }
        }

        @Override
        void forgetFrom(Connection connection, TableName table, String sink, long batch) {
            throw new AssertionError("nothing is replayed to this sink");
        }

        @Override
        long newestBatch(Connection connection, TableName table, String sink) {
            return ledger.values().stream().mapToLong(LedgerRow::batch).max().orElse(0);
        }

        @Override
        boolean isWritten(Connection connection, TableName table, String id) {
            return ledger.containsKey(id);
        }

        @Override
        boolean isAlreadyThere(SQLException e) {
            return false;
        }

        @Override
        boolean upsertsByAnyIndex() {
            return false;
        }
    }
}
