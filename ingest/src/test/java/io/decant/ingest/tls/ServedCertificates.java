package io.decant.ingest.tls;

import io.decant.config.ClientAuth;
import io.decant.config.ServerTlsSettings;
import io.decant.ingest.sink.http.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;

/**
 * Certificates of a port on the loopback and of its clients.
 *
 * @param authority has signed all but the stranger's
 * @param server what the port shows first
 * @param renewed what it may show later
 * @param edge of a client
 * @param stranger of a client, with the same name and of another authority
 */
public record ServedCertificates(
        TestCertificate authority,
        TestCertificate server,
        TestCertificate renewed,
        TestCertificate edge,
        TestCertificate stranger) {

    public static ServedCertificates make(Path folder) throws Exception {
        TestCertificate authority = TestCertificate.authority(folder);
        return new ServedCertificates(
                authority,
                TestCertificate.signed(folder, "server", "ip:127.0.0.1", authority),
                TestCertificate.signed(folder, "renewed", "ip:127.0.0.1", authority),
                TestCertificate.signed(folder, "edge-7", "dns:edge-7", authority),
                TestCertificate.signed(folder, "stranger", "dns:edge-7", TestCertificate.authority(folder, "other")));
    }

    /** Settings of a port that has its files in the folder, which {@link #show} puts there. */
    public ServerTlsSettings settings(Path folder, ClientAuth auth) {
        return new ServerTlsSettings(
                folder.resolve("server.pem"),
                folder.resolve("server.key"),
                auth == ClientAuth.NONE ? Optional.empty() : Optional.of(authority.certificate()),
                auth);
    }

    /** Puts a certificate and its key where the port has its own, as docs/security.md says. */
    public static void show(TestCertificate certificate, Path folder) throws IOException {
        put(certificate.key(), folder.resolve("server.key"));
        put(certificate.certificate(), folder.resolve("server.pem"));
    }

    /** Puts a whole file in place of another. */
    public static void put(Path file, Path place) throws IOException {
        Path copy = Files.copy(
                file, place.resolveSibling(place.getFileName() + ".new"), StandardCopyOption.REPLACE_EXISTING);
        Files.move(copy, place, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
