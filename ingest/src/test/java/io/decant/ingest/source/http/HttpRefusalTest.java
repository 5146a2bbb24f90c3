package io.decant.ingest.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdOutputStream;
import io.decant.config.HttpBody;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not taken: nothing of it is, the client can read why, and it costs the server little. */
class HttpRefusalTest {

    private static final int MIB = 1 << 20;

    private final HttpFixture fixture = new HttpFixture();

    @AfterEach
    void close() {
        fixture.close();
        assertThat(fixture.journal.text()).doesNotContain("refused");
    }

    @Test
    void shouldNameTheFirstLineThatIsTooLongAndTakeNothing() {
        fixture.maxRecord(10).start();
        RawClient client = fixture.client();

        RawClient.Answer answer =
                client.post("", "refused\n0123456789\n0123456789a\nb\n").answer();

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body())
                .contains("\"error\":\"bad-record\"")
                .contains("\"record\":3")
                .contains("max-record");
        assertThat(fixture.journal.taken()).isZero();
        assertThat(fixture.source().status().refusals()).isEqualTo(1);
        // The connection goes on.
        assertThat(client.post("", "0123456789\n0123456789").answer().body()).isEqualTo("{\"records\":2}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '^',
            value = {
                "^^|1",
                "{\"a\":1|1",
                "[1,2,x]|3",
                "[1,]|2",
                "[1 2]|1",
                "[1] 2|2",
                "[1,\"01234567890\"]|2",
                "\"01234567890\"|1",
                "1 2|1"
            })
    void shouldNameTheFirstValueThatIsBadAndTakeNothing(String text, int record) {
        fixture.body(HttpBody.JSON).maxRecord(10).start();

        RawClient.Answer answer = fixture.post("", text);

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.body()).contains("\"record\":" + record);
        assertThat(fixture.journal.taken()).isZero();
    }

    @Test
    void shouldTakeOnlyPostAndPutAtItsPath() {
        fixture.start();
        RawClient client = fixture.client();

        RawClient.Answer get =
                client.send("GET / HTTP/1.1\r\nHost: decant\r\n\r\n").answer();
        assertThat(get.status()).isEqualTo(405);
        assertThat(get.headers()).containsEntry("allow", "POST, PUT");
        assertThat(client.send("POST /other HTTP/1.1\r\nHost: decant\r\nContent-Length: 7\r\n\r\nrefused")
                        .answer()
                        .status())
                .isEqualTo(404);
        assertThat(client.send("OPTIONS / HTTP/1.1\r\nHost: decant\r\n\r\n")
                        .answer()
                        .status())
                .isEqualTo(405);
    }

    @Test
    void shouldRefuseUnknownEncodingsAndForms() {
        fixture.start();

        RawClient.Answer encoding = fixture.post("Content-Encoding: br\r\n", "refused");
        assertThat(encoding.status()).isEqualTo(415);
        assertThat(encoding.headers()).containsEntry("accept-encoding", "gzip, zstd, identity");
        assertThat(fixture.post("Content-Type: multipart/form-data; boundary=x\r\n", "refused")
                        .status())
                .isEqualTo(415);
        // What curl says of --data-binary.
        assertThat(fixture.post("Content-Type: application/x-www-form-urlencoded\r\n", "taken")
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void shouldRefuseWhatIsNotWhatItSaysItIs(String encoding) throws IOException {
        fixture.start();
        byte[] good = HttpSourceTest.encoded(encoding, "refused\n".repeat(100));
        byte[] cut = Arrays.copyOf(good, good.length - 3);
        byte[] more = Arrays.copyOf(good, good.length + 5);
        System.arraycopy("plain".getBytes(StandardCharsets.UTF_8), 0, more, good.length, 5);

        for (byte[] bad : new byte[][] {cut, more, "refused".getBytes(StandardCharsets.UTF_8)}) {
            RawClient.Answer answer = fixture.client()
                    .post("Content-Encoding: " + encoding + "\r\n", bad)
                    .answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.body()).contains("bad-encoding");
        }
    }

    @Test
    void shouldRefuseALongBodyBeforeItComes() {
        fixture.maxBody(100).start();
        RawClient client = fixture.client();

        RawClient.Answer answer = client.send("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: 101\r\n\r\n")
                .answer();

        assertThat(answer.status()).isEqualTo(413);
        assertThat(client.send("x".repeat(101)).post("", "taken").answer().status())
                .isEqualTo(200);
    }

    @Test
    void shouldRefuseChunksThatBecomeTooLong() {
        fixture.maxBody(100).start();
        RawClient client = fixture.client()
                .send("POST / HTTP/1.1\r\nHost: decant\r\nTransfer-Encoding: chunked\r\n\r\n")
                .send("64\r\n" + "x".repeat(100) + "\r\n1\r\nx\r\n");

        assertThat(client.answer().status()).isEqualTo(413);
        assertThat(client.send("0\r\n\r\n").post("", "taken").answer().status()).isEqualTo(200);
    }

    @Test
    void shouldLetAClientReadWhyItsLongBodyIsRefused() {
        fixture.maxBody(MIB).start();
        RawClient client =
                fixture.client().send("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: " + 20 * MIB + "\r\n\r\n");
        for (int i = 0; i < 20; i++) {
            client.send(new byte[MIB]);
        }

        assertThat(client.answer().status()).isEqualTo(413);
        assertThat(fixture.held()).isZero();
    }

    @Test
    void shouldCloseOnAClientThatDoesNotStop() {
        fixture.maxBody(MIB).start();
        RawClient client =
                fixture.client().send("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: " + 200L * MIB + "\r\n\r\n");

        int sent = 0;
        try {
            for (; sent < 200; sent++) {
                client.send(new byte[MIB]);
            }
        } catch (UncheckedIOException closed) {
            // As it should.
        }

        assertThat(sent).isBetween(60, 199);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "zstd"})
    void shouldNotInflateBeyondTheBound(String encoding) throws IOException {
        fixture.maxBody(MIB).start();
        byte[] bomb = bomb(encoding);
        assertThat(bomb.length).isLessThan(MIB);

        RawClient.Answer answer = fixture.client()
                .post("Content-Encoding: " + encoding + "\r\n", bomb)
                .answer();

        assertThat(answer.status()).isEqualTo(413);
        HttpFixture.until("all is given back", () -> fixture.held() == 0);
    }

    /** 300 MiB of zeros, never held as a whole: this JVM has little more for all its tests. */
    private static byte[] bomb(String encoding) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream packing =
                encoding.equals("zstd") ? new ZstdOutputStream(packed) : new GZIPOutputStream(packed)) {
            byte[] zeros = new byte[MIB];
            for (int i = 0; i < 300; i++) {
                packing.write(zeros);
            }
        }
        return packed.toByteArray();
    }

    @Test
    void shouldNotTakeAZstdWindowBeyondWhatTheStandardHasDecodersTake() {
        fixture.start();
        byte[] large = new byte[12 * MIB];
        Arrays.fill(large, (byte) '\n');
        byte[] wide;
        try (ZstdCompressCtx context = new ZstdCompressCtx()) {
            context.setLong(27);
            wide = context.compress(large);
        }

        RawClient.Answer answer =
                fixture.client().post("Content-Encoding: zstd\r\n", wide).answer();

        // A frame that fits a single segment says its size instead, which the bound on the body covers.
        assertThat(answer.status()).isIn(200, 400);
    }

    @Test
    void shouldRefuseWhatThereIsNoMemoryForAndTakeItLater() {
        fixture.unfinished(MIB).maxConnections(64).start();
        RawClient first = fixture.client()
                .send("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: " + MIB + "\r\n\r\n")
                .send("x".repeat(MIB - 1000));
        HttpFixture.until("it holds all there is", () -> fixture.held() == MIB - 1000);

        RawClient.Answer busy = fixture.post("", "x".repeat(100_000));
        assertThat(busy.status()).isEqualTo(503);
        assertThat(busy.headers()).containsKey("retry-after");
        assertThat(busy.body()).contains("journal.unfinished");
        // A small one always has room.
        assertThat(fixture.post("", "x".repeat(10_000)).status()).isEqualTo(200);

        assertThat(first.send("x".repeat(1000)).answer().status()).isEqualTo(200);
        assertThat(fixture.post("", "x".repeat(100_000)).status()).isEqualTo(200);
    }

    @Test
    void shouldCountADecompressedBodyAgainstTheMemory() throws IOException {
        fixture.unfinished(MIB).maxBody(MIB).maxConnections(64).start();
        RawClient first = fixture.client()
                .send("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: 600000\r\n\r\n")
                .send("x".repeat(599_999));
        HttpFixture.until("it holds more than half", () -> fixture.held() == 599_999);

        RawClient.Answer busy = fixture.client()
                .post("Content-Encoding: gzip\r\n", HttpSourceTest.gzip(new byte[600_000]))
                .answer();

        assertThat(busy.status()).isEqualTo(503);
        HttpFixture.until("its memory is given back", () -> fixture.held() == 599_999);
        assertThat(first.send("x").answer().status()).isEqualTo(200);
    }

    @Test
    void shouldSayThatSourcesArePausedBeforeTheBodyIsRead() {
        fixture.start();
        fixture.journal.pause(true);
        RawClient client = fixture.client().send("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: 8\r\n\r\n");

        RawClient.Answer answer = client.answer();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers()).containsEntry("retry-after", "1");
        assertThat(answer.body()).contains("\"error\":\"paused\"");
        assertThat(fixture.source().status().paused()).isTrue();
        fixture.journal.pause(false);
        assertThat(client.send("refused\n").post("", "taken").answer().status()).isEqualTo(200);
    }

    @Test
    void shouldRefuseInPlaceOfAskingForTheBody() {
        fixture.start();
        fixture.journal.pause(true);
        RawClient client = fixture.client()
                .send("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: 8\r\nExpect: 100-continue\r\n\r\n");

        assertThat(client.answer().status()).isEqualTo(503);
        assertThat(client.isClosed()).isTrue();
    }

    @Test
    void shouldWaitForRoomInTheQueue() {
        fixture.start();
        fixture.journal.hasRoomFor(1);
        RawClient client = fixture.client().post("", ("x".repeat(99) + "\n").repeat(30_000));
        HttpFixture.until("it waits", () -> fixture.source().status().paused());
        assertThat(fixture.held()).isEqualTo(3_000_000);

        fixture.journal.hasRoomFor(Long.MAX_VALUE);

        assertThat(client.answer().body()).isEqualTo("{\"records\":30000}");
        assertThat(fixture.journal.text()).hasSize(3_000_000);
    }

    @Test
    void shouldEndASlowBody() {
        fixture.bodyTimeout(Duration.ofSeconds(1)).start();
        RawClient client =
                fixture.client().send("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: 100\r\n\r\nrefused\n");

        RawClient.Answer answer = client.answer();

        assertThat(answer.status()).isEqualTo(408);
        assertThat(fixture.held()).isZero();
        assertThat(client.isClosed()).isTrue();
        assertThat(fixture.journal.taken()).isZero();
    }

    @Test
    void shouldCloseAConnectionWithoutRequests() {
        fixture.idleTimeout(Duration.ofSeconds(1)).start();
        RawClient silent = fixture.client();
        RawClient slow = fixture.client().send("POST / HTTP/1.1\r\nHos");
        RawClient used = fixture.client().post("", "a\n");
        assertThat(used.answer().status()).isEqualTo(200);

        assertThat(slow.isClosed()).isTrue();
        assertThat(used.isClosed()).isTrue();
        assertThat(silent.isClosed()).isTrue();
    }

    @Test
    void shouldKeepNothingOfAClientThatDisappears() {
        fixture.start();
        RawClient client = fixture.client()
                .send("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: 100000\r\n\r\n")
                .send("refused\n".repeat(1000));
        HttpFixture.until("some of it has come", () -> fixture.held() == 8000);

        client.reset();

        HttpFixture.until("nothing is held", () -> fixture.held() == 0);
        assertThat(fixture.journal.taken()).isZero();
    }

    @Test
    void shouldTellConnectionsBeyondTheirNumber() {
        fixture.maxConnections(2).start();
        RawClient first = fixture.client();
        RawClient second = fixture.client();
        assertThat(first.post("", "a").answer().status()).isEqualTo(200);
        assertThat(second.post("", "b").answer().status()).isEqualTo(200);
        RawClient third = fixture.client().post("", "refused");

        RawClient.Answer answer = third.answer();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).contains("too-many-connections");
        assertThat(third.isClosed()).isTrue();
        first.close();
        HttpFixture.until("it is gone", () -> fixture.source().status().connections() == 1);
        assertThat(fixture.client().post("", "c").answer().status()).isEqualTo(200);
    }

    @Test
    void shouldNotTakeFromWebPages() {
        fixture.start();

        RawClient.Answer answer =
                fixture.post("Origin: https://evil.example\r\nContent-Type: text/plain\r\n", "refused");

        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.headers()).doesNotContainKey("access-control-allow-origin");
        RawClient.Answer asked = fixture.client()
                .send(String.join(
                        "\r\n",
                        "OPTIONS / HTTP/1.1",
                        "Host: decant",
                        "Origin: https://evil.example",
                        "Access-Control-Request-Method: POST",
                        "",
                        ""))
                .answer();
        assertThat(asked.status()).isEqualTo(405);
    }

    @Test
    void shouldTakeFromTheWebPagesThatAreNamed() {
        fixture.corsOrigins("https://shop.example").start();

        RawClient.Answer asked = fixture.client()
                .send(String.join(
                        "\r\n",
                        "OPTIONS / HTTP/1.1",
                        "Host: decant",
                        "Origin: https://shop.example",
                        "Access-Control-Request-Method: POST",
                        "Access-Control-Request-Headers: idempotency-key",
                        "",
                        ""))
                .answer();
        assertThat(asked.status()).isEqualTo(204);
        assertThat(asked.headers())
                .containsEntry("access-control-allow-origin", "https://shop.example")
                .containsEntry("access-control-allow-headers", "idempotency-key");
        RawClient.Answer taken = fixture.post("Origin: https://shop.example\r\n", "a\n");
        assertThat(taken.status()).isEqualTo(200);
        assertThat(taken.headers()).containsEntry("access-control-allow-origin", "https://shop.example");
        assertThat(fixture.post("Origin: https://evil.example\r\n", "refused").status())
                .isEqualTo(403);
    }

    @Test
    void shouldBoundAnswersThatNobodyReads() {
        fixture.start();
        RawClient client = fixture.client();
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 1_000; i++) {
            many.append("GET / HTTP/1.1\r\nHost: decant\r\n\r\n");
        }

        assertThatThrownBy(() -> {
                    for (int i = 0; i < 10_000; i++) {
                        client.send(many.toString());
                    }
                })
                .isInstanceOf(UncheckedIOException.class);
        HttpFixture.until("it is closed", () -> fixture.source().status().connections() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\nrefused\n", "5\r\nrefused\n\r\n0\r\n\r\n", "-1\r\n"})
    void shouldTakeNothingOfBrokenChunks(String chunks) {
        fixture.start();
        RawClient client = fixture.client()
                .send("POST / HTTP/1.1\r\nHost: decant\r\nTransfer-Encoding: chunked\r\n\r\n")
                .send("8\r\nrefused\n\r\n" + chunks);

        HttpFixture.until("nothing is held", () -> fixture.source().status().connections() == 0 && fixture.held() == 0);
        client.close();
        assertThat(fixture.journal.taken()).isZero();
    }

    @Test
    void shouldTakeNothingOfABodyThatEndsTooSoon() {
        fixture.start();
        fixture.client()
                .send("POST / HTTP/1.1\r\nHost: decant\r\nContent-Length: 100\r\n\r\nrefused\n")
                .close();

        HttpFixture.until("it is gone", () -> fixture.source().status().connections() == 0);
        assertThat(fixture.journal.taken()).isZero();
    }
}
