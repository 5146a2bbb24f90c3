package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Outcome.Failed;
import io.decant.ingest.sink.Outcome.Kind;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Which of the answers on a connection is a request's own, and what becomes of a request for which that is not certain.
 */
class VertxHttpTransportPairingTest extends TransportHarness {

    private static final Answered TAKEN = new Answered(200, "", "");
    private static final Answered BUSY = new Answered(503, "", "");
    private static final int PACE_MILLIS = 20;

    @ParameterizedTest
    @ValueSource(ints = {100, 102, 103, 104, 150, 199})
    void shouldWaitForTheFinalAnswer(int interim) throws Exception {
        RawReceiver receiver = receiver(connection -> {
            for (int status = 503; connection.readRequest(); status = 200) {
                connection.send("HTTP/1.1 " + interim + " Wait\r\nContent-Length: 5\r\nConnection: close\r\n\r\n");
                connection.answer(status, "", "");
            }
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        assertThat(post(transport, 10)).isEqualTo(BUSY);
        assertThat(post(transport, 10)).isEqualTo(TAKEN);
        assertThat(receiver.connections()).isEqualTo(1);
    }

    @Test
    void shouldWaitForTheFinalAnswerBehindSeveralInterimOnes() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            for (int status = 503; connection.readRequest(); status = 200) {
                connection.send("HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 1");
                assertThat(connection.closedWithin(PACE_MILLIS)).isFalse();
                connection.send("99 Soon\r\nX: y\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n");
                connection.answer(status, "", "");
            }
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        assertThat(post(transport, 10)).isEqualTo(BUSY);
        assertThat(post(transport, 10)).isEqualTo(TAKEN);
        assertThat(receiver.connections()).isEqualTo(1);
    }

    @Test
    void shouldPassOverAnInterimAnswerBeforeTheBodyIsSent() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            RawReceiver.Received head = connection.readHead();
            connection.send("HTTP/1.1 102 Processing\r\n\r\n");
            connection.skipBody(head);
            connection.answer(200, "", "");
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 16 << 20))
                .isEqualTo(TAKEN);
    }

    @Test
    void shouldTimeOutOnInterimAnswersWithoutEnd() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            do {
                connection.send("HTTP/1.1 102 Processing\r\n\r\n");
            } while (!connection.closedWithin(PACE_MILLIS));
        });

        assertFailed(post(transport(receiver.url("http", "localhost"), SHORT), 10), Kind.TIMEOUT);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 102})
    void shouldNotReadAFloodOfInterimAnswers(int status) throws Exception {
        String many = ("HTTP/1.1 " + status + " Wait\r\n\r\n").repeat(1000);
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            while (true) {
                connection.send(many);
            }
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 10))
                .isEqualTo(new Failed(Kind.UNUSABLE, "more than 1 MiB of interim answers (1xx) and no final one"));
    }

    @Test
    void shouldNotChangeTheProtocol() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n");
            connection.answer(200, "", "");
            connection.awaitClose();
            closed.countDown();
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 10))
                .isEqualTo(new Failed(Kind.UNUSABLE, "101, a change of protocol that was not requested"));
        awaitLatch(closed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 204 No Content\r\n\r\nthanks",
                "HTTP/1.1 204 No Content\r\n\r\nthanks\r\n",
                "HTTP/1.1 204 No Content\r\nContent-Length: 6\r\n\r\n",
                "HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nthanks\r\n0\r\n\r\n",
                "HTTP/1.1 304 Not Modified\r\nContent-Length: 6\r\n\r\nthanks",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nthanks",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n{\"errors\":true,\r\n",
                "HTTP/1.1 503 No\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
            })
    void shouldSendNothingMoreOnAConnectionWithBytesBehindAnAnswer(String answer) throws Exception {
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.send(answer);
            }
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);
        Answered expected = new Answered(Integer.parseInt(answer.substring(9, 12)), "", "");

        for (int i = 1; i <= 3; i++) {
            assertThat(post(transport, 10)).isEqualTo(expected);
            assertThat(receiver.connections()).isEqualTo(i);
        }
    }

    @Test
    void shouldKeepAConnectionForAnEmptyLineBehindAnAnswer() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok\r\n");
            }
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        for (int i = 1; i <= 3; i++) {
            assertThat(post(transport, 10)).isEqualTo(new Answered(200, "", "ok"));
        }
        assertThat(receiver.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 503 No\r\n", "HTTP/1.1 50", "H"})
    void shouldCountNeitherOfTwoAnswersToOneRequest(String second) throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" + second);
            connection.awaitClose();
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 10))
                .isEqualTo(new Failed(Kind.UNUSABLE, "two answers to one request"));
    }

    @Test
    void shouldNotAnswerTheNextRequestWithWhatIsLeftOfTheLast() throws Exception {
        AtomicBoolean first = new AtomicBoolean(true);
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                if (first.getAndSet(false)) {
                    connection.send("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n"
                            .concat("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
                } else {
                    connection.answer(503, "", "");
                }
            }
        });
        HttpTransport transport = transport(vertx, settings(receiver.url("http", "localhost"), LONG, 1));

        // The second waits for the one connection that there may be.
        CompletableFuture<Outcome> one = begin(transport, 10);
        CompletableFuture<Outcome> other = begin(transport, 10);

        assertFailed(one.get(20, TimeUnit.SECONDS), Kind.UNUSABLE);
        assertThat(other.get(20, TimeUnit.SECONDS)).isEqualTo(BUSY);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "HTTP/1.1 102 Processing\r\n\r\n", "thanks"})
    void shouldCloseAConnectionOnWhichBytesComeWithoutARequest(String unasked) throws Exception {
        CountDownLatch taken = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            if (first.getAndSet(false)) {
                connection.answer(200, "", "");
                awaitLatch(taken);
                connection.send(unasked);
                connection.awaitClose();
                closed.countDown();
            } else {
                connection.answer(503, "", "");
            }
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        assertThat(post(transport, 10)).isEqualTo(TAKEN);
        taken.countDown();
        awaitLatch(closed);

        assertThat(post(transport, 10)).isEqualTo(BUSY);
    }

    @Test
    void shouldTakeNoSuccessThatBeginsBeforeTheBodyIsSent() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            RawReceiver.Received head = connection.readHead();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
            connection.skipBody(head);
            connection.send("ok");
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 64 << 20))
                .isEqualTo(new Failed(Kind.UNUSABLE, "200 before the request was sent completely"));
    }

    @Test
    void shouldSendNothingMoreBehindAnAnswerThatBeganBeforeTheBodyWasSent() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            RawReceiver.Received head = connection.readHead();
            connection.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\n");
            connection.skipBody(head);
            connection.send("no");
            connection.awaitClose();
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        assertThat(post(transport, 64 << 20)).isEqualTo(new Answered(413, "", "no"));
        assertThat(post(transport, 64 << 20)).isEqualTo(new Answered(413, "", "no"));
        assertThat(receiver.connections()).isEqualTo(2);
    }

    @Test
    void shouldHaveOneRequestAtATimeOnAConnection() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            assertThat(connection.hasMoreWithin(PACE_MILLIS)).as("pipelined").isFalse();
            connection.answer(200, "", "");
            connection.readRequest();
            second.countDown();
            connection.answer(503, "", "");
        });
        HttpTransport transport = transport(vertx, settings(receiver.url("http", "localhost"), LONG, 1));

        CompletableFuture<Outcome> one = begin(transport, 10);
        CompletableFuture<Outcome> other = begin(transport, 10);

        assertThat(one.get(20, TimeUnit.SECONDS)).isEqualTo(TAKEN);
        assertThat(other.get(20, TimeUnit.SECONDS)).isEqualTo(BUSY);
        assertThat(second.getCount()).isZero();
        assertThat(receiver.connections()).isEqualTo(1);
    }

    @Test
    void shouldCloseAConnectionWhoseAnswerSaysSoAmongOtherThings() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.answer(200, "Connection: X-Hop, Close\r\n", "");
            }
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), Duration.ofSeconds(5));

        assertThat(post(transport, 10)).isEqualTo(TAKEN);
        assertThat(post(transport, 10)).isEqualTo(TAKEN);
        assertThat(receiver.connections()).isEqualTo(2);
    }
}
