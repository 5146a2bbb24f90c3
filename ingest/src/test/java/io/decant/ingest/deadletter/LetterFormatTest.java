package io.decant.ingest.deadletter;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.decant.ingest.journal.FrameBytes;
import java.io.ByteArrayInputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** A letter is one line of JSON, and comes back from it, whatever bytes its record has. */
class LetterFormatTest {

    private static final Instant TIME = Instant.parse("2026-11-21T10:20:30.123Z");

    private static byte[] line(FiledLetter filed) {
        LetterBuffer buffer = new LetterBuffer();
        LetterFormat.write(filed, buffer);
        ByteBuffer written = buffer.view();
        byte[] line = new byte[written.remaining()];
        written.get(line);
        return line;
    }

    @Property
    void shouldSayWhichLetterItIsWithoutItsRecord(@ForAll("letters") DeadLetter letter) {
        byte[] line = line(new FiledLetter(TIME, "0badcafe", letter));
        FiledLetter head = LetterFormat.readHead(new ByteArrayInputStream(line)).orElseThrow();

        assertThat(head.time()).isEqualTo(TIME);
        assertThat(head.journal()).isEqualTo("0badcafe");
        assertThat(head.letter().record()).isEmpty();
        assertThat(List.of(
                        head.letter().sink(),
                        head.letter().batch(),
                        head.letter().bucket(),
                        head.letter().ordinal(),
                        head.letter().reason(),
                        head.letter().status()))
                .containsExactly(
                        letter.sink(),
                        letter.batch(),
                        letter.bucket(),
                        letter.ordinal(),
                        letter.reason(),
                        letter.status());
    }

    @Property
    void shouldComeBackFromItsLine(@ForAll("letters") DeadLetter letter) {
        FiledLetter filed = new FiledLetter(TIME, "0badcafe", letter);
        byte[] line = line(filed);

        assertThat(new String(line, ISO_8859_1).indexOf('\n')).isEqualTo(line.length - 1);
        assertThat(LetterFormat.read(line, line.length)).contains(filed);
    }

    @Property(tries = 100)
    void shouldNotTakeAnyBeginningOfALineForALetter(@ForAll("letters") DeadLetter letter) {
        byte[] line = line(new FiledLetter(TIME, "0badcafe", letter));

        for (int length = 0; length < line.length - 1; length++) {
            assertThat(LetterFormat.read(line, length)).isEmpty();
        }
    }

    @Property
    void shouldTakeNothingElseForALetter(@ForAll byte[] bytes) {
        assertThat(LetterFormat.read(bytes, bytes.length)).isEmpty();
        assertThat(LetterFormat.readHead(new ByteArrayInputStream(bytes))).isEmpty();
    }

    /**
     * A file may hold zeros where a disk lost what was written: to JSON's own rules four of them are text of another
     * width.
     */
    @Example
    void shouldTakeZerosForNoLetter() {
        byte[] zeros = new byte[64];
        zeros[0] = '{';
        assertThat(LetterFormat.read(zeros, zeros.length)).isEmpty();
        Arrays.fill(zeros, 4, 64, (byte) '5');
        assertThat(LetterFormat.readHead(new ByteArrayInputStream(zeros))).isEmpty();
    }

    @Provide
    Arbitrary<DeadLetter> letters() {
        Arbitrary<byte[]> bytes = Arbitraries.oneOf(
                Arbitraries.bytes().array(byte[].class).ofMaxSize(40),
                Arbitraries.strings().ofMaxLength(40).map(text -> text.getBytes(UTF_8)));
        Arbitrary<String> answers = Arbitraries.strings().ofMaxLength(600);
        Arbitrary<Reason> reasons = Arbitraries.of(Reason.class);
        Arbitrary<LetterFrame> frames = Combinators.combine(
                        Arbitraries.longs().greaterOrEqual(0),
                        Arbitraries.longs(),
                        bytes.injectNull(0.3),
                        headers(bytes),
                        Arbitraries.of(true, false),
                        Arbitraries.of("", "clicks-0", "a-b.c-2147483647"))
                .as((offset, time, key, headers, tombstone, stream) ->
                        new LetterFrame(offset, time, key, headers, tombstone).in(stream));
        return Combinators.combine(
                        Arbitraries.longs().between(1, Long.MAX_VALUE),
                        Arbitraries.integers().between(0, Integer.MAX_VALUE),
                        Arbitraries.longs().between(0, Long.MAX_VALUE),
                        reasons,
                        Arbitraries.integers().between(0, 599),
                        answers,
                        Combinators.combine(bytes, frames.injectNull(0.5)).as(Content::new))
                .as((batch, bucket, ordinal, reason, status, answer, content) -> reason.isOfSink()
                        ? new DeadLetter(
                                "api", batch, bucket, ordinal, reason, status, answer, content.value(), content.frame())
                        : DeadLetter.withoutKey(batch, ordinal, content.value(), content.frame()));
    }

    /** What a letter holds of its record. */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    private record Content(byte[] record, LetterFrame frame) {

        byte[] value() {
            return frame != null && frame.tombstone() ? new byte[0] : record;
        }
    }

    private static Arbitrary<byte[]> headers(Arbitrary<byte[]> values) {
        Arbitrary<String> names = Arbitraries.strings()
                .ofMaxLength(8)
                .filter(name -> new String(name.getBytes(UTF_8), UTF_8).equals(name));
        return Arbitraries.maps(names, values.injectNull(0.3)).ofMaxSize(3).map(FrameBytes::headers);
    }

