package io.decant.ingest.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The tables of {@code examples/postgres}, as the test sees them. */
final class PriceTables implements AutoCloseable {

    private static final int POLL_MILLIS = 20;

    private final Connection connection;

    PriceTables(String database) throws SQLException {
        this.connection = DriverManager.getConnection(database);
    }

    /** Inserts or updates the records of a JSON array in one statement; returns its SQLSTATE, 00000 for success. */
    String upsert(String records) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("""
                INSERT INTO price SELECT * FROM json_to_recordset(?::json) AS record (id text, price numeric)
                ON CONFLICT (id) DO UPDATE SET price = excluded.price""")) {
            statement.setString(1, records);
            statement.executeUpdate();
            return "00000";
        } catch (SQLException e) {
            return e.getSQLState();
        }
    }

    void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The first number of the first row. */
    long number(String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            assertThat(row.next()).as(query).isTrue();
            return row.getLong(1);
        }
    }

    /** Waits until a query yields a number that is at least so large. */
    void await(String query, long least, long millisMax) throws SQLException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millisMax);
        for (long number = number(query); number < least; number = number(query)) {
            assertThat(System.nanoTime() - deadline)
                    .as("after %d ms, %s is %d, not %d", millisMax, query, number, least)
                    .isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(POLL_MILLIS));
        }
    }

    Map<String, Integer> latest() throws SQLException {
        Map<String, Integer> latest = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, price FROM price")) {
            while (rows.next()) {
                latest.put(rows.getString(1), rows.getInt(2));
            }
        }
        return latest;
    }

    Map<String, List<Integer>> history() throws SQLException {
        Map<String, List<Integer>> history = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT id, price FROM price_history ORDER BY number")) {
            while (rows.next()) {
                history.computeIfAbsent(rows.getString(1), id -> new ArrayList<>())
                        .add(rows.getInt(2));
            }
        }
        return history;
    }

    @Override
    public void close() throws SQLException {
        connection.close();
    }
}
