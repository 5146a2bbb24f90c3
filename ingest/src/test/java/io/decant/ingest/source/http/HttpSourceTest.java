package io.decant.ingest.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.Zstd;
import io.decant.config.HttpBody;
import io.decant.ingest.journal.Block;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is taken, and how it is answered. */
class HttpSourceTest {

    private final HttpFixture fixture = new HttpFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void shouldTakeLinesAndCountThem() {
        fixture.start();

        RawClient.Answer answer = fixture.post("", "a\nb\n\nc");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"records\":4}");
        assertThat(answer.headers()).containsEntry("content-type", "application/json");
        assertThat(fixture.journal.text()).isEqualTo("a\nb\n\nc\n");
        assertThat(fixture.source().status().records()).isEqualTo(4);
        assertThat(fixture.source().status().bytes()).isEqualTo(7);
    }

    @Test
    void shouldTakePutAndIgnoreAQuery() {
        fixture.start();

        fixture.client()
                .send("PUT /?x=1 HTTP/1.1\r\nHost: decant\r\nContent-Length: 2\r\n\r\na\n")
                .answer();

        assertThat(fixture.journal.text()).isEqualTo("a\n");
    }

    @Test
    void shouldTakeNothingOfAnEmptyBody() {
        fixture.start();

        assertThat(fixture.post("", "").body()).isEqualTo("{\"records\":0}");
        assertThat(fixture.journal.taken()).isZero();
    }

    @Test
    void shouldTakeChunks() {
        fixture.start();

        RawClient.Answer answer = fixture.client()
                .send("POST / HTTP/1.1\r\nHost: decant\r\nTransfer-Encoding: chunked\r\n\r\n")
                .send("3\r\na\nb\r\n")
                .send("4\r\nc\nd\n\r\n")
                .send("0\r\n\r\n")
                .answer();

        assertThat(answer.body()).isEqualTo("{\"records\":3}");
        assertThat(fixture.journal.text()).isEqualTo("a\nbc\nd\n");
    }

    @Test
    void shouldServeOneRequestAfterAnotherOnAConnection() {
        fixture.start();
        RawClient client = fixture.client();

        for (int i = 0; i < 3; i++) {
            assertThat(client.post("", "a" + i + "\n").answer().status()).isEqualTo(200);
        }
        // All at once.
        client.post("", "b0\n").post("", "b1\n").post("", "b2\n");
        for (int i = 0; i < 3; i++) {
            assertThat(client.answer().status()).isEqualTo(200);
        }

        assertThat(fixture.journal.text()).isEqualTo("a0\na1\na2\nb0\nb1\nb2\n");
        assertThat(fixture.source().status().connections()).isEqualTo(1);
    }

    @Test
    void shouldAnswerAfterTheSyncAndNotBefore() {
        fixture.journal.syncsOnlyWhenTold();
        fixture.start();
        RawClient client = fixture.client().post("", "a\n");
        RawClient other = fixture.client().post("", "b\n");
        HttpFixture.until("both are handed in", () -> fixture.journal.taken() == 2);

        assertThat(fixture.source().status().records()).isZero();
        fixture.journal.sync(1);
        HttpFixture.until("one is counted", () -> fixture.source().status().records() == 1);
        fixture.journal.sync(1);

        assertThat(client.answer().status()).isEqualTo(200);
        assertThat(other.answer().status()).isEqualTo(200);
    }

    @Test
    void shouldAnswerOnceAllIsSyncedOfABlockThatABatchEndsIn() {
        fixture.journal.syncsOnlyWhenTold().dividesBlocks();
        fixture.start();
        RawClient client = fixture.client().post("Decant-Session: s\r\nDecant-First: 0\r\n", "a\nb\nc\n");
        HttpFixture.until("both parts are handed in", () -> fixture.journal.taken() == 2);

        fixture.journal.sync(1);
        assertThat(fixture.client()
                        .post("Decant-Session: s\r\nDecant-First: 0\r\n", "a\n")
                        .answer()
                        .status())
                .as("the first request is under way")
                .isEqualTo(409);
        fixture.journal.sync(1);

        RawClient.Answer answer = client.answer();
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers()).containsEntry("decant-next", "3");
    }

    @Test
    void shouldAnswerARequestWhosePartsAreSyncedTogether() {
        fixture.journal.syncsOnlyWhenTold().dividesBlocks();
        fixture.start();
        RawClient client = fixture.client().post("", "a\nb\nc\n");
        HttpFixture.until("both parts are handed in", () -> fixture.journal.taken() == 2);

        fixture.journal.sync(2);

        assertThat(client.answer().status()).isEqualTo(200);
    }

    @Test
    void shouldCutALargeBodyIntoBlocks() {
        fixture.start();
        String line = "x".repeat(99) + "\n";
        String text = line.repeat(30_000);

        assertThat(fixture.post("", text).body()).isEqualTo("{\"records\":30000}");

        assertThat(fixture.journal.text()).isEqualTo(text);
        assertThat(fixture.journal.blocks()).hasSize(3).allSatisfy(block -> {
            assertThat(block.bytes()).isLessThanOrEqualTo(BlockCutter.BLOCK_BYTES_MAX);
            assertThat(block.cursor().isEmpty()).isTrue();
            assertThat(block.stream().kept()).isFalse();
        });
    }

    @Test
    void shouldNameTheClientInTheStream() {
        fixture.start();

        fixture.post("", "a\n");

        assertThat(fixture.journal.blocks().get(0).stream().name()).matches("127\\.0\\.0\\.1:[0-9]+#1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "x-gzip", "GZIP", "zstd", "identity"})
    void shouldDecompress(String encoding) throws IOException {
        fixture.start();
        String text = "line of text\n".repeat(20_000);

        RawClient.Answer answer = fixture.client()
                .post("Content-Encoding: " + encoding + "\r\n", encoded(encoding, text))
                .answer();

        assertThat(answer.body()).isEqualTo("{\"records\":20000}");
        assertThat(fixture.journal.text()).isEqualTo(text);
    }

    static byte[] encoded(String encoding, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return switch (encoding) {
            case "zstd" -> Zstd.compress(bytes);
            case "identity" -> bytes;
            default -> gzip(bytes);
        };
    }

    static byte[] gzip(byte... bytes) throws IOException {
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(target)) {
            gzip.write(bytes);
        }
        return target.toByteArray();
    }

    @Test
    void shouldTakeGzipOfSeveralMembers() throws IOException {
        fixture.start();
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        two.write(gzip("a\n".getBytes(StandardCharsets.UTF_8)));
        two.write(gzip("b\n".getBytes(StandardCharsets.UTF_8)));

        fixture.client().post("Content-Encoding: gzip\r\n", two.toByteArray()).answer();

        assertThat(fixture.journal.text()).isEqualTo("a\nb\n");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "[]|0|^^",
                "[1, \"two\" ,{\"a\":[3]}]|3|1%\"two\"%{\"a\":[3]}%",
                " {\"a\" : 1} |1|{\"a\" : 1}%",
                "\"text\"|1|\"text\"%",
                "{\"a\":% 1}|1|{\"a\":  1}%",
                "[{%\"a\":1%},%2%]|2|{ \"a\":1 }%2%"
            })
    void shouldTakeJson(String text, int records, String lines) {
        fixture.body(HttpBody.JSON).start();

        RawClient.Answer answer = fixture.post("", text.replace("%", "\n"));

        assertThat(answer.body()).isEqualTo("{\"records\":" + records + "}");
        assertThat(fixture.journal.text()).isEqualTo(lines == null ? "" : lines.replace("%", "\n"));
    }

    @Test
    void shouldKeepTheHeadersThatAreAskedFor() {
        fixture.headers("X-Request-Id", "Decant-Client").start();

        fixture.post("x-request-id: 7\r\nDecant-Client: forged\r\n", "a\nb\n");

        Block block = fixture.journal.blocks().get(0);
        assertThat(block.isFramed()).isTrue();
        assertThat(block.records()).isEqualTo(2);
        assertThat(fixture.journal.text())
                .contains("X-Request-Id")
                .containsPattern("Decant-Client.{4}127\\.0\\.0\\.1:")
                .doesNotContain("forged");
    }

    @Test
    void shouldAskForABodyThatIsExpected() {
        fixture.start();
        RawClient client = fixture.client()
                .send("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");

        assertThat(client.answer().status()).isEqualTo(100);
        assertThat(client.send("a\n").answer().status()).isEqualTo(200);
    }

    @Test
    void shouldSpeakHttp2() throws Exception {
        fixture.start();
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();

        for (int i = 0; i < 3; i++) {
            HttpResponse<String> answer = client.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + fixture.port() + "/"))
                            .timeout(Duration.ofSeconds(20))
                            .POST(HttpRequest.BodyPublishers.ofString("a" + i + "\n"))
                            .build(),
                    HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
        }

        assertThat(fixture.journal.text()).isEqualTo("a0\na1\na2\n");
    }

    @Test
    void shouldFinishWhatIsWholeAndThenStop() {
        fixture.journal.syncsOnlyWhenTold();
        fixture.start();
        RawClient whole = fixture.client().post("", "a\n");
        RawClient part = fixture.client().send("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: 9\r\n\r\nb\n");
        HttpFixture.until("it is handed in", () -> fixture.journal.taken() == 1 && fixture.held() == 2);

        var drained = fixture.source().drain();
        assertThat(part.answer().status()).isEqualTo(503);
        assertThat(drained).isNotDone();
        fixture.journal.sync(1);

        assertThat(whole.answer().status()).isEqualTo(200);
        assertThat(whole.isClosed()).isTrue();
        drained.join();
        assertThat(fixture.journal.text()).isEqualTo("a\n");
    }

    @Test
    void shouldNameTheClientOfAProxy() {
        fixture.proxyProtocol().start();

        RawClient.Answer answer = fixture.client()
                .send("PROXY TCP4 192.0.2.7 127.0.0.1 4711 8081\r\n")
                .post("", "a\n")
                .answer();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(fixture.journal.blocks().get(0).stream().name()).isEqualTo("192.0.2.7:4711#1");
        assertThat(fixture.client().post("", "b\n").isClosed()).isTrue();
    }
}
