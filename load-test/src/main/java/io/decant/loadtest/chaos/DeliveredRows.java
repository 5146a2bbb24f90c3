package io.decant.loadtest.chaos;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** The table of a {@code jdbc} sink: a row for each record, in the order in which they were written. */
final class DeliveredRows {

    static final String TABLE = "history";
    /** The same words to MariaDB and to PostgreSQL. */
    static final String SCHEMA = "CREATE TABLE " + TABLE
            + " (place serial PRIMARY KEY, k varchar(20) NOT NULL, s varchar(20) NOT NULL, n bigint NOT NULL)";

    private static final int FETCH_ROWS = 10_000;

    private final String sink;
    private final String url;
    private final ChaosLedger ledger;

    /** @param url of the database */
    DeliveredRows(String sink, String url) {
        this.sink = sink;
        this.url = url;
        this.ledger = new ChaosLedger("sink " + sink + " (jdbc)");
    }

    String sink() {
        return sink;
    }

    /** How many rows there are. */
    long count() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + TABLE)) {
            row.next();
            return row.getLong(1);
        }
    }

    /** Reads each row, once, and returns the ledger of them. */
    ChaosLedger read() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            // PostgreSQL's driver fetches rows bit by bit in a transaction only.
            connection.setAutoCommit(false);
            statement.setFetchSize(FETCH_ROWS);
            try (ResultSet row = statement.executeQuery("SELECT place, k, s, n FROM " + TABLE + " ORDER BY place")) {
                while (row.next()) {
                    String where = "row " + row.getLong(1);
                    ChaosRecord record = new ChaosRecord(row.getString(3), row.getLong(4));
                    if (record.key().equals(row.getString(2))) {
                        ledger.take(record, where);
                    } else {
                        ledger.fault(where + ": " + record + " with the key " + row.getString(2));
                    }
                }
            }
        }
        return ledger;
    }
}
