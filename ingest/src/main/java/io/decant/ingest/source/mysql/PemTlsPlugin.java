package io.decant.ingest.source.mysql;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.HostAddress;
import org.mariadb.jdbc.export.ExceptionFactory;
import org.mariadb.jdbc.plugin.TlsSocketPlugin;

/**
 * Has MariaDB's driver encrypt as the section {@code tls} says: with certificates and keys in PEM, and a server's name
 * that may be another than that of its address. The driver makes one for each connection.
 */
public final class PemTlsPlugin implements TlsSocketPlugin {

    static final String TYPE = "decant";
    static final String CA_FILE = "decantCaFile";
    static final String CERTIFICATE = "decantCertificate";
    static final String KEY = "decantKey";
    static final String SERVER_NAME = "decantServerName";

    private static final char[] PASSWORD = {};

    /**
     * What could be used last, by the names of the files: while they cannot be used, connections go on with that. The
     * source says so.
     */
    private static final Map<String, TrustManager[]> TRUSTED = new ConcurrentHashMap<>();

    private static final Map<List<String>, KeyManager[]> SHOWN = new ConcurrentHashMap<>();

    private String serverName = "";

    /** Made by the driver. */
    public PemTlsPlugin() {}

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public TrustManager[] getTrustManager(Configuration conf, ExceptionFactory exceptions, HostAddress address)
            throws SQLException {
        Properties options = conf.nonMappedOptions();
        serverName = options.getProperty(SERVER_NAME, address.host);
        String caFile = options.getProperty(CA_FILE);
        try {
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            // Without one those of the platform.
            trust.init(caFile == null ? null : PemStores.trusted(Path.of(caFile)));
            TrustManager[] managers = trust.getTrustManagers();
            if (caFile != null) {
                TRUSTED.put(caFile, managers);
            }
            return managers;
        } catch (GeneralSecurityException | IOException e) {
            TrustManager[] before = caFile == null ? null : TRUSTED.get(caFile);
            if (before != null) {
                return before;
            }
            throw new SQLException("the certificates of tls.ca-file cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public KeyManager[] getKeyManager(Configuration conf, ExceptionFactory exceptions) throws SQLException {
        String certificate = conf.nonMappedOptions().getProperty(CERTIFICATE);
        String key = conf.nonMappedOptions().getProperty(KEY);
        if (certificate == null || key == null) {
            return null;
        }
        try {
            KeyStore own = PemStores.own(Path.of(certificate), Path.of(key), PASSWORD);
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(own, PASSWORD);
            SHOWN.put(List.of(certificate, key), keys.getKeyManagers());
            return keys.getKeyManagers();
        } catch (GeneralSecurityException | IOException e) {
            KeyManager[] before = SHOWN.get(List.of(certificate, key));
            if (before != null) {
                return before;
            }
            throw new SQLException("tls.certificate and tls.key cannot be read: " + e.getMessage(), e);
        }
    }

    /** By the name of the server, which is sent as SNI, and which its certificate must have. */
    @Override
    public SSLSocket createSocket(Socket socket, SSLSocketFactory factory) throws IOException {
        SSLSocket secured = (SSLSocket) factory.createSocket(socket, serverName, socket.getPort(), true);
        SSLParameters parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        return secured;
    }

    /** It was checked in the handshake. */
    @Override
    public void verify(String host, SSLSession session, long serverThreadId) {}
}
