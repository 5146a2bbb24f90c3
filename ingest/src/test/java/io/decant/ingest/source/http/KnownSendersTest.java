package io.decant.ingest.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.decant.config.HttpBody;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the http outputs of Fluent Bit and Vector send, by their documentation, to the letter. */
class KnownSendersTest {

    private static final String FLUENT_BIT_LINES = """
            {"date":1700000000.123456,"log":"GET / 200","stream":"stdout"}
            {"date":1700000000.654321,"log":"caf\\u00e9 \\"x\\"","stream":"stderr"}
            """;

    private static final String VECTOR_LINES = """
            {"host":"edge-7","message":"GET / 200","source_type":"file","timestamp":"2026-11-21T00:00:00.123456789Z"}
            {"host":"edge-7","message":"café","source_type":"file","timestamp":"2026-11-21T00:00:01Z"}
            """;

    private final HttpFixture fixture = new HttpFixture();

    @AfterEach
    void close() {
        fixture.close();
    }

    private RawClient fluentBit(RawClient client, String headers, byte[] body) {
        return client.send("POST / HTTP/1.1\r\n"
                        + "Host: 127.0.0.1:" + fixture.port() + "\r\n"
                        + "Content-Length: " + body.length + "\r\n"
                        + "User-Agent: Fluent-Bit\r\n"
                        + headers
                        + "\r\n")
                .send(body);
    }

    private RawClient vector(RawClient client, String headers, byte[] body) {
        return client.send("POST / HTTP/1.1\r\n"
                        + headers
                        + "user-agent: Vector/0.42.0 (x86_64-unknown-linux-gnu 3d16e34 2024-10-21)\r\n"
                        + "accept-encoding: zstd,gzip,deflate,br\r\n"
                        + "host: 127.0.0.1:" + fixture.port() + "\r\n"
                        + "content-length: " + body.length + "\r\n\r\n")
                .send(body);
    }

    private static void assertTaken(RawClient.Answer answer) {
        assertThat(answer.status()).as("%s", answer).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("{\"records\":2}");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** {@code Format json_lines}, on a connection that is kept alive; then {@code compress gzip}. */
    @Test
    void shouldTakeLinesOfFluentBit() throws IOException {
        fixture.start();
        RawClient client = fixture.client();
        String type = "Content-Type: application/x-ndjson\r\n";

        assertTaken(fluentBit(client, type, bytes(FLUENT_BIT_LINES)).answer());
        assertTaken(
                fluentBit(client, type + "Content-Encoding: gzip\r\n", HttpSourceTest.encoded("gzip", FLUENT_BIT_LINES))
                        .answer());

        assertThat(fixture.journal.text()).isEqualTo(FLUENT_BIT_LINES.repeat(2));
    }

    /** {@code Format json}. */
    @Test
    void shouldTakeAnArrayOfFluentBit() {
        fixture.body(HttpBody.JSON).start();
        String array = "[" + FLUENT_BIT_LINES.strip().replace("\n", ",") + "]";

        assertTaken(fluentBit(fixture.client(), "Content-Type: application/json\r\n", bytes(array))
                .answer());

        assertThat(fixture.journal.text()).isEqualTo(FLUENT_BIT_LINES);
    }

    /** {@code encoding.codec: json} and {@code framing.method: newline_delimited}, with {@code compression}. */
    @ParameterizedTest
    @ValueSource(strings = {"none", "gzip", "zstd"})
    void shouldTakeLinesOfVector(String compression) throws IOException {
        fixture.start();
        boolean plain = compression.equals("none");
        String headers =
                "content-type: application/x-ndjson\r\n" + (plain ? "" : "content-encoding: " + compression + "\r\n");

        assertTaken(vector(
                        fixture.client(),
                        headers,
                        plain ? bytes(VECTOR_LINES) : HttpSourceTest.encoded(compression, VECTOR_LINES))
                .answer());

        assertThat(fixture.journal.text()).isEqualTo(latin1(VECTOR_LINES));
    }

    /** {@code encoding.codec: json} alone: an array. */
    @Test
    void shouldTakeAnArrayOfVector() {
        fixture.body(HttpBody.JSON).start();
        String array = "[" + VECTOR_LINES.strip().replace("\n", ",") + "]";

        assertTaken(vector(fixture.client(), "content-type: application/json\r\n", bytes(array))
                .answer());

        assertThat(fixture.journal.text()).isEqualTo(latin1(VECTOR_LINES));
    }

    /** As the journal of the test shows it: a char a byte. */
    private static String latin1(String text) {
        return new String(bytes(text), StandardCharsets.ISO_8859_1);
    }
}
