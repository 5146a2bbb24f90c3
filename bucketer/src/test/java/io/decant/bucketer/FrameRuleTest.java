package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/** The bucket rule over batches in which some records are lines and some are frames. */
class FrameRuleTest {

    private static final ExecutorService POOL = Executors.newFixedThreadPool(7);
    /** The key of a tombstone that has no other; no text is it. */
    private static final String TOMBSTONE = "\uffff";

    @AfterContainer
    static void stopPool() {
        POOL.shutdown();
    }

    @Property(tries = 1_000)
    void shouldAgreeWithTheNaiveModelWhateverLiesWhere(
            @ForAll("batches") List<TestRecord> records,
            @ForAll("keys") String key,
            @ForAll MissingKey missing,
            @ForAll @IntRange(min = 1, max = 8) int threads,
            @ForAll @IntRange(min = 1, max = 40) int chunkRecordsMax,
            @ForAll @IntRange(min = 1, max = 64) int partitionRecords,
            @ForAll long seed) {
        Keying keying = new Keying(KeySpec.of(key), missing, seed);
        List<List<TestRecord>> expected = new ArrayList<>();
        List<TestRecord> keyless = new ArrayList<>();
        part(records, key, missing, expected, keyless);
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = batch(records, chunkRecordsMax, new Random(seed));
                Assignment assignment =
                        new BucketAssigner(threads, POOL, 0, partitionRecords).assign(batch.chunks(), keying, true)) {
            assertThat(buckets(assignment)).isEqualTo(expected);
            assertThat(keyless(assignment)).isEqualTo(keyless);
            assertThat(assignment.hasFrames()).isEqualTo(records.stream().anyMatch(TestRecord::framed));
            assertThat(assignment.hottest().map(HotKey::count))
                    .isEqualTo(expected.isEmpty() ? Optional.empty() : Optional.of((long) expected.size()));
            for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
                for (long ordinal = 0; ordinal < assignment.records(bucket); ordinal++) {
                    assertThat(expected.get(bucket).get((int) ordinal))
                            .isEqualTo(records.get((int) assignment.arrival(bucket, ordinal)));
                }
            }
        }
    }

    private static void part(
            List<TestRecord> records,
            String spec,
            MissingKey missing,
            List<List<TestRecord>> buckets,
            List<TestRecord> keyless) {
        Map<String, Integer> seen = new HashMap<>();
        for (TestRecord record : records) {
            String key = key(record, spec);
            if (key == null && missing == MissingKey.DLQ && !spec.equals("record")) {
                keyless.add(record);
                continue;
            }
            String whole = record.value() == null ? TOMBSTONE : record.value();
            int bucket = seen.merge(key == null ? whole : key, 1, Integer::sum) - 1;
            if (bucket == buckets.size()) {
                buckets.add(new ArrayList<>());
            }
            buckets.get(bucket).add(record);
        }
    }

    private static String key(TestRecord record, String spec) {
        if (spec.equals("kafka-key")) {
            return record.key();
        }
        if (spec.equals("record") || record.value() == null) {
            return null;
        }
        int comma = record.value().indexOf(',');
        return comma < 0 ? null : record.value().substring(comma + 1);
    }

    private static List<List<TestRecord>> buckets(Assignment assignment) {
        List<List<TestRecord>> buckets = new ArrayList<>();
        for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
            List<TestRecord> records = new ArrayList<>();
            for (long ordinal = 0; ordinal < assignment.records(bucket); ordinal++) {
                records.add(record(
                        assignment.frame(bucket, ordinal),
                        assignment.address(bucket, ordinal),
                        assignment.length(bucket, ordinal)));
            }
            buckets.add(records);
        }
        return buckets;
    }

    private static List<TestRecord> keyless(Assignment assignment) {
        List<TestRecord> records = new ArrayList<>();
        for (long ordinal = 0; ordinal < assignment.keyless(); ordinal++) {
            records.add(record(
                    assignment.keylessFrame(ordinal),
                    assignment.keylessAddress(ordinal),
                    assignment.keylessLength(ordinal)));
        }
        return records;
    }

    private static TestRecord record(long frame, long address, int length) {
        String value = NaiveBuckets.text(NativeBytes.read(address, length));
        if (frame == 0) {
            return TestRecord.line(value);
        }
        TestRecord record = TestRecord.read(frame);
        assertThat(value).isEqualTo(record.value() == null ? "" : record.value());
        return record;
    }

    @Example
    void shouldNotTakeATombstoneForTheEmptyValue() {
        List<TestRecord> records = List.of(TestRecord.frame("k", ""), TestRecord.frame("k", null), TestRecord.line(""));
        try (TestBatch batch = batch(records, 3, new Random(1));
                Assignment assignment =
                        new BucketAssigner(1, Runnable::run).assign(batch.chunks(), Keying.wholeRecord(3))) {
            assertThat(assignment.buckets()).isEqualTo(2);
            assertThat(assignment.records(0)).isEqualTo(2);
        }
    }

    @Example
    void shouldShowTheHottestKeyAndNotAValueThatDoesNotHoldIt() {
        List<TestRecord> records =
                List.of(TestRecord.frame("cold", "a"), TestRecord.frame("hot", "b"), TestRecord.frame("hot", null));
        Keying keying = new Keying(KeySpec.of("kafka-key"), MissingKey.RECORD, 1);
        try (TestBatch batch = batch(records, 3, new Random(1));
                Assignment assignment = new BucketAssigner(1, Runnable::run).assign(batch.chunks(), keying)) {
            HotKey hottest = assignment.hottest().orElseThrow();
            assertThat(NaiveBuckets.text(NativeBytes.read(hottest.address(), hottest.length())))
                    .isEqualTo("hot");
            assertThat(assignment.topKeys(5)).hasSize(2).first().isEqualTo(hottest);
        }
    }

    @Example
    void shouldCopyNoLinesWhereThereAreFrames() {
        try (TestBatch batch = batch(List.of(TestRecord.frame("k", "v")), 1, new Random(1));
                Assignment assignment =
                        new BucketAssigner(1, Runnable::run).assign(batch.chunks(), Keying.wholeRecord(3))) {
            assertThatIllegalStateException().isThrownBy(() -> assignment.copyLines(0, 0, 1, 1));
        }
    }

    /** A frame whose lengths do not agree, or that goes on behind its chunk, is not read. */
    @Property(tries = 300)
    void shouldRefuseAChunkThatDoesNotHoldTheFramesAnnounced(
            @ForAll @IntRange(min = 1, max = 5) int frames, @ForAll("mistakes") Mistake mistake) {
        List<TestRecord> records = new ArrayList<>();
        for (int i = 0; i < frames; i++) {
            records.add(TestRecord.frame("key".repeat(20) + i, i % 2 == 0 ? null : "value"));
        }
        byte[] bytes = TestRecord.chunk(records);
        int announced = frames;
        switch (mistake) {
            case ONE_TOO_FEW -> announced++;
            case LENGTH -> bytes[0]++;
            case NEGATIVE -> bytes[27] = (byte) 0x80;
            case CUT_OFF -> bytes = Arrays.copyOf(bytes, bytes.length - 1);
            case BYTES_BEHIND -> bytes = Arrays.copyOf(bytes, bytes.length + 3);
        }
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = new TestBatch()) {
            batch.add(Arrays.copyOf(bytes, Math.max(bytes.length, 1_000)), bytes.length, announced, 4711, true);
            assertThatThrownBy(() -> new BucketAssigner(1, Runnable::run).assign(batch.chunks(), Keying.wholeRecord(1)))
                    .isInstanceOfSatisfying(ChunkMismatchException.class, e -> assertThat(e.tag())
                            .isEqualTo(4711))
                    .hasMessageContaining("chunk 4711 was announced with " + announced + " frames");
        }
    }

    enum Mistake {
        ONE_TOO_FEW,
        LENGTH,
        NEGATIVE,
        CUT_OFF,
        BYTES_BEHIND
    }

    @Provide
    Arbitrary<Mistake> mistakes() {
        return Arbitraries.of(Mistake.values());
    }

    /** Chunks of a random length, each of lines or of frames. */
    private static TestBatch batch(List<TestRecord> records, int chunkRecordsMax, Random random) {
        TestBatch batch = new TestBatch();
        for (int from = 0; from < records.size(); ) {
            boolean framed = records.get(from).framed();
            int most = from + 1 + random.nextInt(chunkRecordsMax);
            int to = from + 1;
            while (to < Math.min(most, records.size()) && records.get(to).framed() == framed) {
                to++;
            }
            byte[] bytes = TestRecord.chunk(records.subList(from, to));
            batch.add(bytes, bytes.length, to - from, from, framed);
            from = to;
        }
        return batch;
    }

    @Provide
    Arbitrary<String> keys() {
        return Arbitraries.of("record", "kafka-key", "csv:2");
    }

    @Provide
    Arbitrary<List<TestRecord>> batches() {
        Arbitrary<String> texts = Arbitraries.of("", "a", "b", "x,a", "x,b", "y,", "x".repeat(70_000));
        Arbitrary<TestRecord> lines = texts.map(TestRecord::line);
        Arbitrary<TestRecord> frames = Combinators.combine(
                        texts.injectNull(0.2),
                        Arbitraries.oneOf(texts, Arbitraries.of("line\nline", "\0"))
                                .injectNull(0.2),
                        Arbitraries.longs().greaterOrEqual(0),
                        Arbitraries.longs(),
                        Arbitraries.maps(Arbitraries.of("h", "trace-id", ""), texts.injectNull(0.3))
                                .ofMaxSize(3))
                .as((key, value, offset, timestamp, headers) ->
                        new TestRecord(true, key, value, offset, timestamp, shortened(headers)));
        return Arbitraries.oneOf(
                frames.list().ofMaxSize(60),
                Arbitraries.oneOf(lines, frames).list().ofMaxSize(120),
                lines.list().ofMaxSize(60));
    }

    private static Map<String, String> shortened(Map<String, String> headers) {
        headers.replaceAll((name, value) -> value == null ? null : value.substring(0, Math.min(20, value.length())));
        return headers;
    }
}
