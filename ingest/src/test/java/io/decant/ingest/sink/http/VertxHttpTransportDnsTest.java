package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.TlsSettings;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Outcome.Failed;
import io.decant.ingest.sink.Outcome.Kind;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.net.InetAddress;
import java.net.URI;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ServerSocketFactory;
import org.junit.jupiter.api.Test;

/** Receivers whose name moves from one address to another. */
class VertxHttpTransportDnsTest extends TransportHarness {

    private static final Answered HERE = new Answered(200, "", "here");
    private static final Answered THERE = new Answered(200, "", "there");

    @Test
    void shouldLookTheNameUpAnewForEachConnection() throws Exception {
        RawReceiver here = answering("here", "127.0.0.1", 0);
        RawReceiver there = answering("there", "127.0.0.2", port(here));
        DnsServer dns = dns("127.0.0.1", 0);
        HttpTransport transport = transport(dns, port(here));

        assertThat(post(transport, 10)).isEqualTo(HERE);
        dns.move(InetAddress.getByName("127.0.0.2"));
        // The receiver closes each connection after its answer.
        assertThat(post(transport, 10)).isEqualTo(THERE);
        dns.move(InetAddress.getLoopbackAddress());
        assertThat(post(transport, 10)).isEqualTo(HERE);
        assertThat(there.connections()).isEqualTo(1);
    }

    @Test
    void shouldMoveToAReceiverThatCameUpElsewhere() throws Exception {
        RawReceiver here = answering("here", "127.0.0.1", 0);
        DnsServer dns = dns("127.0.0.1", 0);
        HttpTransport transport = transport(dns, port(here));
        assertThat(post(transport, 10)).isEqualTo(HERE);

        here.close();
        assertFailed(post(transport, 10), Kind.CONNECT);
        dns.move(InetAddress.getByName("127.0.0.2"));
        answering("there", "127.0.0.2", port(here));
        assertThat(post(transport, 10)).isEqualTo(THERE);
    }

    @Test
    void shouldKeepAnAddressNoLongerThanDnsSaysAndNoShorter() throws Exception {
        RawReceiver here = answering("here", "127.0.0.1", 0);
        answering("there", "127.0.0.2", port(here));
        DnsServer dns = dns("127.0.0.1", 1);
        HttpTransport transport = transport(dns, port(here));
        assertThat(post(transport, 10)).isEqualTo(HERE);
        long asked = System.nanoTime();
        dns.move(InetAddress.getByName("127.0.0.2"));

        Outcome next = post(transport, 10);
        while (!next.equals(THERE)) {
            assertThat(System.nanoTime() - asked).isLessThan(TimeUnit.SECONDS.toNanos(10));
            next = post(transport, 10);
        }

        assertThat(dns.questions()).isEqualTo(2);
    }

    @Test
    void shouldNotKeepThatANameWasNotKnown() throws Exception {
        RawReceiver here = answering("here", "127.0.0.1", 0);
        DnsServer dns = dns(null, 3600);
        HttpTransport transport = transport(dns, port(here));
        assertFailed(post(transport, 10), Kind.DNS);

        dns.move(InetAddress.getLoopbackAddress());

        assertThat(post(transport, 10)).isEqualTo(HERE);
    }

    @Test
    void shouldTryTheNextAddressWhereTheFirstIsDead() throws Exception {
        RawReceiver there = answering("there", "127.0.0.3", 0);
        DnsServer dns = dns("127.0.0.1", 0);
        dns.move(
                InetAddress.getLoopbackAddress(),
                InetAddress.getByName("127.0.0.2"),
                InetAddress.getByName("127.0.0.3"));
        HttpTransport transport = transport(dns, port(there));

        Set<Kind> failures = EnumSet.noneOf(Kind.class);
        assertThat(firstAnswer(transport, failures)).isEqualTo(THERE);
        assertThat(failures).containsExactly(Kind.CONNECT);
        // It is kept, though each request here needs a new connection.
        for (int i = 0; i < 5; i++) {
            assertThat(post(transport, 10)).isEqualTo(THERE);
        }
    }

    @Test
    void shouldComeBackToTheFirstAddress() throws Exception {
        RawReceiver there = answering("there", "127.0.0.2", 0);
        DnsServer dns = dns("127.0.0.1", 0);
        dns.move(InetAddress.getLoopbackAddress(), InetAddress.getByName("127.0.0.2"));
        HttpTransport transport = transport(dns, port(there));
        Set<Kind> failures = EnumSet.noneOf(Kind.class);
        assertThat(firstAnswer(transport, failures)).isEqualTo(THERE);

        there.close();
        answering("here", "127.0.0.1", port(there));

        assertThat(firstAnswer(transport, failures)).isEqualTo(HERE);
        assertThat(failures).containsExactly(Kind.CONNECT);
    }

    @Test
    void shouldFindLocalhostOnEitherFamily() throws Exception {
        RawReceiver receiver = receiver(ipv6Loopback(), connection -> {
            connection.readRequest();
            connection.answer(200, "Connection: close\r\n", "here");
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        Set<Kind> failures = EnumSet.noneOf(Kind.class);
        assertThat(firstAnswer(transport, failures)).isEqualTo(HERE);
        assertThat(failures).containsExactly(Kind.CONNECT);
        assertThat(receiver.received().take().headers()).containsEntry("host", "localhost:" + port(receiver));
    }

    /** As a sink does: again, until there is an answer. */
    private Outcome firstAnswer(HttpTransport transport, Set<Kind> failures) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        Outcome outcome = post(transport, 10);
        while (outcome instanceof Failed failed) {
            assertThat(System.nanoTime()).as(failed.message()).isLessThan(deadline);
            failures.add(failed.kind());
            outcome = post(transport, 10);
        }
        return outcome;
    }

    private DnsServer dns(String address, int ttlSeconds) throws Exception {
        DnsServer dns = new DnsServer(address == null ? null : InetAddress.getByName(address), ttlSeconds);
        resources.add(dns);
        return dns;
    }

    private RawReceiver answering(String text, String address, int port) throws Exception {
        RawReceiver receiver =
                new RawReceiver(ServerSocketFactory.getDefault(), InetAddress.getByName(address), port, connection -> {
                    connection.readRequest();
                    connection.answer(200, "Connection: close\r\n", text);
                });
        resources.add(receiver);
        return receiver;
    }

    private static int port(RawReceiver receiver) {
        return receiver.url("http", "any").getPort();
    }

    @Test
    void shouldFindAReceiverWhoseNameHasAnUnderscore() throws Exception {
        RawReceiver here = answering("here", "127.0.0.1", 0);
        HttpTransport transport = transport(dns("127.0.0.1", 0), "my_receiver.example", port(here));

        assertThat(post(transport, 10)).isEqualTo(HERE);
        assertThat(here.received().take().headers()).containsEntry("host", "my_receiver.example:" + port(here));
    }

    private HttpTransport transport(DnsServer dns, int port) {
        return transport(dns, "receiver.example", port);
    }

    private HttpTransport transport(DnsServer dns, String host, int port) {
        Vertx own = Vertx.vertx(new VertxOptions()
                .setEventLoopPoolSize(1)
                .setAddressResolverOptions(VertxHttpTransport.resolver().setServers(List.of(dns.name()))));
        resources.add(
                () -> own.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS));
        return transport(own, settings(URI.create("http://" + host + ":" + port + "/"), LONG, TlsSettings.NONE));
    }
}
