package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What is JSON and what its keys are is what Jackson says; and a record is remembered as JSON where it is, of what a
 * body can carry as it is, and nowhere else.
 */
class JsonReferenceTest {

    private static final String[] POINTERS = {"", "/a", "/a/b", "/0", "/0/a", "/b", "/xxxxxxxxxx"};

    private static final JsonFactory STRICT = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Integer.MAX_VALUE)
                    .maxNumberLength(Integer.MAX_VALUE)
                    .build())
            .build();

    /** Of UTF-8 by the JDK's decoder, and then by Jackson, with nothing around it. */
    private static boolean isStrict(byte[] record) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(record))
                    .toString();
        } catch (CharacterCodingException e) {
            return false;
        }
        if (text.isEmpty() || isSpace(text.charAt(0)) || isSpace(text.charAt(text.length() - 1))) {
            return false;
        }
        try (JsonParser parser = STRICT.createParser(text)) {
            if (parser.nextToken() == null) {
                return false;
            }
            parser.skipChildren();
            return parser.nextToken() == null;
        } catch (JsonProcessingException e) {
            return false;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isSpace(char c) {
        return c <= ' ';
    }

    static void check(byte[] record, String pointer, JsonKeyExtractor extractor) {
        String shown = pointer + " of " + new String(record, StandardCharsets.ISO_8859_1);
        byte[] key = KeyBytes.of(extractor, record);
        assertThat(key).as(shown).isEqualTo(new JacksonKeys(JsonPath.of(pointer)).key(record, record.length));
        boolean remembered = extractor.hasReadJson();
        if (remembered || pointer.equals("/xxxxxxxxxx")) {
            assertThat(remembered).as(shown).isEqualTo(isStrict(record) && JacksonKeys.reads(record));
        }
    }

    @Test
    void shouldJudgeEveryTextOfTheCorpusAsJacksonDoes() {
        for (String pointer : POINTERS) {
            JsonKeyExtractor extractor = new JsonKeyExtractor(JsonPath.of(pointer));
            for (byte[] record : JsonCorpus.texts()) {
                check(record, pointer, extractor);
            }
        }
    }

    @Property(tries = 100)
    void shouldJudgeRecordsAsJacksonDoes(@ForAll Random random) {
        for (String pointer : POINTERS) {
            JsonKeyExtractor extractor = new JsonKeyExtractor(JsonPath.of(pointer));
            for (int i = 0; i < 100; i++) {
                check(KeyReferenceTest.json(random), pointer, extractor);
            }
        }
    }

    @Property(tries = 50)
    void shouldFindInOneWalkWhatEachPointerLeadsTo(@ForAll Random random) {
        JsonWalk walk = new JsonWalk();
        List<JsonKeyExtractor> extractors = new ArrayList<>();
        for (String pointer : POINTERS) {
            JsonKeyExtractor extractor = new JsonKeyExtractor(JsonPath.of(pointer));
            extractor.share(walk);
            extractors.add(extractor);
        }
        List<byte[]> corpus = JsonCorpus.texts();
        for (int i = 0; i < 300; i++) {
            byte[] record = i % 3 == 0 ? corpus.get(random.nextInt(corpus.size())) : KeyReferenceTest.json(random);
            walk.forget();
            try (NativeBytes memory = NativeBytes.of(record)) {
                for (int pointer = 0; pointer < POINTERS.length; pointer++) {
                    assertThat(KeyBytes.of(extractors.get(pointer), memory.address(), memory.length()))
                            .as(POINTERS[pointer] + " of " + new String(record, StandardCharsets.ISO_8859_1))
                            .isEqualTo(new JacksonKeys(JsonPath.of(POINTERS[pointer])).key(record, record.length));
                }
            }
        }
    }

    /** All texts of the corpus and more, one after the other: what was remembered of one is not of the next. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "json:/a",
                "v2 json:/a",
                "v2 [\"json:/a\",\"json:/b\"]",
                "v2 {\"x\":\"json:/a\",\"y\":{\"any-of\":[\"json:/b\",\"csv:2\"]}}",
                "v2 [\"csv:1\",\"json:/b\"]",
                "record"
            })
    void shouldRememberOfEachRecordOfABatchWhetherItIsJson(String key) {
        List<byte[]> records = new ArrayList<>();
        for (byte[] text : JsonCorpus.texts()) {
            if (new String(text, StandardCharsets.ISO_8859_1).indexOf('\n') < 0) {
                records.add(text);
            }
        }
        records.add(("{\"a\":\"" + "x".repeat(100_000) + "\"}").getBytes(StandardCharsets.US_ASCII));
        records.add("y".repeat(100_000).getBytes(StandardCharsets.US_ASCII));
        for (MissingKey missing : MissingKey.values()) {
            if (key.contains("any-of") && missing == MissingKey.DLQ) {
                continue;
            }
            Keying keying = new Keying(KeySpec.of(key), missing, 1);
            int known = 0;
            try (LeakCheck leaks = new LeakCheck();
                    TestBatch batch = TestBatch.of(records, 100, new Random(1));
                    Assignment assignment = new BucketAssigner(1, Runnable::run).assign(batch.chunks(), keying)) {
                for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
                    for (long ordinal = 0; ordinal < assignment.records(bucket); ordinal++) {
                        byte[] record = NativeBytes.read(
                                assignment.address(bucket, ordinal), assignment.length(bucket, ordinal));
                        boolean json = assignment.isJson(bucket, ordinal);
                        known += json ? 1 : 0;
                        assertThat(!json || isStrict(record))
                                .as(new String(record, StandardCharsets.ISO_8859_1))
                                .isTrue();
                    }
                }
            }
            assertThat(known > 0).as(key + " " + missing).isEqualTo(!key.equals("record"));
        }
    }

    @Test
    void shouldRememberNothingOfARecordWithoutAValue() {
        byte[] value = TestRecord.chunk(List.of(TestRecord.frame("k", "{\"a\":1}")));
        byte[] tombstone = TestRecord.chunk(List.of(TestRecord.frame("k", null)));
        try (TestBatch batch = new TestBatch()) {
            batch.add(value, value.length, 1, 0, true);
            batch.add(tombstone, tombstone.length, 1, 1, true);
            for (String key : List.of(
                    "json:/a", "v2 [\"kafka-key\",\"json:/a\"]", "v2 {\"x\":\"json:/a\",\"y\":\"kafka-key\"}")) {
                Keying keying = new Keying(KeySpec.of(key), MissingKey.RECORD, 1);
                try (Assignment assignment = new BucketAssigner(1, Runnable::run).assign(batch.chunks(), keying)) {
                    for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
                        for (long ordinal = 0; ordinal < assignment.records(bucket); ordinal++) {
                            assertThat(assignment.isJson(bucket, ordinal))
                                    .as(key)
                                    .isEqualTo(!Frame.isTombstone(assignment.frame(bucket, ordinal)));
                        }
                    }
                }
            }
        }
    }
}
