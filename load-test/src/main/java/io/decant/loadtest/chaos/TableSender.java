package io.decant.loadtest.chaos;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** Rows into the table that the server imports, some in each transaction. */
final class TableSender extends ChaosSender {

    static final String STREAM = "table";
    static final String TABLE = "orders";
    /** With the members of a record, and a number that the database gives. */
    static final String SCHEMA = "CREATE TABLE " + TABLE
            + " (k varchar(20) NOT NULL, s varchar(20) NOT NULL, n bigint NOT NULL UNIQUE, f varchar(100) NOT NULL,"
            + " id bigint AUTO_INCREMENT PRIMARY KEY)";

    private static final int PORTION_RECORDS = 50;

    private final String url;
    private volatile long committed;
    private volatile long sent;

    /** @param url of the database */
    TableSender(String url, int rate) {
        super(STREAM, rate);
        this.url = url;
    }

    @Override
    public void run() {
        while (!isAbandoned() && !(isStopping() && sent == committed)) {
            try (Connection connection = DriverManager.getConnection(url)) {
                connection.setAutoCommit(false);
                // A commit whose answer was lost has happened, or has not.
                committed = rows(connection);
                sent = committed;
                insert(connection);
            } catch (SQLException e) {
                // The database is down; what it has committed it keeps.
                pause();
            }
        }
    }

    private void insert(Connection connection) throws SQLException {
        try (PreparedStatement insert =
                connection.prepareStatement("INSERT INTO " + TABLE + " (k, s, n, f) VALUES (?, ?, ?, ?)")) {
            while (!isStopping()) {
                pace(PORTION_RECORDS);
                for (int i = 0; i < PORTION_RECORDS; i++) {
                    ChaosRecord record = new ChaosRecord(STREAM, committed + i);
                    insert.setString(1, record.key());
                    insert.setString(2, STREAM);
                    insert.setLong(3, record.number());
                    insert.setString(4, record.filler());
                    insert.addBatch();
                }
                sent = committed + PORTION_RECORDS;
                insert.executeBatch();
                connection.commit();
                committed = sent;
            }
        }
    }

    private static long rows(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COALESCE(MAX(n) + 1, 0) FROM " + TABLE)) {
            row.next();
            return row.getLong(1);
        }
    }

    @Override
    Map<String, Long> sent() {
        return Map.of(STREAM, sent);
    }

    @Override
    long acknowledged() {
        return committed;
    }
}