    @Example
    void shouldStandInTheFormThatIsDocumented() {
        DeadLetter refused =
                new DeadLetter("api", 7, 1, 23, Reason.REFUSED, 422, "no such \"id\"", "a\tb".getBytes(UTF_8), null);
        DeadLetter keyless = DeadLetter.withoutKey(8, 0, HexFormat.of().parseHex("fffe"), null);

        assertThat(new String(line(new FiledLetter(TIME, "0badcafe", refused)), UTF_8))
                .isEqualTo("""
                        {"time":"2026-11-21T10:20:30.123Z","journal":"0badcafe","sink":"api","batch":7,"bucket":1,"ordinal":23,\
                        "reason":"refused","status":422,"answer":"no such \\"id\\"","record":"a\\tb"}
                        """);
        assertThat(new String(line(new FiledLetter(TIME, "0badcafe", keyless)), UTF_8))
                .isEqualTo("""
                        {"time":"2026-11-21T10:20:30.123Z","journal":"0badcafe","sink":null,"batch":8,"bucket":null,"ordinal":0,\
                        "reason":"missing-key","status":null,"answer":"","record-base64":"//4="}
                        """);
    }

    @Example
    void shouldKeepWhatARecordHasBesideItsValue() {
        Map<String, byte[]> all = new LinkedHashMap<>();
        all.put("trace", "1".getBytes(UTF_8));
        all.put("none", null);
        LetterFrame frame =
                new LetterFrame(900, 1_795_219_200_123L, "k".getBytes(UTF_8), FrameBytes.headers(all), false);
        LetterFrame bare = new LetterFrame(901, -1, null, new byte[0], true);
        DeadLetter broken =
                new DeadLetter("api", 7, 1, 23, Reason.NEWLINE_IN_RECORD, 0, "", "a\nb".getBytes(UTF_8), frame);
        DeadLetter tombstone = new DeadLetter("api", 7, 1, 24, Reason.TOMBSTONE, 0, "", new byte[0], bare);

        assertThat(new String(line(new FiledLetter(TIME, "0badcafe", broken)), UTF_8))
                .isEqualTo("""
                        {"time":"2026-11-21T10:20:30.123Z","journal":"0badcafe","sink":"api","batch":7,"bucket":1,"ordinal":23,\
                        "reason":"newline-in-record","status":null,"answer":"","record":"a\\nb","key":"k",\
                        "headers":[{"name":"trace","value":"1"},{"name":"none","value":null}],"offset":900,"timestamp":1795219200123}
                        """);
        assertThat(new String(line(new FiledLetter(TIME, "0badcafe", tombstone)), UTF_8))
                .isEqualTo("""
                        {"time":"2026-11-21T10:20:30.123Z","journal":"0badcafe","sink":"api","batch":7,"bucket":1,"ordinal":24,\
                        "reason":"tombstone","status":null,"answer":"","record":null,"key":null,"offset":901,"timestamp":-1}
                        """);
    }

    @Example
    void shouldKeepThePartitionOfARecordOfKafkas() {
        LetterFrame frame = new LetterFrame(900, 1, null, new byte[0], false);
        DeadLetter letter = new DeadLetter(
                "api", 7, 1, 23, Reason.REFUSED, 422, "", "a".getBytes(UTF_8), frame.in("page-clicks-11"));

        assertThat(new String(line(new FiledLetter(TIME, "0badcafe", letter)), UTF_8))
                .endsWith(
                        ",\"record\":\"a\",\"key\":null,\"topic\":\"page-clicks\",\"partition\":11,\"offset\":900,\"timestamp\":1}\n");
        for (String other : List.of("", "clicks", "-1", "clicks-", "clicks-9999999999", "10.0.0.1:4711-x")) {
            assertThat(frame.in(other)).as(other).isEqualTo(frame);
        }
    }

    /** Nobody must make a tombstone of a line from which somebody took the record away. */
    @Example
    void shouldTakeNoLineWithoutARecordForALetter() {
        String line = """
                {"time":"2026-11-21T10:20:30.123Z","journal":"0badcafe","sink":"api","batch":7,"bucket":1,"ordinal":24,\
                "reason":"refused","status":null,"answer":""%s}
                """;
        for (String rest : List.of("", ",\"record\":null", ",\"offset\":3", ",\"offset\":-3,\"record\":\"a\"")) {
            byte[] bytes = line.formatted(rest).getBytes(UTF_8);
            assertThat(LetterFormat.read(bytes, bytes.length)).as(rest).isEmpty();
        }
    }

    @Example
    void shouldKeepTheBeginningOfALongAnswerToTheLastWholeCharacter() {
        DeadLetter letter = new DeadLetter(
                "api", 1, 0, 0, Reason.REFUSED, 400, "x".repeat(511) + "\u00e9 and more", new byte[0], null);
        DeadLetter broken = new DeadLetter("api", 1, 0, 0, Reason.REFUSED, 400, "a\ud800b", new byte[0], null);

        assertThat(letter.answer()).isEqualTo("x".repeat(511));
        assertThat(broken.answer()).isEqualTo("a?b");
    }

    @Example
    void shouldReadARecordLongerThanParsersUsuallyAllow() {
        byte[] record = new byte[21_000_000];
        Arrays.fill(record, (byte) 'x');
        FiledLetter filed = new FiledLetter(TIME, "0badcafe", DeadLetter.withoutKey(1, 0, record, null));
        byte[] line = line(filed);

        assertThat(LetterFormat.read(line, line.length).orElseThrow().letter().record())
                .isEqualTo(record);
    }
}
