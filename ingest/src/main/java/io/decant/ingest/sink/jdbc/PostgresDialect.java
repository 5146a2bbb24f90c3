package io.decant.ingest.sink.jdbc;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.decant.bucketer.Fold;
import io.decant.bucketer.Memory;
import io.decant.bucketer.transform.JsonValues;
import io.decant.config.JdbcSinkSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * PostgreSQL. A part is one statement: common table expressions that insert into the ledger, and write the rows of each
 * group if that inserted anything. So it is one transaction in one round trip. The rows travel as a JSON array, which
 * {@code json_populate_recordset} turns into values by the types of the table's columns.
 *
 * <p>Where another transaction has inserted the same row of the ledger and is still open (that of a connection that was
 * abandoned, say), the statement waits for its end, and then does what it should.
 */
final class PostgresDialect extends Dialect {

    /** Common table expressions of one statement; a part with more groups takes several statements. */
    private static final int GROUPS_MAX = 32;

    /** With the schema of the extension where that is not in the search path. */
    private static final Pattern CITEXT = Pattern.compile("(.*\\.)?citext");

    private static final String UNIQUE_VIOLATION = "23505";
    private static final String DUPLICATE_TABLE = "42P07";

    @Override
    char quote() {
        return '"';
    }

    @Override
    Properties properties(JdbcSinkSettings settings) {
        Properties properties = new Properties();
        properties.setProperty("ApplicationName", "decant");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_SECONDS));
        properties.setProperty("loginTimeout", Integer.toString(2 * CONNECT_SECONDS));
        properties.setProperty("socketTimeout", Long.toString(settings.timeout().toSeconds() + ANSWER_SECONDS));
        return properties;
    }

    /** What is committed is synced, times without a zone are UTC, and nothing runs longer than it may. */
    @Override
    void begin(Connection connection, JdbcSinkSettings settings) throws SQLException {
        connection.setAutoCommit(true);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET statement_timeout = " + millis(settings.timeout())
                    + "; SET timezone = 'UTC'"
                    + "; SELECT set_config('synchronous_commit', 'on', false)"
                    + " WHERE current_setting('synchronous_commit') = 'off'");
        }
    }

    private static long millis(Duration timeout) {
        return Math.min(Integer.MAX_VALUE, timeout.toMillis());
    }

    @Override
    TableShape table(Connection connection, TableName name) throws SQLException {
        Map<String, String> columns = new LinkedHashMap<>();
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute
                WHERE attrelid = to_regclass(?) AND attnum > 0 AND NOT attisdropped
                    AND attgenerated = '' AND attidentity <> 'a' ORDER BY attnum""")) {
            statement.setString(1, quoted(name));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    columns.put(rows.getString(1), rows.getString(2));
                }
            }
        }
        return columns.isEmpty()
                ? null
                : new TableShape(columns, uniques(connection, name), List.of(), folds(columns), Optional.empty());
    }

    private static Map<String, Fold> folds(Map<String, String> columns) {
        return columns.entrySet().stream()
                .filter(column -> CITEXT.matcher(column.getValue()).matches())
                .collect(Collectors.toMap(Map.Entry::getKey, column -> Fold.CASE));
    }

    private List<Set<String>> uniques(Connection connection, TableName name) throws SQLException {
        List<Set<String>> uniques = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement("""
                SELECT array(SELECT attname::text FROM pg_attribute
                    WHERE attrelid = indrelid AND attnum = ANY ((indkey::int2[])[0:indnkeyatts - 1]))
                FROM pg_index WHERE indrelid = to_regclass(?) AND indisunique AND indisvalid AND indimmediate
                    AND indpred IS NULL AND indexprs IS NULL""")) {
            statement.setString(1, quoted(name));
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    Array array = rows.getArray(1);
                    uniques.add(Set.of((String[]) array.getArray()));
                }
            }
        }
        return uniques;
    }

    @Override
    List<String> ledgerDdl(TableName ledger) {
        return List.of(
                "CREATE TABLE " + quoted(ledger)
                        + " (id text PRIMARY KEY, sink text NOT NULL, batch bigint NOT NULL,"
                        + " written timestamptz NOT NULL DEFAULT now())",
                "CREATE INDEX ON " + quoted(ledger) + " (sink, batch)");
    }

    @Override
    RowGroup group(TableShape shape, List<String> columns, boolean deletes) {
        return new JsonRows(columns, deletes);
    }

    @Override
    boolean write(Connection connection, TargetText target, LedgerRow row, List<RowGroup> groups) throws SQLException {
        if (groups.size() <= GROUPS_MAX) {
            return write(connection, target, row, groups, true) > 0;
        }
        connection.setAutoCommit(false);
        boolean isEnded = false;
        try {
            boolean isNew = write(connection, target, row, groups.subList(0, GROUPS_MAX), true) > 0;
            for (int i = GROUPS_MAX; isNew && i < groups.size(); i += GROUPS_MAX) {
                write(connection, target, row, groups.subList(i, Math.min(groups.size(), i + GROUPS_MAX)), false);
            }
            connection.commit();
            isEnded = true;
            connection.setAutoCommit(true);
            return isNew;
        } finally {
            if (!isEnded) {
                // Whatever it was: to turn autocommit on in the middle of it would commit half of it.
                rollback(connection);
                connection.setAutoCommit(true);
            }
        }
    }

    /** @param first whether this is what the ledger is told and asked with */
    private long write(Connection connection, TargetText target, LedgerRow row, List<RowGroup> groups, boolean first)
            throws SQLException {
        boolean forgets = first && row.forgetBefore() > 0;
        try (PreparedStatement statement = connection.prepareStatement(sql(target, groups, first, forgets))) {
            int parameter = 1;
            if (first) {
                statement.setString(parameter++, row.id());
                statement.setString(parameter++, row.sink());
                statement.setLong(parameter++, row.batch());
            }
            for (RowGroup group : groups) {
                ByteBuf json = ((JsonRows) group).json();
                statement.setBinaryStream(parameter++, new ByteBufInputStream(json), json.readableBytes());
            }
            if (forgets) {
                statement.setString(parameter++, row.sink());
                statement.setLong(parameter, row.forgetBefore());
            }
            try (ResultSet result = statement.executeQuery()) {
                result.next();
                return result.getLong(1);
            }
        }
    }

    private String sql(TargetText target, List<RowGroup> groups, boolean first, boolean forgets) {
        String ledger = quoted(TableName.of(target.ledger()));
        List<String> expressions = new ArrayList<>();
        if (first) {
            expressions.add("new_part AS (INSERT INTO " + ledger
                    + " (id, sink, batch) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING 1)");
        } else {
            expressions.add("new_part AS (SELECT 1)");
        }
        for (int i = 0; i < groups.size(); i++) {
            RowGroup group = groups.get(i);
            expressions.add(
                    "rows_" + i + " AS (" + (group.deletes() ? delete(target, group) : insert(target, group)) + ")");
        }
        if (forgets) {
            expressions.add("forgotten AS (DELETE FROM " + ledger + " WHERE sink = ? AND batch < ?)");
        }
        return "WITH " + String.join(", ", expressions) + " SELECT count(*) FROM new_part";
    }

    private String rows(TargetText target) {
        return "json_populate_recordset(NULL::" + quoted(TableName.of(target.table()))
                + ", convert_from(?, 'UTF8')::json)";
    }

    private String insert(TargetText target, RowGroup group) {
        String columns = quoted(group.columns());
        String insert = "INSERT INTO " + quoted(TableName.of(target.table())) + " AS old (" + columns + ") SELECT "
                + columns + " FROM " + rows(target) + " WHERE EXISTS (SELECT FROM new_part)";
        if (!target.isUpsert()) {
            return insert;
        }
        List<String> updated = new ArrayList<>(group.columns());
        updated.removeAll(target.key());
        if (updated.isEmpty()) {
            return insert + " ON CONFLICT (" + quoted(target.key()) + ") DO NOTHING";
        }
        return insert + " ON CONFLICT (" + quoted(target.key()) + ") DO UPDATE SET "
                + updated.stream()
                        .map(column -> quoted(column) + " = excluded." + quoted(column))
                        .collect(Collectors.joining(", "))
                + (target.hasNewerBy() ? " WHERE " + notNewer(target, "excluded") : "");
    }

    private String delete(TargetText target, RowGroup group) {
        String same = target.key().stream()
                .map(column -> "old." + quoted(column) + " = gone." + quoted(column))
                .collect(Collectors.joining(" AND "));
        boolean guarded = target.hasNewerBy() && group.columns().contains(target.newerBy());
        return "DELETE FROM " + quoted(TableName.of(target.table())) + " AS old USING " + rows(target)
                + " AS gone WHERE EXISTS (SELECT FROM new_part) AND " + same
                + (guarded ? " AND (" + notNewer(target, "gone") + ")" : "");
    }

    /** Whether the row that is there is not newer. */
    private String notNewer(TargetText target, String than) {
        String column = quoted(target.newerBy());
        return "old." + column + " IS NULL OR old." + column + " <= " + than + "." + column;
    }

    @Override
    long newestBatch(Connection connection, TableName ledger, String sink) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(newestBatchQuery(ledger))) {
            statement.setString(1, sink);
            return number(statement);
        }
    }

    @Override
    boolean isWritten(Connection connection, TableName ledger, String id) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(isWrittenQuery(ledger))) {
            statement.setString(1, id);
            return number(statement) > 0;
        }
    }

    @Override
    void forgetFrom(Connection connection, TableName ledger, String sink, long batch) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("DELETE FROM " + quoted(ledger) + " WHERE sink = ? AND batch >= ?")) {
            statement.setString(1, sink);
            statement.setLong(2, batch);
            statement.executeUpdate();
        }
    }

    @Override
    boolean isAlreadyThere(SQLException e) {
        return DUPLICATE_TABLE.equals(e.getSQLState()) || UNIQUE_VIOLATION.equals(e.getSQLState());
    }

    @Override
    boolean upsertsByAnyIndex() {
        return false;
    }

    /** Rows as a JSON array, in memory outside the heap. */
    private static final class JsonRows extends RowGroup {
        private static final int BYTES_FIRST = 1 << 8;

        private final byte[][] names;
        private final ByteBuf json = PooledByteBufAllocator.DEFAULT.directBuffer(BYTES_FIRST);
        private boolean closed;

        JsonRows(List<String> columns, boolean deletes) {
            super(columns, deletes);
            this.names = columns.stream()
                    .map(column -> ("\""
                                    + String.valueOf(
                                            JsonStringEncoder.getInstance().quoteAsString(column)) + "\":")
                            .getBytes(StandardCharsets.UTF_8))
                    .toArray(byte[][]::new);
        }

        /** The whole array; nothing can be added any more. */
        ByteBuf json() {
            if (!closed) {
                json.writeByte(']');
                closed = true;
            }
            return json.slice();
        }

        private void next() {
            json.writeByte(json.isReadable() ? ',' : '[');
        }

        @Override
        void addWhole(JsonValues values, int[] indexes, long address, int length) {
            next();
            put(address, length);
        }

        @Override
        void add(JsonValues values, int[] indexes) {
            next();
            for (int i = 0; i < indexes.length; i++) {
                json.writeByte(i == 0 ? '{' : ',');
                json.writeBytes(names[i]);
                long from = values.from(indexes[i]);
                put(from, Math.toIntExact(values.to(indexes[i]) - from));
            }
            json.writeByte('}');
        }

        @Override
        void addTexts(List<String> texts) {
            next();
            for (int i = 0; i < names.length; i++) {
                json.writeByte(i == 0 ? '{' : ',');
                json.writeBytes(names[i]);
                json.writeByte('"');
                json.writeBytes(JsonStringEncoder.getInstance().quoteAsUTF8(texts.get(i)));
                json.writeByte('"');
            }
            json.writeByte('}');
        }

        private void put(long address, int length) {
            json.ensureWritable(length);
            Memory.copy(address, json.memoryAddress() + json.writerIndex(), length);
            json.writerIndex(json.writerIndex() + length);
        }

        @Override
        public void close() {
            json.release();
        }
    }
}
