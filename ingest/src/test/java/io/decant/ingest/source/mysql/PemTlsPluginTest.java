package io.decant.ingest.source.mysql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.ingest.sink.http.TestCertificate;
import io.decant.ingest.tls.ServedCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Properties;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mariadb.jdbc.Configuration;
import org.mariadb.jdbc.HostAddress;

/** What each connection to a database reads, while the files are renewed. */
class PemTlsPluginTest {

    @TempDir
    Path folder;

    private Configuration configuration() throws SQLException {
        Properties properties = new Properties();
        properties.setProperty(PemTlsPlugin.CA_FILE, folder.resolve("ca.pem").toString());
        properties.setProperty(
                PemTlsPlugin.CERTIFICATE, folder.resolve("server.pem").toString());
        properties.setProperty(PemTlsPlugin.KEY, folder.resolve("server.key").toString());
        return Configuration.parse("jdbc:mariadb://localhost:1/", properties);
    }

    private String shown() throws SQLException {
        X509KeyManager keys = (X509KeyManager) new PemTlsPlugin().getKeyManager(configuration(), null)[0];
        return keys.getCertificateChain("client")[0].getSubjectX500Principal().getName();
    }

    private String trusted() throws SQLException {
        X509TrustManager trust = (X509TrustManager)
                new PemTlsPlugin().getTrustManager(configuration(), null, HostAddress.from("localhost", 1))[0];
        return trust.getAcceptedIssuers()[0].getSubjectX500Principal().getName();
    }

    @Test
    void shouldReadFilesAnewAndGoOnWithWhatCouldBeUsedLast() throws Exception {
        TestCertificate first = TestCertificate.client(folder, "first");
        TestCertificate second = TestCertificate.client(folder, "second");
        assertThatThrownBy(this::shown).isInstanceOf(SQLException.class);
        ServedCertificates.show(first, folder);
        ServedCertificates.put(first.certificate(), folder.resolve("ca.pem"));
        assertThat(shown()).isEqualTo("CN=first");
        assertThat(trusted()).isEqualTo("CN=first");

        ServedCertificates.put(second.key(), folder.resolve("server.key"));
        Files.writeString(folder.resolve("ca.pem"), "none");
        assertThat(shown()).isEqualTo("CN=first");
        assertThat(trusted()).isEqualTo("CN=first");

        ServedCertificates.show(second, folder);
        ServedCertificates.put(second.certificate(), folder.resolve("ca.pem"));
        assertThat(shown()).isEqualTo("CN=second");
        assertThat(trusted()).isEqualTo("CN=second");
    }
}
