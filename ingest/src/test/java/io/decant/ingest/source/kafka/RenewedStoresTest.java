package io.decant.ingest.source.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.KafkaSourceSettings;
import io.decant.config.SettingsLoader;
import io.decant.ingest.sink.http.TestCertificate;
import io.decant.ingest.tls.ServedCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Key stores of a Kafka source that are renewed while its clients run. */
class RenewedStoresTest {

    @TempDir
    static Path certificates;

    private static TestCertificate first;
    private static TestCertificate second;

    @TempDir
    Path folder;

    private KafkaSourceSettings settings;
    private StoreReport report;
    private RenewedStores stores;

    @BeforeAll
    static void make() throws Exception {
        first = TestCertificate.client(certificates, "first");
        second = TestCertificate.client(certificates, "second");
    }

    @BeforeEach
    void configure() throws Exception {
        ServedCertificates.put(first.store(), own());
        ServedCertificates.put(first.store(), folder.resolve("trusted.p12"));
        settings = (KafkaSourceSettings) SettingsLoader.parse(
                        """
                        sources:
                          clicks:
                            type: kafka
                            bootstrap-servers: "127.0.0.1:1"
                            topics: [clicks]
                            properties:
                              security.protocol: SSL
                              ssl.keystore.location: %s
                              ssl.keystore.type: PKCS12
                              ssl.keystore.password: %s
                              ssl.truststore.location: %s
                              ssl.truststore.type: PKCS12
                              ssl.truststore.password: %s
                        sinks: {api: {type: http, url: "http://127.0.0.1:1/"}}
                        """.formatted(
                                        own(),
                                        TestCertificate.PASSWORD,
                                        folder.resolve("trusted.p12"),
                                        TestCertificate.PASSWORD),
                        "test.yaml",
                        folder,
                        List.of(),
                        Map.of())
                .sources()
                .get("clicks");
        report = StoreReport.of("clicks", settings, InstantSource.system());
        stores = new RenewedStores(report);
        stores.configure(new AdminClientConfig(ClientConfig.admin("clicks", settings)).values());
    }

    private Path own() {
        return folder.resolve("own.p12");
    }

    /** Whom the next connection shows. */
    private String shown() throws Exception {
        assertThat(stores.createClientSslEngine("localhost", 1, "https")).isNotNull();
        return ((X509Certificate) stores.keystore().getCertificate("it"))
                .getSubjectX500Principal()
                .getName();
    }

    @Test
    void shouldShowANewCertificateOnNewConnections() throws Exception {
        assertThat(shown()).isEqualTo("CN=first");

        ServedCertificates.put(second.store(), own());

        assertThat(shown()).isEqualTo("CN=second");
        assertThat(report.status().lastError()).isEmpty();
        assertThat(report.status().days()).isPositive();
    }

    @Test
    void shouldGoOnWithTheOldOneWhereTheNewOneCannotBeUsedAndSayWhy() throws Exception {
        Path broken = Files.writeString(folder.resolve("broken"), "none");
        ServedCertificates.put(broken, own());
        assertThat(shown()).isEqualTo("CN=first");
        assertThat(report.status().lastError()).isNotEmpty().doesNotContain(TestCertificate.PASSWORD);

        Files.delete(own());
        assertThat(shown()).isEqualTo("CN=first");
        assertThat(report.status().lastError()).isNotEmpty();

        ServedCertificates.put(second.store(), own());
        assertThat(shown()).isEqualTo("CN=second");
        assertThat(report.status().lastError()).isEmpty();
    }

    @Test
    void shouldTellNothingOfASourceWithoutFiles() {
        assertThat(StoreReport.none().status()).isNull();
    }
}
