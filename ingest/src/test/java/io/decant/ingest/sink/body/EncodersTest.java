package io.decant.ingest.sink.body;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.decant.ingest.sink.body.BytesMember.Base64Text;
import io.decant.ingest.sink.body.EnvelopeBody.DecimalText;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Every encoder of the package against that of somebody else. */
class EncodersTest {

    @Property(tries = 5_000)
    void shouldEscapeAsJacksonDoes(@ForAll("texts") String text) {
        String expected = new String(JsonStringEncoder.getInstance().quoteAsUTF8(text), StandardCharsets.UTF_8);
        assertThat(new String(escaped(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8))
                .isEqualToIgnoringCase(expected);
    }

    @Test
    void shouldEscapeAtEveryPlaceOfAWord() {
        for (int before = 0; before < 18; before++) {
            for (int after = 0; after < 18; after++) {
                String text = "x".repeat(before) + '"' + "\u00e9".repeat(after);
                assertThat(new String(escaped(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8))
                        .isEqualTo("x".repeat(before) + "\\\"" + "\u00e9".repeat(after));
            }
        }
    }

    /** Bytes around which the rules of UTF-8 turn. */
    @Property(tries = 30_000)
    void shouldTellUtf8AsTheDecoderOfTheJdkDoes(@ForAll("bytes") byte[] bytes) {
        try (NativeText text = NativeText.of(bytes)) {
            assertThat(JsonString.escapedBytes(text.address(), text.length()) != JsonString.NOT_UTF8)
                    .isEqualTo(JsonOracle.utf8(bytes) != null);
        }
    }

    @Test
    void shouldJudgeEveryPairOfBytes() {
        for (int pair = 0; pair < 1 << 16; pair++) {
            byte[] bytes = {(byte) (pair >>> 8), (byte) pair};
            try (NativeText text = NativeText.of(bytes)) {
                assertThat(JsonString.escapedBytes(text.address(), 2) != JsonString.NOT_UTF8)
                        .isEqualTo(JsonOracle.utf8(bytes) != null);
            }
        }
    }

    @Property
    void shouldEncodeBase64AsTheJdkDoes(@ForAll @Size(max = 20) byte[] bytes) {
        try (NativeText text = NativeText.of(bytes)) {
            assertThat(NativeText.filled(
                            Base64Text.encodedBytes(bytes.length),
                            to -> Base64Text.encode(text.address(), bytes.length, to) - to))
                    .isEqualTo(Base64.getEncoder().encode(bytes));
        }
    }

    private static byte[] escaped(byte[] bytes) {
        try (NativeText text = NativeText.of(bytes)) {
            return NativeText.filled(
                    JsonString.escapedBytes(text.address(), text.length()),
                    to -> JsonString.escape(text.address(), text.length(), to) - to);
        }
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> pieces = Arbitraries.of(
                "a",
                "bcdefgh",
                "0123456789abcdef",
                "\"",
                "\\",
                "\b",
                "\f",
                "\r",
                "\t",
                "\0",
                "\u001f",
                "\u007f",
                "\u00e9",
                "\u6f22",
                "\ud83d\ude00",
                "\u2028",
                "/");
        return pieces.list().ofMaxSize(12).map(list -> String.join("", list));
    }

    @Provide
    Arbitrary<byte[]> bytes() {
        List<Integer> edges = List.of(
                0x00, 0x41, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC0, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xEC, 0xED,
                0xEE, 0xEF, 0xF0, 0xF1, 0xF3, 0xF4, 0xF5, 0xFF);
        Arbitrary<byte[]> any = Arbitraries.of(edges)
                .map(Integer::byteValue)
                .array(byte[].class)
                .ofMaxSize(6);
        Arbitrary<byte[]> character = Arbitraries.integers()
                .between(0, 0x10FFFF)
                .filter(code -> code < 0xD800 || code > 0xDFFF)
                .map(code -> Character.toString(code).getBytes(StandardCharsets.UTF_8));
        return Arbitraries.oneOf(any, character, character.flatMap(whole -> Arbitraries.integers()
                .between(0, whole.length)
                .map(length -> Arrays.copyOf(whole, length))));
    }

    @Property
    void shouldWriteTimesWithMilliseconds(
            @ForAll @LongRange(min = -62_167_219_200_000L, max = 253_402_300_799_999L) long millis,
            @ForAll @IntRange(min = -100_000_000, max = 100_000_000) int later) {
        TimeText time = new TimeText();
        for (long at : new long[] {millis, millis + later, millis}) {
            if (at < -62_167_219_200_000L || at > 253_402_300_799_999L) {
                continue;
            }
            String text = new String(
                    NativeText.filled(time.bytes(at), to -> time.put(at, to) - to), StandardCharsets.US_ASCII);
            assertThat(Instant.parse(text).toEpochMilli()).isEqualTo(at);
            assertThat(text).hasSize("2026-11-21T00:00:00.123Z".length());
        }
    }

    @Property
    void shouldWriteNumbers(@ForAll @LongRange(min = 0) long number) {
        assertThat(new String(
                        NativeText.filled(DecimalText.bytes(number), to -> DecimalText.put(number, to) - to),
                        StandardCharsets.US_ASCII))
                .isEqualTo(Long.toString(number));
    }
}
