package io.decant.ingest.sink.http;

import static io.decant.ingest.sink.http.Encoded.gzip;
import static io.decant.ingest.sink.http.Encoded.zlib;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.sink.Items;
import io.decant.ingest.sink.Outcome;
import io.decant.ingest.sink.Outcome.Answered;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Encoded answers over real sockets. */
class EncodedAnswersTest extends TransportHarness {

    private static final String REFUSED = "{\"errors\":true,\"items\":[{\"status\":400}]}";

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Encoding: gzip",
                "content-encoding: GZIP",
                "Content-Encoding: identity\r\nContent-Encoding: gzip",
                "Content-Encoding: x-gzip\r\nConnection: close"
            })
    void shouldReadAnAnswerInGzip(String headers) throws Exception {
        Answered answered = answer(200, headers, gzip(REFUSED));

        assertThat(answered.items())
                .isEqualTo(new Items.Builder().add(400, "{\"status\":400}").build());
        assertThat(answered.bodyStart()).isEqualTo(REFUSED);
    }

    @Test
    void shouldReadAnAnswerInDeflate() throws Exception {
        assertThat(answer(207, "Content-Encoding: deflate", zlib(REFUSED))
                        .items()
                        .status(0))
                .isEqualTo(400);
    }

    @Test
    void shouldReadAnAnswerThatIsEncodedForTheTransfer() throws Exception {
        byte[] body = gzip(REFUSED);
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n");
            for (byte b : body) {
                connection.send("1\r\n");
                connection.send(new byte[] {b, '\r', '\n'});
            }
            connection.send("0\r\n\r\n");
            connection.awaitClose();
        });

        Answered answered = (Answered) post(transport(receiver.url("http", "localhost"), LONG), 10);

        assertThat(answered.items().status(0)).isEqualTo(400);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            Content-Encoding: br | its encoding is br
            Content-Encoding: zstd | its encoding is zstd
            Content-Encoding: gzip, gzip | its encoding is gzip, gzip
            Content-Encoding: gzip, br | its encoding is gzip, br
            X-Other: none | it begins like gzip
            Content-Encoding: deflate | its encoding deflate is damaged
            """)
    void shouldSayWhichEncodingItDoesNotUnderstand(String headers, String why) throws Exception {
        assertThat(answer(200, headers, gzip(REFUSED)).items().broken()).contains(why);
    }

    @Test
    void shouldNotTakeACutOffEncodingForASuccess() throws Exception {
        byte[] body = gzip("{\"errors\":false}");
        byte[] cut = Arrays.copyOf(body, body.length - 9);

        assertThat(answer(200, "Content-Encoding: gzip", cut).items().broken())
                .contains("its encoding gzip ends early");
    }

    @Test
    void shouldPassOverAByteOrderMark() throws Exception {
        byte[] marked = ("\ufeff" + REFUSED).getBytes(StandardCharsets.UTF_8);

        assertThat(answer(200, "Content-Type: application/json", marked).items().status(0))
                .isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Encoding: br", "Content-Encoding: gzip", "X-Other: none"})
    void shouldTakeAnEmptyAnswerForASuccess(String headers) throws Exception {
        assertThat(answer(200, headers, new byte[0])).isEqualTo(new Answered(200, "", ""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"errors\":false",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n10\r\n{\"errors\":false}\r\n",
                "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            })
    void shouldNotTakeAnAnswerForOneWhoseConnectionEndsBeforeIt(String start) throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send(start);
        });

        assertFailed(post(transport(receiver.url("http", "localhost"), LONG), 10), Outcome.Kind.RESET);
    }

    /** Where its end is that of the connection, nothing but the answer itself tells whether it is whole. */
    @Test
    void shouldNotTakeHalfAnObjectForASuccess() throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.0 200 OK\r\n\r\n{\"took\":3,");
        });

        Answered answered = (Answered) post(transport(receiver.url("http", "localhost"), LONG), 10);

        assertThat(answered.items().broken()).isEqualTo("the answer ends in the middle of its items");
    }

    private Answered answer(int status, String headers, byte[] body) throws Exception {
        RawReceiver receiver = receiver(connection -> {
            connection.readRequest();
            connection.send("HTTP/1.1 " + status + " Whatever\r\n" + headers + "\r\nContent-Length: " + body.length
                    + "\r\n\r\n");
            connection.send(body);
            connection.awaitClose();
        });
        return (Answered)
                post(transport(receiver.url("http", "localhost"), LONG), Map.of("Content-Length", "1"), new byte[1]);
    }
}
