package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.http.RawReceiver.Received;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and answers as they go over the wire. */
class VertxHttpTransportTest extends TransportHarness {

    @Test
    void shouldSendHeadersAndBodyToTheLetter() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.answer(200, "", "");
            }
        });
        byte[] body = randomBytes(3_000_000);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("X-Token", "Bearer abc");
        headers.put("Content-Type", "text/plain");
        headers.put("Content-Length", Integer.toString(body.length));
        headers.put("Idempotency-Key", "\"decant-00c0ffee-api-1-0-0-2\"");

        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);
        Outcome outcome = post(transport, headers, body);

        assertThat(outcome).isEqualTo(new Answered(200, "", ""));
        Received request = receiver.received().take();
        assertThat(request.line()).isEqualTo("POST /buckets?from=decant HTTP/1.1");
        assertThat(request.headerLines())
                .containsExactly(
                        "X-Token: Bearer abc",
                        "Content-Type: text/plain",
                        "Content-Length: 3000000",
                        "Idempotency-Key: \"decant-00c0ffee-api-1-0-0-2\"",
                        "host: localhost:" + receiver.url("http", "localhost").getPort());
        assertThat(request.body().getBytes(StandardCharsets.ISO_8859_1)).isEqualTo(body);
    }

    @Test
    void shouldPutAnIpv6HostIntoBrackets() throws Exception {
        RawReceiver receiver = receiver(ipv6Loopback(), connection -> {
            connection.readRequest();
            connection.answer(200, "", "");
            connection.awaitClose();
        });

        URI url = receiver.url("http", "[::1]");
        assertThat(post(transport(url, LONG), 10)).isEqualTo(new Answered(200, "", ""));
        assertThat(receiver.received().take().headers()).containsEntry("host", "[::1]:" + url.getPort());
    }

    @Test
    void shouldKeepTheConnectionForTheNextRequest() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.answer(200, "", "thanks");
            }
        });
        HttpTransport transport = transport(receiver.url("http", "127.0.0.1"), LONG);

        for (int i = 0; i < 5; i++) {
            assertThat(post(transport, 1000)).isEqualTo(new Answered(200, "", "thanks"));
        }
        assertThat(receiver.connections()).isEqualTo(1);
    }

    @Test
    void shouldHaveAsManyRequestsUnderWayAsTheSinkMayHave() throws Exception {
        CountDownLatch all = new CountDownLatch(4);
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            all.countDown();
            awaitLatch(all);
            connection.answer(201, "", "");
            connection.awaitClose();
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            outcomes.add(begin(transport, 100_000));
        }
        for (CompletableFuture<Outcome> outcome : outcomes) {
            assertThat(outcome.get(10, TimeUnit.SECONDS)).isEqualTo(new Answered(201, "", ""));
        }
    }

    @Test
    void shouldHandStatusRetryAfterAndTheAnswersStartBack() throws Exception {
        String said = "x".repeat(Outcome.BODY_START_BYTES_MAX) + "more";
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.answer(429, "Retry-After: 17\r\n", said);
            connection.awaitClose();
        });

        Outcome outcome = post(transport(receiver.url("http", "localhost"), LONG), 10);

        assertThat(outcome).isEqualTo(new Answered(429, "17", "x".repeat(Outcome.BODY_START_BYTES_MAX)));
    }

    @Test
    void shouldTakeAnInterimAnswerForNone() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 100 Continue\r\n\r\n");
            connection.answer(200, "", "");
            connection.awaitClose();
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 10)).isEqualTo(new Answered(200, "", ""));
    }

    @Test
    void shouldTakeAnyNumberOfInterimAnswersForNone() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            for (int i = 0; i < 100; i++) {
                connection.send("HTTP/1.1 100 Continue\r\n\r\n");
                connection.send("HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\n\r\n");
            }
            connection.answer(200, "", "at last");
            connection.awaitClose();
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 10))
                .isEqualTo(new Answered(200, "", "at last"));
    }

    @Test
    void shouldTakeAnAnswerThatEndsWithItsConnection() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.0 422 No\r\n\r\nbad column");
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 10))
                .isEqualTo(new Answered(422, "", "bad column"));
    }

    @Test
    void shouldTakeAnAnswerInChunksAndGoOnWithItsConnection() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                connection.send("3;x=y\r\nabc\r\n1\r\nd\r\n0\r\nTrailer: t\r\n\r\n");
            }
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        assertThat(post(transport, 10)).isEqualTo(new Answered(200, "", "abcd"));
        assertThat(post(transport, 10)).isEqualTo(new Answered(200, "", "abcd"));
        assertThat(receiver.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {200, 207})
    void shouldReadAnAnswerRecordByRecord(int status) throws Exception {
        String said = "{\"items\":[" + "{\"status\":201},".repeat(99_999) + "{\"status\":422}],\"errors\":true}";
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.answer(status, "", said);
            connection.awaitClose();
        });

        Answered answered = (Answered) post(transport(receiver.url("http", "localhost"), LONG), 10);

        assertThat(said)
                .as("longer than what is read of other answers")
                .hasSizeGreaterThan(AnswerBody.ANSWER_BYTES_MAX);
        assertThat(answered.bodyStart()).isEqualTo(said.substring(0, Outcome.BODY_START_BYTES_MAX));
        assertThat(answered.items().broken()).isEmpty();
        assertThat(answered.items().count()).isEqualTo(100_000);
        assertThat(answered.items().status(99_998)).isEqualTo(201);
        assertThat(answered.items().status(99_999)).isEqualTo(422);
        assertThat(answered.items().text(99_999)).isEqualTo("{\"status\":422}");
    }

    @ParameterizedTest
    @ValueSource(ints = {201, 400, 500})
    void shouldTakeItemsOfAnyOtherStatusForText(int status) throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.answer(status, "", "{\"errors\":true,\"items\":[]}");
            connection.awaitClose();
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 10))
                .isEqualTo(new Answered(status, "", "{\"errors\":true,\"items\":[]}"));
    }

    @Test
    void shouldSayThatItemsWithoutEndCannotBeRead() throws Exception {
        byte[] chunk = "{\"status\":201,\"why\":null},".repeat(2_500).getBytes(StandardCharsets.US_ASCII);
        AtomicLong sent = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(1);
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\n\r\n{\"errors\":true,\"items\":[");
            sendWithoutEnd(connection, chunk, sent, ended);
        });

        Answered answered = (Answered) post(transport(receiver.url("http", "localhost"), LONG), 10);

        assertThat(answered.items().broken()).startsWith("the answer is too long to be read");
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(sent.get())
                .as("and what fits into socket buffers")
                .isLessThan(2L * AnswerBody.ITEMS_ANSWER_BYTES_MAX);
    }

    private static void sendWithoutEnd(RawReceiver.Connection to, byte[] chunk, AtomicLong sent, CountDownLatch ended)
            throws IOException {
        try {
            while (sent.get() < 1 << 30) {
                to.send(chunk);
                sent.addAndGet(chunk.length);
            }
        } finally {
            ended.countDown();
        }
    }

    @Test
    void shouldNotFollowARedirect() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.answer(307, "Location: /elsewhere\r\n", "");
            }
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 10)).isEqualTo(new Answered(307, "", ""));
        assertThat(receiver.received()).hasSize(1);
    }

    @Test
    void shouldTakeA200WithGarbageForA200() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 4\r\n\r\n");
            connection.send(new byte[] {(byte) 0xff, 0, 1, '{'});
            connection.awaitClose();
        });

        Answered answered = (Answered) post(transport(receiver.url("http", "localhost"), LONG), 10);

        assertThat(answered.status()).isEqualTo(200);
        assertThat(answered.bodyStart()).isEqualTo("\ufffd\0\1{");
    }

    @Test
    void shouldTakeAnAnswerThatComesBeforeTheBodyIsSent() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        RawReceiver receiver = receiver(connection -> {
            connection.readHead();
            connection.answer(503, "Retry-After: 1\r\n", "busy");
            awaitLatch(done);
        });

        Outcome outcome = post(transport(receiver.url("http", "localhost"), LONG), 64 << 20);

        assertThat(outcome).isEqualTo(new Answered(503, "1", "busy"));
        // The receiver reads no further: the body can only be gone because the connection was closed.
        await(() -> bodies.stream().allMatch(body -> body.refCnt() == 0));
        done.countDown();
    }

    @Test
    void shouldNotReadAnAnswerOfAGibibyteToItsEnd() throws Exception {
        AtomicLong sent = new AtomicLong();
        CountDownLatch ended = new CountDownLatch(1);
        byte[] chunk = "y".repeat(1 << 16).getBytes(StandardCharsets.US_ASCII);
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + (1 << 30) + "\r\n\r\n");
            sendWithoutEnd(connection, chunk, sent, ended);
        });

        Outcome outcome = post(transport(receiver.url("http", "localhost"), LONG), 10);

        assertThat(outcome).isEqualTo(new Answered(200, "", "y".repeat(Outcome.BODY_START_BYTES_MAX)));
        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(sent.get()).as("what fits into socket buffers").isLessThan(64 << 20);
    }
}
