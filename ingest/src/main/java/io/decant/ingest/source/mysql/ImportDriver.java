package io.decant.ingest.source.mysql;

import io.decant.config.MysqlSourceSettings;
import io.decant.config.TlsSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The JDBC driver that reads: what each must be told to give values as the server sends them, and rows one by one.
 * Stateless.
 */
enum ImportDriver {
    /** MariaDB Connector/J, which Decant ships. */
    MARIADB("jdbc:mariadb://") {
        @Override
        void set(Properties properties, MysqlSourceSettings settings) {
            properties.setProperty("allowLocalInfile", "false");
            // A query may be silent for long; a server that is gone is found by these.
            properties.setProperty("tcpKeepIdle", "30");
            properties.setProperty("tcpKeepInterval", "10");
            properties.setProperty("tcpKeepCount", "6");
            properties.setProperty("sslMode", settings.tls().isPresent() ? "verify-full" : "disable");
            settings.tls().ifPresent(tls -> {
                properties.setProperty("tlsSocketType", PemTlsPlugin.TYPE);
                tls.caFile().ifPresent(file -> properties.setProperty(PemTlsPlugin.CA_FILE, file.toString()));
                tls.certificate().ifPresent(file -> properties.setProperty(PemTlsPlugin.CERTIFICATE, file.toString()));
                tls.key().ifPresent(file -> properties.setProperty(PemTlsPlugin.KEY, file.toString()));
                if (!tls.serverName().isEmpty()) {
                    properties.setProperty(PemTlsPlugin.SERVER_NAME, tls.serverName());
                }
            });
        }

        @Override
        int fetchSize(int rows) {
            return rows;
        }

        /** It gives no bytes of a number. */
        @Override
        byte[] number(ResultSet row, int index) throws SQLException {
            String text = row.getString(index);
            return text == null ? null : text.getBytes(StandardCharsets.ISO_8859_1);
        }
    },
    /** MySQL Connector/J, where somebody has put it on the class path. */
    MYSQL("jdbc:mysql://") {
        @Override
        void set(Properties properties, MysqlSourceSettings settings) throws SQLException {
            properties.setProperty("allowLoadLocalInfile", "false");
            // Otherwise texts come in the character sets of their columns.
            properties.setProperty("characterEncoding", "UTF-8");
            properties.setProperty("characterSetResults", "UTF-8");
            properties.setProperty("sslMode", settings.tls().isPresent() ? "VERIFY_IDENTITY" : "DISABLED");
            if (settings.tls().isPresent()) {
                secure(properties, settings.tls().get());
            }
        }

        @Override
        int fetchSize(int rows) {
            // The only way to have rows one by one.
            return Integer.MIN_VALUE;
        }

        @Override
        List<String> filesRead(MysqlSourceSettings settings) {
            List<String> contents = new ArrayList<>();
            settings.tls().ifPresent(tls -> Stream.of(tls.caFile(), tls.certificate(), tls.key())
                    .flatMap(Optional::stream)
                    .forEach(file -> contents.add(content(file))));
            return contents;
        }

        private String content(Path file) {
            try {
                return Files.readString(file, StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                // Another one is as good as one that has changed.
                return "";
            }
        }

        /** Its texts of numbers are Java's own. */
        @Override
        byte[] number(ResultSet row, int index) throws SQLException {
            return row.getBytes(index);
        }
    };

    private static final String OWN_DRIVER = "com.mysql.cj.jdbc.Driver";

    private final String urlStart;

    ImportDriver(String urlStart) {
        this.urlStart = urlStart;
    }

    /** MySQL's own where it is on the class path. */
    static ImportDriver inUse() {
        return InUse.DRIVER;
    }

    private static final class InUse {

        private static final ImportDriver DRIVER = find();

        private static ImportDriver find() {
            try {
                Class.forName(OWN_DRIVER);
                return MYSQL;
            } catch (ClassNotFoundException e) {
                return MARIADB;
            }
        }
    }

    String urlStart() {
        return urlStart;
    }

    /** Sets what only this driver has. */
    abstract void set(Properties properties, MysqlSourceSettings settings) throws SQLException;

    /** What the files hold that {@link #set} reads; nothing where each connection reads them. */
    List<String> filesRead(MysqlSourceSettings settings) {
        return List.of();
    }

    /** How a statement is told that these many rows are held at a time. */
    abstract int fetchSize(int rows);

    /** A number as the server prints it; null where it is NULL. */
    abstract byte[] number(ResultSet row, int index) throws SQLException;

    /** That driver reads key stores from files alone. They are readable for this user alone, and removed at the end. */
    private static void secure(Properties properties, TlsSettings tls) throws SQLException {
        if (!tls.serverName().isEmpty()) {
            throw new SQLException("tls.server-name is not supported by MySQL's own driver, which is in lib/jdbc;"
                    + " remove it there, or the setting here");
        }
        String password = UUID.randomUUID().toString();
        try {
            if (tls.caFile().isPresent()) {
                Path store = file(PemStores.trusted(tls.caFile().get()), password);
                properties.setProperty(
                        "trustCertificateKeyStoreUrl", store.toUri().toString());
                properties.setProperty("trustCertificateKeyStoreType", "PKCS12");
                properties.setProperty("trustCertificateKeyStorePassword", password);
                properties.setProperty("fallbackToSystemTrustStore", "false");
            }
            if (tls.certificate().isPresent()) {
                KeyStore own = PemStores.own(tls.certificate().get(), tls.key().orElseThrow(), password.toCharArray());
                properties.setProperty(
                        "clientCertificateKeyStoreUrl",
                        file(own, password).toUri().toString());
                properties.setProperty("clientCertificateKeyStoreType", "PKCS12");
                properties.setProperty("clientCertificateKeyStorePassword", password);
            }
        } catch (GeneralSecurityException | IOException e) {
            throw new SQLException("the files of tls cannot be read: " + e.getMessage(), e);
        }
    }

    private static Path file(KeyStore store, String password) throws GeneralSecurityException, IOException {
        Path file = Files.createTempFile("decant", ".p12");
        file.toFile().deleteOnExit();
        try (OutputStream out = Files.newOutputStream(file)) {
            store.store(out, password.toCharArray());
        }
        return file;
    }
}
