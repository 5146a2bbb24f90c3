package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.TlsSettings;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Outcome.Failed;
import io.decant.ingest.sink.Outcome.Kind;
import io.decant.ingest.tls.ServedCertificates;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom the transport trusts, whom it does not, as whom it shows itself, and what it says when that goes wrong. */
class VertxHttpTransportTlsTest extends TransportHarness {

    private static final Answered TAKEN = new Answered(204, "", "");

    @TempDir
    Path folder;

    @Test
    void shouldSpeakHttpsToAReceiverThatIsTrusted() throws Exception {
        TestCertificate certificate = TestCertificate.receiver(folder, "dns:localhost");
        RawReceiver receiver = receiver(certificate);

        assertThat(post(transport(receiver.url("https", "localhost"), trusting(certificate)), 3_000_000))
                .isEqualTo(TAKEN);
    }

    @Test
    void shouldSendNothingToAReceiverThatNobodyVouchesFor() throws Exception {
        RawReceiver receiver = receiver(TestCertificate.receiver(folder, "dns:localhost"));

        Outcome outcome = post(transport(receiver.url("https", "localhost"), LONG), 10);

        assertThat(outcome)
                .isEqualTo(new Failed(
                        Kind.TLS,
                        "the receiver's certificate is not signed by a trusted CA;"
                                + " if it is the right one, name its CA in tls.ca-file"));
        assertThat(receiver.received()).isEmpty();
    }

    @Test
    void shouldTrustNobodyElseOnceACaFileIsSet() throws Exception {
        RawReceiver receiver = receiver(TestCertificate.receiver(folder, "dns:localhost"));
        TestCertificate other = TestCertificate.client(folder, "other");

        assertFailed(post(transport(receiver.url("https", "localhost"), trusting(other)), 10), Kind.TLS);
        assertThat(receiver.received()).isEmpty();
    }

    @Test
    void shouldSayThatACertificateIsForAnotherHost() throws Exception {
        TestCertificate certificate = TestCertificate.receiver(folder, "dns:receiver.example");
        RawReceiver receiver = receiver(certificate);
        URI byName = receiver.url("https", "localhost");
        URI byAddress = receiver.url("https", "127.0.0.1");

        assertThat(message(post(transport(byName, trusting(certificate)), 10)))
                .startsWith("the receiver's certificate is for another host (No ")
                .endsWith("; if it is the right one, set tls.server-name");
        assertThat(message(post(transport(byAddress, trusting(certificate)), 10)))
                .startsWith("the receiver's certificate is for another host (No ");
        assertThat(receiver.received()).isEmpty();
    }

    @Test
    void shouldExpectTheCertificateOfTheServerName() throws Exception {
        assertThatServerNameCounts(InetAddress.getLoopbackAddress(), "127.0.0.1");
    }

    @Test
    void shouldExpectTheCertificateOfTheServerNameAtAnIpv6Host() throws Exception {
        assertThatServerNameCounts(ipv6Loopback(), "[::1]");
    }

    private void assertThatServerNameCounts(InetAddress address, String host) throws Exception {
        TestCertificate certificate = TestCertificate.receiver(folder, "dns:receiver.example");
        RawReceiver receiver = receiver(certificate.serverSockets(), address);
        TlsSettings tls = new TlsSettings(
                Optional.of(certificate.certificate()), Optional.empty(), Optional.empty(), "receiver.example");
        URI url = receiver.url("https", host);

        assertThat(post(transport(url, tls), 10)).isEqualTo(TAKEN);
        assertThat(receiver.received().take().headers())
                .as("the request is for whom the url names")
                .containsEntry("host", host + ":" + url.getPort());
    }

    @Test
    void shouldSayThatACertificateHasExpired() throws Exception {
        TestCertificate authority = TestCertificate.authority(folder);
        RawReceiver receiver = receiver(TestCertificate.expired(folder, "dns:localhost", authority));

        Outcome outcome = post(transport(receiver.url("https", "localhost"), trusting(authority)), 10);

        assertThat(message(outcome)).startsWith("the receiver's certificate has expired (NotAfter: ");
        assertThat(receiver.received()).isEmpty();
    }

