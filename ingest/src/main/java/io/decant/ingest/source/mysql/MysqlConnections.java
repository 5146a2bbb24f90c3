package io.decant.ingest.source.mysql;

import io.decant.config.HostPort;
import io.decant.config.MysqlSourceSettings;
import io.decant.config.Secret;
import io.decant.config.TlsSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
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

    MysqlConnections(MysqlSourceSettings settings) {
        this.settings = settings;
    }

    /** Where it connects to, without user and password. */
    String address() {
        return settings.address() + "/" + settings.database();
    }

    Connection open() throws SQLException {
        HostPort address = settings.address();
        Connection connection = DriverManager.getConnection("jdbc:mariadb://" + address + "/", properties());
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
        return connection.getMetaData().getDatabaseProductName().equals(MARIADB);
    }

    private Secret password() throws SQLException {
        try {
            return settings.currentPassword();
        } catch (IOException e) {
            throw new SQLException(e.getMessage(), NO_CONNECTION, e);
        }
    }

    private Properties properties() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", settings.user());
        Secret password = password();
        if (!password.isEmpty()) {
            properties.setProperty("password", password.reveal());
        }
        properties.setProperty("connectTimeout", Integer.toString(CONNECT_MILLIS));
        // A query may be silent for long; a server that is gone is found by these.
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("tcpKeepIdle", "30");
        properties.setProperty("tcpKeepInterval", "10");
        properties.setProperty("tcpKeepCount", "6");
        properties.setProperty("allowLocalInfile", "false");
        // Numbers as the server prints them.
        properties.setProperty("tinyInt1isBit", "false");
        properties.setProperty("yearIsDateType", "false");
        Optional<Path> caFile = settings.tls().flatMap(TlsSettings::caFile);
        properties.setProperty("sslMode", settings.tls().isPresent() ? "verify-full" : "disable");
        caFile.ifPresent(file -> {
            properties.setProperty("serverSslCert", file.toString());
            properties.setProperty("fallbackToSystemTrustStore", "false");
        });
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
