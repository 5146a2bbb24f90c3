package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.TlsSettings;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Outcome.Failed;
import io.decant.ingest.sink.Outcome.Kind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.vertx.core.Vertx;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.net.HostAndPort;
import io.vertx.ext.web.client.WebClient;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Receivers that misbehave, or are not there, in every way that one can. */
class VertxHttpTransportFailureTest extends TransportHarness {

    @Test
    void shouldSayWhenWhatComesBackIsNotHttp() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("220 smtp.example ESMTP\r\n\r\n");
            connection.awaitClose();
        });

        assertFailed(post(transport(receiver.url("http", "localhost"), LONG), 10), Kind.PROTOCOL);
    }

    @Test
    void shouldTimeOutOnAReceiverThatNeitherReadsNorAnswers() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        RawReceiver receiver = receiver(connection -> awaitLatch(done));

        // More than all socket buffers take: the rest still lies in the transport when the time is up.
        Outcome outcome = post(transport(receiver.url("http", "localhost"), SHORT), 64 << 20);

        assertThat(outcome).isEqualTo(new Failed(Kind.TIMEOUT, "no complete answer within 300 ms"));
        await(() -> bodies.stream().allMatch(body -> body.refCnt() == 0));
        done.countDown();
    }

    @Test
    void shouldTimeOutOnAnAnswerThatHangsAfterItsHeaders() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123");
            connection.awaitClose();
        });

        assertFailed(post(transport(receiver.url("http", "localhost"), SHORT), 10), Kind.TIMEOUT);
    }

    @Test
    void shouldGoOnAfterATimeout() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                if (first.getCount() == 0) {
                    connection.answer(200, "", "");
                }
                first.countDown();
            }
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), SHORT);

        assertFailed(post(transport, 10), Kind.TIMEOUT);
        assertThat(post(transport, 10)).isEqualTo(new Answered(200, "", ""));
    }

    @Test
    void shouldSayWhenTheConnectionIsResetInMidAnswer() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n123");
            connection.reset();
        });

        assertFailed(post(transport(receiver.url("http", "localhost"), LONG), 10), Kind.RESET);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nnope\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
                "HTTP/9.9\r\n\r\n"
            })
    void shouldSayWhenAnAnswerBreaksTheProtocol(String answer) throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send(answer);
            connection.awaitClose();
        });

        assertFailed(post(transport(receiver.url("http", "localhost"), LONG), 10), Kind.PROTOCOL);
    }

    @Test
    void shouldNotReadAHeaderWithoutEnd() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nX: ");
            byte[] more = "x".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
            for (int i = 0; i < 1 << 14; i++) {
                connection.send(more);
            }
        });

        assertFailed(post(transport(receiver.url("http", "localhost"), LONG), 10), Kind.HEAD_TOO_LARGE);
    }

    @Test
    void shouldSayWhenAnAnswerInChunksIsBrokenOff() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        });

        assertFailed(post(transport(receiver.url("http", "localhost"), LONG), 10), Kind.RESET);
    }

    @Test
    void shouldSayWhenTheConnectionEndsBeforeAnAnswer() throws Exception {
        RawReceiver receiver = receiver(RawReceiver.Connection::readRequest);

        assertFailed(post(transport(receiver.url("http", "localhost"), LONG), 10), Kind.RESET);
    }

    @Test
    void shouldSayWhenTheConnectionIsResetInMidBody() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readHead();
            connection.reset();
        });

        assertFailed(post(transport(receiver.url("http", "localhost"), LONG), 64 << 20), Kind.RESET);
    }

    @Test
    void shouldSayWhenNobodyListens() throws Exception {
        URI nobody = URI.create("http://127.0.0.1:" + closedPort() + "/");

        assertFailed(post(transport(nobody, LONG), 10), Kind.CONNECT);
    }

    @Test
    void shouldSayWhenTheNameIsNotKnown() throws Exception {
        assertFailed(post(transport(URI.create("http://no-such-host.invalid/"), LONG), 10), Kind.DNS);
    }

    @Test
    void shouldGiveUpWhatIsUnderWayWhenClosed() throws Exception {
        CountDownLatch arrived = new CountDownLatch(1);
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            arrived.countDown();
            connection.awaitClose();
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);
        CompletableFuture<Outcome> outcome = begin(transport, 10);
        awaitLatch(arrived);

        transport.close();

        assertFailed(outcome.get(10, TimeUnit.SECONDS), Kind.CLOSED);
        assertFailed(post(transport, 10), Kind.CLOSED);
    }

    @Test
    void shouldFailAtOnceWhenVertxThrows() throws Exception {
        ByteBuf body = PooledByteBufAllocator.DEFAULT.directBuffer(1).writeByte(1);
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        VertxExchange exchange =
                new VertxExchange(new PartRequest(Map.of(), body), outcome::complete, settled -> bodies.add(body));
        WebClient client = WebClient.create(vertx);
        ContextInternal context = ((VertxInternal) vertx).createEventLoopContext();
        RequestOptions bareIpv6 = new RequestOptions().setHost("::1");

        context.runOnContext(ready ->
                exchange.start(context, client, bareIpv6, HostAndPort.authority("[::1]", 80), LONG.toMillis()));

        assertFailed(outcome.get(10, TimeUnit.SECONDS), Kind.PROTOCOL);
        assertThat(bodies).containsExactly(body);
    }

    @Test
    void shouldFailWhenVertxIsGone() throws Exception {
        Vertx gone = Vertx.vertx();
        HttpTransport transport =
                new VertxHttpTransport(gone, settings(URI.create("http://localhost/"), LONG, TlsSettings.NONE));
        gone.close().toCompletionStage().toCompletableFuture().get(20, TimeUnit.SECONDS);

        assertFailed(post(transport, 10), Kind.CLOSED);
        transport.close();
    }
}
