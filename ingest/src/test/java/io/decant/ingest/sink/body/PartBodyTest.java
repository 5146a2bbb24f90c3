package io.decant.ingest.sink.body;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.decant.bucketer.Memory;
import io.decant.ingest.sink.body.PartBody.Extent;
import io.decant.ingest.sink.body.PartBody.Unencodable;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The laws that every format keeps, and what each makes of records. */
class PartBodyTest {

    @Property(tries = 1_000)
    void shouldCutTheLargestPartsThatFitAndWriteThemWhole(
            @ForAll("formats") String format,
            @ForAll("batches") List<BodyBatch.Arrival> arrivals,
            @ForAll @LongRange(min = 1, max = 12) long maxRecords,
            @ForAll @LongRange(min = 1, max = 600) long maxBytes,
            @ForAll boolean lookedThrough,
            @ForAll long seed) {
        long allocated = Memory.allocatedBytes();
        try (BodyBatch batch =
                lookedThrough ? BodyBatch.lookedThrough(format, arrivals) : new BodyBatch(format, arrivals)) {
            for (int bucket = 0; bucket < batch.buckets().size(); bucket++) {
                List<BodyBatch.Expected> records = batch.buckets().get(bucket);
                long carriedBefore = 0;
                for (int first = 0; first < records.size(); ) {
                    assertThat(batch.body().carriedBefore(bucket, first)).isEqualTo(carriedBefore);
                    Extent extent = batch.body().extent(bucket, first, records.size(), maxRecords, maxBytes);
                    assertThat(extent)
                            .isEqualTo(naiveExtent(format, records, first, records.size(), maxRecords, maxBytes));
                    List<BodyBatch.Expected> part = records.subList(first, (int) extent.end());
                    assertBody(format, batch.write(bucket, first, extent.end()), part);
                    carriedBefore += extent.carried();
                    first = (int) extent.end();
                }
            }
            checkAnywhere(format, batch, maxRecords, maxBytes, new Random(seed));
        }
        assertThat(Memory.allocatedBytes()).isEqualTo(allocated);
    }

    /** Questions in any order have the answers that they have in order. */
    private static void checkAnywhere(String format, BodyBatch batch, long maxRecords, long maxBytes, Random random) {
        for (int i = 0; i < 10; i++) {
            int bucket = random.nextInt(batch.buckets().size());
            List<BodyBatch.Expected> records = batch.buckets().get(bucket);
            int first = random.nextInt(records.size());
            int limit = first + 1 + random.nextInt(records.size() - first);
            assertThat(batch.body().extent(bucket, first, limit, maxRecords, maxBytes))
                    .isEqualTo(naiveExtent(format, records, first, limit, maxRecords, maxBytes));
            assertThat(batch.body().extent(bucket, first, limit))
                    .isEqualTo(naiveExtent(format, records, first, limit, Long.MAX_VALUE, Long.MAX_VALUE));
            assertThat(batch.body().uncarried(bucket, first)).isEqualTo(uncarried(format, records.get(first)));
            if (random.nextBoolean()) {
                assertBody(format, batch.write(bucket, first, limit), records.subList(first, limit));
            }
        }
    }

    private static Extent naiveExtent(
            String format, List<BodyBatch.Expected> records, int first, int limit, long maxRecords, long maxBytes) {
        int end = first + 1;
        while (end < limit
                && end + 1 - first <= maxRecords
                && (!isCarried(format, records.get(end))
                        || carried(format, records.subList(first, end)) == 0
                        || naiveBytes(format, records.subList(first, end + 1)) <= maxBytes)) {
            end++;
        }
        List<BodyBatch.Expected> part = records.subList(first, end);
        return new Extent(end, carried(format, part), naiveBytes(format, part));
    }

    private static long carried(String format, List<BodyBatch.Expected> part) {
        return part.stream().filter(record -> isCarried(format, record)).count();
    }

    private static boolean isCarried(String format, BodyBatch.Expected record) {
        return uncarried(format, record) == null;
    }

    private static Unencodable uncarried(String format, BodyBatch.Expected record) {
        return switch (format) {
            case "lines" ->
                record.isTombstone()
                        ? Unencodable.TOMBSTONE
                        : latin1(record.bytes()).contains("\n") ? Unencodable.NEWLINE_IN_RECORD : null;
            case "json" -> JsonOracle.isJson(record.bytes()) ? null : Unencodable.NOT_JSON;
            default -> null;
        };
    }

    private static long naiveBytes(String format, List<BodyBatch.Expected> part) {
        return switch (format) {
            case "lines" -> naiveLines(part).length();
            case "json" -> naiveJson(part).length();
            default ->
                part.stream()
                        .mapToLong(record -> naiveEnvelope(record).getBytes(StandardCharsets.UTF_8).length + 1L)
                        .sum();
        };
    }