    @Test
    void shouldShowItsOwnCertificateToAReceiverThatAsksForIt() throws Exception {
        TestCertificate certificate = TestCertificate.receiver(folder, "dns:localhost");
        TestCertificate client = TestCertificate.client(folder, "client");
        RawReceiver receiver = receiver(certificate.serverSockets(client), InetAddress.getLoopbackAddress());
        TlsSettings tls = new TlsSettings(
                Optional.of(certificate.certificate()),
                Optional.of(client.certificate()),
                Optional.of(client.key()),
                "");

        assertThat(post(transport(receiver.url("https", "localhost"), tls), 100_000))
                .isEqualTo(TAKEN);
    }

    @Test
    void shouldShowARenewedCertificateAndKeepItWhereTheNextCannotBeUsed() throws Exception {
        TestCertificate certificate = TestCertificate.receiver(folder, "dns:localhost");
        TestCertificate client = TestCertificate.client(folder, "client");
        TestCertificate earlier = TestCertificate.client(folder, "earlier");
        RawReceiver receiver = receiver(certificate.serverSockets(client), InetAddress.getLoopbackAddress());
        ServedCertificates.show(earlier, folder);
        HttpTransport transport = transport(
                receiver.url("https", "localhost"),
                new TlsSettings(
                        Optional.of(certificate.certificate()),
                        Optional.of(folder.resolve("server.pem")),
                        Optional.of(folder.resolve("server.key")),
                        ""));
        assertFailed(post(transport, 10), Kind.TLS);

        ServedCertificates.show(client, folder);
        until(() -> post(transport, 10).equals(TAKEN));
        assertThat(transport.tls().orElseThrow().lastError()).isEmpty();
        assertThat(transport.tls().orElseThrow().days()).isPositive();

        ServedCertificates.put(earlier.key(), folder.resolve("server.key"));
        until(() -> transport
                .tls()
                .orElseThrow()
                .lastError()
                .endsWith("server.key is not the key of " + folder.resolve("server.pem")));
        assertThat(post(transport, 10)).isEqualTo(TAKEN);
    }

    /** What is read anew says whom to trust, and not that any host will do. */
    @Test
    void shouldTrustARenewedAuthorityAndStillCheckTheHost() throws Exception {
        TestCertificate certificate = TestCertificate.receiver(folder, "dns:localhost");
        RawReceiver receiver = receiver(certificate);
        Path authority =
                Files.copy(TestCertificate.client(folder, "other").certificate(), folder.resolve("authority.pem"));
        TlsSettings tls = new TlsSettings(Optional.of(authority), Optional.empty(), Optional.empty(), "");
        HttpTransport byName = transport(receiver.url("https", "localhost"), tls);
        HttpTransport byAddress = transport(receiver.url("https", "127.0.0.1"), tls);
        assertFailed(post(byName, 10), Kind.TLS);

        ServedCertificates.put(certificate.certificate(), authority);
        until(() -> post(byName, 10).equals(TAKEN));
        until(() -> message(post(byAddress, 10)).startsWith("the receiver's certificate is for another host"));
    }

    private static void until(Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (!condition.call()) {
            assertThat(System.nanoTime() - deadline).isNegative();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(20));
        }
    }

    @Test
    void shouldSayThatTheReceiverAsksForACertificate() throws Exception {
        TestCertificate certificate = TestCertificate.receiver(folder, "dns:localhost");
        TestCertificate client = TestCertificate.client(folder, "client");
        RawReceiver receiver = receiver(certificate.serverSockets(client), InetAddress.getLoopbackAddress());

        Outcome outcome = post(transport(receiver.url("https", "localhost"), trusting(certificate)), 10);

        assertThat(message(outcome))
                .startsWith("the receiver ended the handshake: ")
                .contains("tls.certificate and tls.key");
    }

    @Test
    void shouldSayThatTheReceiverDoesNotSpeakTls() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.send("HTTP/1.1 400 Bad Request\r\n\r\n");
            connection.awaitClose();
        });

        Outcome outcome = post(transport(receiver.url("https", "localhost"), LONG), 10);

        assertThat(message(outcome)).isEqualTo("the receiver does not use TLS; is its url http?");
    }

    private static TlsSettings trusting(TestCertificate certificate) {
        return new TlsSettings(Optional.of(certificate.certificate()), Optional.empty(), Optional.empty(), "");
    }

    private static String message(Outcome outcome) {
        assertFailed(outcome, Kind.TLS);
        return ((Failed) outcome).message();
    }
}
