package io.decant.ingest.source.mysql;

import io.decant.config.HostPort;
import io.decant.config.MysqlSourceSettings;
import io.decant.config.Secret;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Properties;

/** Opens connections of a source, ready for reading, and says what is wrong with one. Any thread. */
final class MysqlConnections {

    private static final int CONNECT_MILLIS = 10_000;
    /** The server gives a reader up that takes nothing for so long: longer than a usual pause. */
    private static final int WRITE_SECONDS = 600;

    private static final int MESSAGE_CHARS_MAX = 500;
    private static final String NO_CONNECTION = "08001";
    private static final String MARIADB = "MariaDB";

    private final MysqlSourceSettings settings;
    private final ImportDriver driver = ImportDriver.inUse();
    /** Null until the first connection. */
    private Properties properties;

    /** What the files held from which these were made. */
    private List<String> files = List.of();

    MysqlConnections(MysqlSourceSettings settings) {
        this.settings = settings;
    }

    /** Where it connects to, without user and password. */
    String address() {
        return settings.address() + "/" + settings.database();
    }

    Connection open() throws SQLException {
        HostPort address = settings.address();
        Connection connection = DriverManager.getConnection(driver.urlStart() + address + "/", properties());
        try {
            connection.setCatalog(settings.database());
            connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET time_zone = '+00:00', sql_mode = '', net_write_timeout = " + WRITE_SECONDS);
                if (isMariaDb(connection)) {
                    statement.execute("SET max_statement_time = 0");
                }
            }
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    static boolean isMariaDb(Connection connection) throws SQLException {
        // MySQL's own driver calls every server MySQL.
        DatabaseMetaData server = connection.getMetaData();
        return server.getDatabaseProductName().equals(MARIADB)
                || server.getDatabaseProductVersion().contains(MARIADB);
    }

    private Secret password() throws SQLException {
        try {
            return settings.currentPassword();
        } catch (IOException e) {
            throw new SQLException(e.getMessage(), NO_CONNECTION, e);
        }
    }

    private Properties properties() throws SQLException {
        Properties each = new Properties();
        each.putAll(shared());
        Secret password = password();
        if (!password.isEmpty()) {
            each.setProperty("password", password.reveal());
        }
        return each;
    }

    /** What all connections are made with. */
    private synchronized Properties shared() throws SQLException {
        List<String> filesNow = driver.filesRead(settings);
        if (properties != null && filesNow.equals(files)) {
            return properties;
        }
        files = filesNow;
        Properties made = new Properties();
        made.setProperty("user", settings.user());
        made.setProperty("connectTimeout", Integer.toString(CONNECT_MILLIS));
        made.setProperty("tcpKeepAlive", "true");
        // Numbers as the server prints them.
        made.setProperty("tinyInt1isBit", "false");
        made.setProperty("yearIsDateType", "false");
        try {
            driver.set(made, settings);
            properties = made;
        } catch (SQLException e) {
            // While its files cannot be used, connections go on with what they held before; the source says so.
            if (properties == null) {
                throw e;
            }
        }
        return properties;
    }

    /** What went wrong, in one line without the password. */
    String why(Throwable e) {
        String state =
                e instanceof SQLException sql && sql.getErrorCode() != 0 ? "error " + sql.getErrorCode() + ": " : "";
        String text = settings.redact(state + e.getMessage()).replaceAll("\\s+", " ");
        return text.length() > MESSAGE_CHARS_MAX ? text.substring(0, MESSAGE_CHARS_MAX) + "..." : text;
    }
}