    private static void assertBody(String format, byte[] body, List<BodyBatch.Expected> part) {
        switch (format) {
            case "lines" -> assertThat(latin1(body)).isEqualTo(naiveLines(part));
            case "json" -> {
                assertThat(latin1(body)).isEqualTo(naiveJson(part));
                assertThat(body.length == 0 || JsonOracle.isJson(body)).isTrue();
            }
            default -> {
                List<String> lines =
                        new String(body, StandardCharsets.UTF_8).lines().toList();
                assertThat(body[body.length - 1]).isEqualTo((byte) '\n');
                assertThat(lines.stream().map(JsonOracle::members).toList())
                        .isEqualTo(part.stream().map(PartBodyTest::members).toList());
                assertThat(lines.stream()
                                .map(line ->
                                        List.copyOf(JsonOracle.members(line).keySet())))
                        .isEqualTo(part.stream()
                                .map(record -> List.copyOf(members(record).keySet()))
                                .toList());
            }
        }
    }

    private static String naiveLines(List<BodyBatch.Expected> part) {
        return part.stream()
                .filter(record -> isCarried("lines", record))
                .map(record -> latin1(record.bytes()) + "\n")
                .collect(Collectors.joining());
    }

    private static String naiveJson(List<BodyBatch.Expected> part) {
        List<String> carried = part.stream()
                .filter(record -> isCarried("json", record))
                .map(record -> latin1(record.bytes()).replaceAll("^[ \t\r\n]+|[ \t\r\n]+$", ""))
                .toList();
        return carried.isEmpty() ? "" : "[" + String.join(",", carried) + "]";
    }

    /** What a reader of the envelope shall find in it, as JSON. */
    private static Map<String, String> members(BodyBatch.Expected record) {
        BodyBatch.Beside beside = record.beside();
        Map<String, String> members = new LinkedHashMap<>();
        putBytes(members, "key", beside == null ? null : beside.key());
        putBytes(members, "value", record.isTombstone() ? null : record.bytes());
        members.put("source", quoted(record.block().source()));
        members.put("stream", quoted(record.block().stream()));
        members.put("position", Long.toString(beside == null ? record.ordinal() : beside.offset()));
        long millis = beside == null || beside.millis() < 0 ? record.block().millis() : beside.millis();
        members.put("time", quoted(Instant.ofEpochMilli(millis).toString().replaceFirst(":(\\d\\d)Z", ":$1.000Z")));
        if (beside != null && !beside.headers().isEmpty()) {
            List<String> headers = new ArrayList<>();
            beside.headers().forEach((name, value) -> {
                Map<String, String> header = new LinkedHashMap<>();
                header.put("name", quoted(name));
                putBytes(header, "value", value);
                headers.add(object(header));
            });
            members.put("headers", "[" + String.join(",", headers) + "]");
        }
        return members;
    }

    private static void putBytes(Map<String, String> members, String name, byte[] bytes) {
        String text = bytes == null ? null : JsonOracle.utf8(bytes);
        if (bytes == null) {
            members.put(name, "null");
        } else if (text != null) {
            members.put(name, quoted(text));
        } else {
            members.put(name + "-base64", quoted(Base64.getEncoder().encodeToString(bytes)));
        }
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
    }

