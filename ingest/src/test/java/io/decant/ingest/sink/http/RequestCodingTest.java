package io.decant.ingest.sink.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.decant.config.AuthSettings;
import io.decant.config.BodyFormat;
import io.decant.config.Compression;
import io.decant.config.DataSize;
import io.decant.config.HttpSinkSettings;
import io.decant.config.Secret;
import io.decant.config.TlsSettings;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterTry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What goes over the wire in place of a plain body; signatures are checked by the scheme's own library. */
class RequestCodingTest {

    private static final String KEY = "edge-1-00c0ffee-api-7-0-0-2";
    private static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    private final UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true);
    private Instant now = Instant.now();

    @AfterEach
    @AfterTry
    void everythingIsReleased() {
        assertThat(allocator.metric().usedDirectMemory()).isZero();
    }

    @Test
    void shouldLeaveARequestAsItIsByDefault() {
        Map<String, String> headers = headers(4);
        PartRequest request = coding(Compression.NONE, Secret.NONE).request(headers, body("a\nb\n"));

        assertThat(request.headers()).isEqualTo(headers(4));
        assertThat(bytes(request)).asString(StandardCharsets.UTF_8).isEqualTo("a\nb\n");
    }

    @Test
    void shouldSayThatABodyIsCompressedAndHowLongItIsThen() throws Exception {
        String lines = "the same line again\n".repeat(10_000);
        PartRequest request = coding(Compression.GZIP, Secret.NONE).request(headers(lines.length()), body(lines));

        byte[] wire = bytes(request);
        assertThat(request.headers())
                .containsEntry("Content-Encoding", "gzip")
                .containsEntry("Content-Length", Integer.toString(wire.length));
        assertThat(wire).hasSizeLessThan(lines.length() / 50);
        assertThat(gunzip(wire)).asString(StandardCharsets.UTF_8).isEqualTo(lines);
    }

    @Property(tries = 200)
    void shouldCompressAnythingToWhatDecompressesToIt(@ForAll byte[] bytes) throws Exception {
        assertThat(gunzip(compressed(bytes))).isEqualTo(bytes);
    }

    @Property(tries = 20)
    void shouldCompressNoiseOfAnySize(@ForAll @IntRange(max = 3_000_000) int length, @ForAll long seed)
            throws Exception {
        byte[] noise = new byte[length];
        new Random(seed).nextBytes(noise);
        byte[] compressed = compressed(noise);

        assertThat(compressed).as("the same again").isEqualTo(compressed(noise));
        assertThat(gunzip(compressed)).isEqualTo(noise);
    }

    @Test
    void shouldSignWhatTheSchemesOwnLibraryTakes() throws Exception {
        PartRequest request = coding(Compression.NONE, new Secret(SECRET)).request(headers(4), body("a\nb\n"));
        String wire = new String(bytes(request), StandardCharsets.UTF_8);

        assertThat(request.headers()).containsEntry("webhook-id", KEY);
        new Webhook(SECRET).verify(wire, asReceived(request));
        assertThatThrownBy(() -> new Webhook(SECRET).verify(wire + "c\n", asReceived(request)))
                .isInstanceOf(WebhookVerificationException.class);
        assertThatThrownBy(() -> new Webhook("whsec_" + "A".repeat(32)).verify(wire, asReceived(request)))
                .isInstanceOf(WebhookVerificationException.class);
    }

    /**
     * The library takes texts, so the compressed body cannot go through it: what is signed there is looked at by its
     * parts.
     */
    @Test
    void shouldSignTheBodyAsItGoesOverTheWire() throws Exception {
        PartRequest plain = coding(Compression.GZIP, Secret.NONE).request(headers(4), body("a\nb\n"));
        PartRequest signed = coding(Compression.GZIP, new Secret(SECRET)).request(headers(4), body("a\nb\n"));
        byte[] wire = bytes(plain);

        assertThat(bytes(signed)).isEqualTo(wire);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(SECRET.substring(6)), "HmacSHA256"));
        mac.update((KEY + "." + now.getEpochSecond() + ".").getBytes(StandardCharsets.UTF_8));
        assertThat(signed.headers())
                .containsEntry("webhook-signature", "v1," + Base64.getEncoder().encodeToString(mac.doFinal(wire)));
    }

    /** The example of the specification's reference libraries. */
    @Test
    void shouldMakeThePublishedSignature() {
        now = Instant.ofEpochSecond(1_614_265_330);
        Map<String, String> headers = headers(20);
        headers.put("Idempotency-Key", "\"msg_p5jXN8AQM9LWM0D4loKWxJek\"");
        PartRequest request =
                coding(Compression.NONE, new Secret(SECRET)).request(headers, body("{\"test\": 2432232314}"));
        bytes(request);

        assertThat(request.headers())
                .containsEntry("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
                .containsEntry("webhook-timestamp", "1614265330")
                .containsEntry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    @Test
    void shouldSignAnewAtEachAttempt() throws Exception {
        RequestCoding coding = coding(Compression.NONE, new Secret(SECRET));
        Instant last = now;
        now = last.minusSeconds(60);
        PartRequest first = coding.request(headers(2), body("a\n"));
        now = last;
        PartRequest second = coding.request(headers(2), body("a\n"));

        assertThat(second.headers().get("webhook-id")).isEqualTo(first.headers().get("webhook-id"));
        assertThat(second.headers().get("webhook-timestamp"))
                .isNotEqualTo(first.headers().get("webhook-timestamp"));
        for (PartRequest request : List.of(first, second)) {
            new Webhook(SECRET).verify(new String(bytes(request), StandardCharsets.UTF_8), asReceived(request));
        }
    }

    private byte[] compressed(byte[] bytes) {
        ByteBuf body = allocator.directBuffer(bytes.length).writeBytes(bytes);
        return bytes(coding(Compression.GZIP, Secret.NONE).request(headers(bytes.length), body));
    }

    private static byte[] gunzip(byte[] wire) throws IOException {
        return new GZIPInputStream(new ByteArrayInputStream(wire)).readAllBytes();
    }

    private static Map<String, List<String>> asReceived(PartRequest request) {
        return request.headers().entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, header -> List.of(header.getValue())));
    }

    private static Map<String, String> headers(int length) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Content-Length", Integer.toString(length));
        headers.put("Idempotency-Key", '"' + KEY + '"');
        return headers;
    }

    private ByteBuf body(String text) {
        return allocator.directBuffer().writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] bytes(PartRequest request) {
        byte[] bytes = ByteBufUtil.getBytes(request.body());
        request.body().release();
        return bytes;
    }

    private RequestCoding coding(Compression compression, Secret signingSecret) {
        HttpSinkSettings settings = new HttpSinkSettings(
                URI.create("http://localhost/"),
                BodyFormat.LINES,
                "",
                1,
                DataSize.ofKibibytes(1),
                1,
                Duration.ofSeconds(1),
                Duration.ofSeconds(1),
                1_000,
                compression,
                TlsSettings.NONE,
                AuthSettings.NONE,
                signingSecret,
                Map.of());
        InstantSource clock = () -> now;
        return new RequestCoding(settings, allocator, clock);
    }
}
