package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Outcome.Answered;
import io.decant.ingest.sink.Outcome.Failed;
import io.decant.ingest.sink.Outcome.Kind;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers with long headers, and with those of receivers that do not keep to the letter of HTTP. */
class VertxHttpTransportHeadTest extends TransportHarness {

    private static final Answered OK = new Answered(200, "", "ok");

    @ParameterizedTest
    @CsvSource({"200, 9", "400, 9", "503, 9", "200, 60", "400, 60", "503, 60"})
    void shouldTakeAHeaderOfUpTo64KiB(int status, int kibibytes) throws Exception {
        String lines = "X-Padding: " + "x".repeat(1000) + "\r\n";
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.answer(status, lines.repeat(kibibytes) + "Retry-After: 7\r\n", "ok");
                connection.readRequest();
                connection.answer(status, "X: " + "x".repeat(kibibytes << 10) + "\r\n", "ok");
            }
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        assertThat(post(transport, 10)).isEqualTo(new Answered(status, "7", "ok"));
        assertThat(post(transport, 10)).isEqualTo(new Answered(status, "", "ok"));
        assertThat(receiver.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {302, 400, 503})
    void shouldTakeTheStatusAloneWhereTheHeaderIsLarger(int status) throws Exception {
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.answer(status, "Retry-After: 7\r\n" + "X-Padding: y\r\n".repeat(8 << 10), "ok");
            }
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        for (int i = 1; i <= 2; i++) {
            assertThat(post(transport, 10)).isEqualTo(new Answered(status, "7", ""));
            assertThat(receiver.connections()).isEqualTo(i);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {102, 200, 204})
    void shouldTakeNoSuccessWhoseHeaderIsLarger(int status) throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 " + status + " OK\r\nX: " + "x".repeat(100 << 10) + "\r\n\r\n");
            connection.awaitClose();
        });

        Outcome outcome = post(transport(receiver.url("http", "localhost"), LONG), 10);

        assertThat(outcome)
                .isEqualTo(new Failed(
                        Kind.HEAD_TOO_LARGE, status + ", and the header of the answer is larger than 64 KiB"));
    }

    @Test
    void shouldTakeAStatusLineOfUpTo64KiB() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.send("HTTP/1.1 503 " + "x".repeat(60 << 10) + "\r\nContent-Length: 2\r\n\r\nok");
            }
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        assertThat(post(transport, 10)).isEqualTo(new Answered(503, "", "ok"));
        assertThat(post(transport, 10)).isEqualTo(new Answered(503, "", "ok"));
        assertThat(receiver.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 503, 200})
    void shouldKnowTheStatusOfALongerStatusLine(int status) throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 " + status + " " + "x".repeat(100 << 10) + "\r\n\r\n");
            connection.awaitClose();
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 10))
                .isEqualTo(
                        status == 200
                                ? new Failed(Kind.HEAD_TOO_LARGE, "200, and the status line is larger than 64 KiB")
                                : new Answered(status, "", ""));
    }

    @Test
    void shouldNotReadALineWithoutEnd() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("x".repeat(100 << 10));
            connection.awaitClose();
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 10))
                .isEqualTo(new Failed(Kind.PROTOCOL, "a line is larger than 64 KiB"));
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 200})
    void shouldTakeTheStatusAloneWhereTheTrailersAreLarger(int status) throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 " + status + " Whatever\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n");
            connection.send("X-Trailer: x\r\n".repeat(8 << 10) + "\r\n");
            connection.awaitClose();
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 10))
                .isEqualTo(
                        status == 400
                                ? new Answered(400, "", "ok")
                                : new Failed(
                                        Kind.HEAD_TOO_LARGE,
                                        "200, and the header of the answer, with its trailers,"
                                                + " is larger than 64 KiB"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2, 2\r\n\r\nok",
                "HTTP/1.1 200 OK\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
                "HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1  200  OK\r\nContent-Length:2\r\n\r\nok",
                "\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX(y): \u0001\u00fc\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nX: folded\r\n into two\r\nContent-Length: 2\r\n\r\nok",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n002 \r\nok\r\n0\r\n\r\n",
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok"
            })
    void shouldTakeWhatOldReceiversDo(String answer) throws Exception {
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.send(answer);
            }
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        assertThat(post(transport, 10)).isEqualTo(OK);
        assertThat(post(transport, 10)).isEqualTo(OK);
        assertThat(receiver.connections()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 99\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
                "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
            })
    void shouldSendNothingMoreBehindAnAnswerWhoseEndIsInDoubt(String answer) throws Exception {
        RawReceiver receiver = receiver(connection -> {
            while (connection.readRequest()) {
                connection.send(answer);
            }
        });
        HttpTransport transport = transport(receiver.url("http", "localhost"), LONG);

        assertThat(post(transport, 10)).isEqualTo(OK);
        assertThat(post(transport, 10)).isEqualTo(OK);
        assertThat(receiver.connections()).isEqualTo(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "HTTP/1.1 200 OK~Content-Length: 2~Content-Length: 3~~ok | Multiple Content-Length values found: [2, 3]",
                "HTTP/1.1 200 OK~Content-Length: two~~ok | Content-Length value is not a number: two",
                "HTTP/1.1 200 OK~Content-Length~~ok | No colon found",
                "HTTP/1.1 +200 OK~~ | no status of three digits: HTTP/1.1 +200 OK",
                "HTTP/1.1 2000 OK~~ | no status of three digits: HTTP/1.1 2000 OK",
                "HTTP/2 200 OK~~ | unsupported HTTP version: HTTP/2 200 OK",
                "220 smtp.example ESMTP~ | no HTTP status line: 220 smtp.example ESMTP",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~two~ok~0~~ | Invalid character in chunk size",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~2~okay~0~~"
                        + " | Chunk data sections must be terminated by a CR LF octet pair",
                "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~ ~ok~0~~ | the size of a chunk cannot be read",
            })
    void shouldSayWhatIsWrong(String answer, String said) throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send(answer.replace("~", "\r\n"));
            connection.awaitClose();
        });

        assertThat(post(transport(receiver.url("http", "localhost"), LONG), 10))
                .isEqualTo(new Failed(Kind.PROTOCOL, said));
    }
}