    private static String object(Map<String, String> members) {
        return members.entrySet().stream()
                .map(member -> '"' + member.getKey() + "\":" + member.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String naiveEnvelope(BodyBatch.Expected record) {
        return object(members(record));
    }

    @Test
    void shouldTellEachRecordsOriginInTheEnvelope() {
        List<byte[]> records = List.of(bytes("a\"\t\u00e9"), bytes(""), new byte[] {(byte) 0xFF, 0});
        BodyBatch.Arrival block = new BodyBatch.Arrival("logs", "edge\"1", 41, 1_795_219_200_123L, records);
        try (BodyBatch batch = new BodyBatch("envelope", List.of(block))) {
            assertThat(new String(batch.write(0, 0, 3), StandardCharsets.UTF_8)).isEqualTo("""
                    {"key":null,"value":"a\\"\\t\u00e9","source":"logs","stream":"edge\\"1","position":41,"time":"2026-11-21T00:00:00.123Z"}
                    {"key":null,"value":"","source":"logs","stream":"edge\\"1","position":42,"time":"2026-11-21T00:00:00.123Z"}
                    {"key":null,"value-base64":"/wA=","source":"logs","stream":"edge\\"1","position":43,"time":"2026-11-21T00:00:00.123Z"}
                    """);
        }
    }

    @Test
    void shouldTellWhatARecordHasBesideItsValueInTheEnvelope() {
        Map<String, byte[]> headers = new LinkedHashMap<>();
        headers.put("trace", bytes("1\n2"));
        headers.put("", new byte[] {(byte) 0xFF});
        headers.put("none", null);
        long millis = 1_795_219_200_123L;
        BodyBatch.Arrival block = new BodyBatch.Arrival(
                "clicks",
                "clicks-0",
                7,
                millis,
                List.of(bytes("a\nb"), bytes("gone"), bytes("")),
                List.of(
                        new BodyBatch.Beside(900, millis + 1, bytes("k"), headers, false),
                        new BodyBatch.Beside(902, millis + 2, new byte[] {(byte) 0xFF, 0}, Map.of(), true),
                        new BodyBatch.Beside(903, -1, null, Map.of(), false)));
        try (BodyBatch batch = new BodyBatch("envelope", List.of(block))) {
            assertThat(new String(batch.write(0, 0, 3), StandardCharsets.UTF_8)).isEqualTo("""
                    {"key":"k","value":"a\\nb","source":"clicks","stream":"clicks-0","position":900,"time":"2026-11-21T00:00:00.124Z","headers":[{"name":"trace","value":"1\\n2"},{"name":"","value-base64":"/w=="},{"name":"none","value":null}]}
                    {"key-base64":"/wA=","value":null,"source":"clicks","stream":"clicks-0","position":902,"time":"2026-11-21T00:00:00.125Z"}
                    {"key":null,"value":"","source":"clicks","stream":"clicks-0","position":903,"time":"2026-11-21T00:00:00.123Z"}
                    """);
        }
    }

    @Test
    void shouldLeaveOutOfLinesWhatIsNoLine() {
        List<BodyBatch.Beside> frames = Stream.of(false, true, false, false)
                .map(tombstone -> new BodyBatch.Beside(0, 0, bytes("k"), Map.of(), tombstone))
                .toList();
        BodyBatch.Arrival block = new BodyBatch.Arrival(
                "clicks", "clicks-0", 0, 0, List.of(bytes("a\nb"), bytes(""), bytes(""), bytes("c")), frames);
        try (BodyBatch batch = new BodyBatch("lines", List.of(block))) {
            assertThat(new String(batch.write(0, 0, 4), StandardCharsets.UTF_8)).isEqualTo("\nc\n");
            assertThat(batch.body().extent(0, 0, 4)).isEqualTo(new Extent(4, 2, 3));
            assertThat(batch.body().carriedBefore(0, 3)).isEqualTo(1);
            assertThat(batch.body().uncarried(0, 0)).isEqualTo(Unencodable.NEWLINE_IN_RECORD);
            assertThat(batch.body().uncarried(0, 1)).isEqualTo(Unencodable.TOMBSTONE);
        }
    }

    @Test
    void shouldMeasureARecordTheSameWhateverWasWrittenBefore() {
        BodyBatch.Arrival near = new BodyBatch.Arrival("a", "b", 0, 0, List.of(bytes("1")));
        BodyBatch.Arrival far = new BodyBatch.Arrival("logs", "stream".repeat(9), 0, 0, List.of(bytes("2")));
        try (BodyBatch batch = new BodyBatch("envelope", List.of(near, far))) {
            PartBody body = batch.body();
            Extent second = body.extent(0, 1, 2);
            Extent first = body.extent(0, 0, 1);
            NativeText.filled(second.bodyBytes(), address -> body.write(0, 1, second, address));
            assertThat(body.extent(0, 1, 2)).isEqualTo(second);
            assertThat(body.extent(0, 0, 1)).isEqualTo(first).isNotEqualTo(new Extent(1, 1, second.bodyBytes()));
        }
    }

    @Test
    void shouldJoinTheRecordsThatAreJsonAndLeaveTheOthersOut() {
        List<byte[]> records = Stream.of("{\"a\" : 1}\r", "", "no", " 2 ", "[1,", "\"x\"")
                .map(PartBodyTest::bytes)
                .toList();
        try (BodyBatch batch = new BodyBatch("json", List.of(BodyBatch.block(records)))) {
            assertThat(new String(batch.write(0, 0, 6), StandardCharsets.UTF_8)).isEqualTo("[{\"a\" : 1},2,\"x\"]");
            assertThat(batch.body().extent(0, 0, 6)).isEqualTo(new Extent(6, 3, 17));
            assertThat(batch.body().extent(0, 1, 3)).isEqualTo(new Extent(3, 0, 0));
            assertThat(batch.write(0, 1, 3)).isEmpty();
            assertThat(batch.body().carriedBefore(0, 5)).isEqualTo(2);
            assertThat(batch.body().uncarried(0, 1)).isEqualTo(Unencodable.NOT_JSON);
            assertThat(batch.body().uncarried(0, 0)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lines", "json", "envelope"})
    void shouldCarryARecordThatIsTooLargeWithNoOther(String format) {
        List<byte[]> records = Stream.of("1", "\"" + "x".repeat(1000) + "\"", "2")
                .map(PartBodyTest::bytes)
                .toList();
        try (BodyBatch batch = new BodyBatch(format, List.of(BodyBatch.block(records)))) {
            PartBody body = batch.body();
            assertThat(body.extent(0, 0, 3, 10, 500).end()).isEqualTo(1);
            Extent alone = body.extent(0, 1, 3, 10, 500);
            assertThat(alone.end()).isEqualTo(2);
            assertThat(alone.bodyBytes()).isGreaterThan(1000);
            assertThat(batch.write(0, 1, 2)).hasSize((int) alone.bodyBytes());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"lines", "json", "envelope"})
    void shouldRefuseWhatDoesNotExist(String format) {
        try (BodyBatch batch = new BodyBatch(format, List.of(BodyBatch.block(List.of(bytes("1"), bytes("2")))))) {
            PartBody body = batch.body();
            assertThatIllegalArgumentException().isThrownBy(() -> body.extent(0, 0, 0, 1, 1));
            assertThatIllegalArgumentException().isThrownBy(() -> body.extent(0, 0, 1, 0, 1));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> body.extent(0, 0, 3));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> body.extent(1, 0, 1, 1, 1));
            assertThatExceptionOfType(IndexOutOfBoundsException.class).isThrownBy(() -> body.extent(0, 2, 3, 1, 1));
            batch.open().close();
            assertThatIllegalStateException().isThrownBy(() -> body.extent(0, 0, 1));
        }
    }

    @Test
    void shouldSayThatItDoesNotKnowAFormat() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new BodyBatch("xml", List.of(BodyBatch.block(List.of(bytes("1"))))))
                .withMessageContaining("xml");
    }

    @Provide
    Arbitrary<String> formats() {
        return Arbitraries.of("lines", "json", "envelope");
    }

    @Provide
    Arbitrary<List<BodyBatch.Arrival>> batches() {
        Arbitrary<byte[]> json = Arbitraries.of(
                        "1", "{}", " {\"k\":\"v\"} ", "[1,2]\r", "\"\u00e9\"", "null", "\"" + "y".repeat(70) + "\"")
                .map(PartBodyTest::bytes);
        Arbitrary<byte[]> others = Arbitraries.of(
                        "", " ", "a", "\"", "\\\u0001\t", "\u6f22\ud83d\ude00", "{\"k\":}", "#1")
                .map(PartBodyTest::bytes);
        Arbitrary<byte[]> anyBytes =
                Arbitraries.bytes().filter(b -> b != '\n').array(byte[].class).ofMaxSize(20);
        Arbitrary<BodyBatch.Arrival> block = Combinators.combine(
                        Arbitraries.of("logs", "clicks"),
                        Arbitraries.of("10.0.0.1:4711", "a-b_c.d", "\"\u00e9\\"),
                        Arbitraries.longs().between(0, Long.MAX_VALUE - 100),
                        Arbitraries.longs().between(0, 4_000_000_000_000L),
                        Arbitraries.oneOf(json, others, anyBytes)
                                .list()
                                .ofMinSize(1)
                                .ofMaxSize(8))
                .as((source, stream, first, millis, records) ->
                        new BodyBatch.Arrival(source, stream, first, millis, records));
        Arbitrary<BodyBatch.Arrival> frames = block.flatMap(lines -> besides(json)
                .list()
                .ofSize(lines.records().size())
                .map(besides -> new BodyBatch.Arrival(
                        lines.source(), lines.stream(), lines.first(), lines.millis(), broken(lines), besides)));
        return Arbitraries.oneOf(block, frames).list().ofMinSize(1).ofMaxSize(8);
    }

    /** Values may hold newlines. */
    private static List<byte[]> broken(BodyBatch.Arrival lines) {
        return lines.records().stream()
                .map(record -> record.length % 5 == 3 ? bytes(latin1(record) + "\n") : record)
                .toList();
    }

    private static Arbitrary<BodyBatch.Beside> besides(Arbitrary<byte[]> texts) {
        Arbitrary<byte[]> anyBytes = Arbitraries.bytes().array(byte[].class).ofMaxSize(12);
        Arbitrary<Map<String, byte[]>> headers = Arbitraries.maps(
                        Arbitraries.of("", "trace-id", "\"\u00e9"),
                        Arbitraries.oneOf(texts, anyBytes).injectNull(0.3))
                .ofMaxSize(3);
        return Combinators.combine(
                        Arbitraries.longs().greaterOrEqual(0),
                        Arbitraries.longs().between(-1, 4_000_000_000_000L),
                        Arbitraries.oneOf(texts, anyBytes).injectNull(0.3),
                        headers,
                        Arbitraries.of(false, false, true))
                .as(BodyBatch.Beside::new);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String latin1(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
