package io.decant.ingest.users;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.sink.http.TestCertificate;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which names of a certificate count. */
class CertificateNamesTest {

    @TempDir
    static Path folder;

    private static TestCertificate authority;

    @BeforeAll
    static void make() throws Exception {
        authority = TestCertificate.authority(folder);
    }

    private static X509Certificate read(TestCertificate certificate) throws Exception {
        try (InputStream in = Files.newInputStream(certificate.certificate())) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    @Test
    void shouldBeTheDnsNamesAndThenNotTheSubjects() throws Exception {
        X509Certificate certificate = read(
                TestCertificate.signed(folder, "subject", "dns:Edge-7.example.org,ip:127.0.0.1,dns:edge-7", authority));

        assertThat(CertificateNames.of(certificate)).containsExactly("edge-7.example.org", "edge-7");
    }

    @Test
    void shouldBeTheSubjectsWhereThereIsNoDnsName() throws Exception {
        assertThat(CertificateNames.of(read(TestCertificate.signed(folder, "Edge-8", "ip:127.0.0.1", authority))))
                .containsExactly("edge-8");
        assertThat(CertificateNames.of(read(TestCertificate.client(folder, "edge-9"))))
                .containsExactly("edge-9");
    }
}
