package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.transform.StepTransform;
import io.decant.bucketer.transform.TransformError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.LongUnaryOperator;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;

/**
 * Transforms before the bucket rule: the buckets are those of what the records become, whatever the threads, the bounds
 * of memory and the segments are.
 */
class TransformedBatchTest {

    private static final ExecutorService POOL = Executors.newFixedThreadPool(7);
    private static final String TOMBSTONE = "\uffff";

    private static final List<List<String>> STEPS = List.of(
            List.of("split: \" \"", "drop: \"empty\""),
            List.of("lower", "split: \" \""),
            List.of("json-each: \"\"", "trim"),
            List.of("keep: \"regex:a\""),
            List.of("drop: \"tombstone\""),
            List.of("csv-pick: [2,1]"),
            List.of("replace: {\"regex\":\"a\",\"with\":\"xyz\"}"),
            List.of("split: \",\"", "replace: {\"regex\":\"$\",\"with\":\"!\"}"));

    /** Nothing but filters, for which there is a shorter way. */
    private static final List<List<String>> FILTERS = List.of(
            List.of(),
            List.of("keep: \"regex:a\""),
            List.of("drop: \"empty\"", "keep: \"regex:a|b\""),
            List.of("drop: \"tombstone\""),
            List.of("keep: \"tombstone\""),
            List.of("drop: \"regex: \"", "keep: \"json:/0\""));

    @AfterContainer
    static void stopPool() {
        POOL.shutdown();
    }

    /** A record, and which transform it goes through. */
    record Source(TestRecord record, int transform) {}

    /** What is expected of a record in a bucket. */
    record Output(TestRecord record, long arrival, int index) {}

    /** What a batch becomes. */
    private static final class Expected {
        private final List<List<Output>> buckets = new ArrayList<>();
        private final List<TestRecord> keyless = new ArrayList<>();
        private final List<Long> keylessArrivals = new ArrayList<>();
        private final List<TestRecord> failed = new ArrayList<>();
        private final List<Long> failedArrivals = new ArrayList<>();
    }

    @Property(tries = 200)
    void shouldSplitWhatRecordsBecomeWhateverTheBoundsAre(
            @ForAll("sources") List<Source> sources,
            @ForAll("transforms") List<Transform> transforms,
            @ForAll("keys") String key,
            @ForAll MissingKey missing,
            @ForAll @IntRange(min = 1, max = 8) int threads,
            @ForAll("bounds") OutputBounds bounds,
            @ForAll long seed) {
        Keying keying = new Keying(KeySpec.of(key), missing, seed, transforms);
        Expected expected = expected(sources, keying);
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = batch(sources, new Random(seed));
                TransformedBatch transformed =
                        new BucketAssigner(threads, POOL, 0, 4, bounds).assignTransformed(batch.chunks(), keying);
                ArrivalBuckets buckets = transformed.newBuckets();
                ArrivalBuckets others = transformed.newBuckets()) {
            assertThat(transformed.records()).isEqualTo(sources.size());
            assertThat(outputs(buckets)).isEqualTo(expected.buckets);
            assertThat(buckets.records())
                    .isEqualTo(expected.buckets.stream().mapToLong(List::size).sum());
            assertThat(keyless(buckets)).isEqualTo(expected.keyless);
            assertThat(LongList.of(buckets.keyless(), buckets::keylessArrival)).isEqualTo(expected.keylessArrivals);
            assertThat(failed(buckets)).isEqualTo(expected.failed);
            assertThat(LongList.of(buckets.failed(), buckets::failedArrival)).isEqualTo(expected.failedArrivals);
            assertThat(buckets.hottest().map(HotKey::count).orElse(0L)).isEqualTo(expected.buckets.size());
            shouldReadAnywhere(others, expected, new Random(seed));
        }
    }

    @Property(tries = 200)
    void shouldSplitWhatFiltersLeave(
            @ForAll("sources") List<Source> sources,
            @ForAll("filters") List<Transform> filters,
            @ForAll("keys") String key,
            @ForAll MissingKey missing,
            @ForAll @IntRange(min = 1, max = 8) int threads,
            @ForAll long seed) {
        assertThat(filters).allMatch(Transform::onlyFilters);
        shouldSplitWhatRecordsBecomeWhateverTheBoundsAre(
                sources, filters, key, missing, threads, OutputBounds.DEFAULT, seed);
    }

    @Property(tries = 200)
    void shouldFilterAsItTransforms(
            @ForAll("sources") List<Source> sources,
            @ForAll("filters") List<Transform> filters,
            @ForAll("severalKeys") KeySpec key,
            @ForAll MissingKey missing,
            @ForAll @IntRange(min = 1, max = 8) int threads,
            @ForAll long seed) {
        List<Transform> others =
                filters.stream().<Transform>map(AnyTransform::new).toList();
        try (TestBatch batch = batch(sources, new Random(seed));
                TransformedBatch filtered = new BucketAssigner(threads, POOL, 0, 4)
                        .assignTransformed(batch.chunks(), new Keying(key, missing, seed, filters));
                TransformedBatch transformed = new BucketAssigner(1, POOL)
                        .assignTransformed(batch.chunks(), new Keying(key, missing, seed, others));
                ArrivalBuckets buckets = filtered.newBuckets();
                ArrivalBuckets expected = transformed.newBuckets()) {
            assertThat(outputs(buckets)).isEqualTo(outputs(expected));
            assertThat(keyless(buckets)).isEqualTo(keyless(expected));
            assertThat(LongList.of(buckets.keyless(), buckets::keylessArrival))
                    .isEqualTo(LongList.of(expected.keyless(), expected::keylessArrival));
            assertThat(failed(buckets)).isEqualTo(failed(expected));
            assertThat(IntStream.range(0, (int) buckets.failed()).mapToObj(buckets::failure))
                    .containsExactlyElementsOf(IntStream.range(0, (int) expected.failed())
                            .mapToObj(expected::failure)
                            .toList());
            assertThat(buckets.hottestByName()).hasSameSizeAs(expected.hottestByName());
            for (int i = 0; i < 2; i++) {
                assertThat(filtered.counts().get(i))
                        .usingRecursiveComparison()
                        .isEqualTo(transformed.counts().get(i));
            }
        }
    }

    /** Says nothing of what it is. */
    private record AnyTransform(Transform of) implements Transform {
        @Override
        public Transformer newTransformer() {
            return of.newTransformer();
        }

        @Override
        public boolean canSplit() {
            return of.canSplit();
        }

        @Override
        public int steps() {
            return of.steps();
        }
    }

    /** Also backwards and at random, which a window is not made for. */
    private static void shouldReadAnywhere(ArrivalBuckets buckets, Expected expected, Random random) {
        for (int i = 0; i < 20 && buckets.buckets() > 0; i++) {
            int bucket = random.nextInt(buckets.buckets());
            long ordinal = random.nextInt((int) buckets.records(bucket));
            assertThat(output(buckets, bucket, ordinal))
                    .isEqualTo(expected.buckets.get(bucket).get((int) ordinal));
        }
        if (!buckets.hasFrames() && buckets.buckets() > 0) {
            int bucket = random.nextInt(buckets.buckets());
            long bytes = buckets.linesLength(bucket, 0, buckets.records(bucket));
            long copy = Memory.allocate(Math.max(1, bytes));
            assertThat(buckets.copyLines(bucket, 0, buckets.records(bucket), copy))
                    .isEqualTo(bytes);
            StringBuilder lines = new StringBuilder();
            expected.buckets
                    .get(bucket)
                    .forEach(output -> lines.append(output.record().value()).append('\n'));
            assertThat(NaiveBuckets.text(NativeBytes.read(copy, (int) bytes))).isEqualTo(lines.toString());
            Memory.free(copy, Math.max(1, bytes));
            assertThat(buckets.partEnd(bucket, 0, Long.MAX_VALUE, bytes)).isEqualTo(buckets.records(bucket));
        }
    }

    /** As on Spark: no segment sees another one's records. */
    @Property(tries = 100)
    void shouldSplitSegmentsAsTheWholeBatch(
            @ForAll("sources") List<Source> sources,
            @ForAll("transforms") List<Transform> transforms,
            @ForAll("keys") String key,
            @ForAll MissingKey missing,
            @ForAll long seed) {
        Keying keying = new Keying(KeySpec.of(key), missing, seed, transforms);
        Expected expected = expected(sources, keying);
        List<List<Output>> buckets = new ArrayList<>();
        List<TestRecord> keyless = new ArrayList<>();
        List<TestRecord> failed = new ArrayList<>();
        List<Long> failedArrivals = new ArrayList<>();
        Random random = new Random(seed);
        try (LeakCheck leaks = new LeakCheck();
                HashCounts before = new HashCounts(1)) {
            for (int from = 0; from < sources.size(); ) {
                int to = Math.min(sources.size(), from + 1 + random.nextInt(20));
                int first = from;
                try (TestBatch batch = batch(sources.subList(from, to), random);
                        SegmentAssigner assigner = SegmentAssigner.scan(batch.chunks(), keying);
                        HashCounts counts = assigner.count()) {
                    assertThat(counts.size()).isLessThanOrEqualTo(assigner.keyed());
                    try (SegmentBuckets segment = assigner.assign(before)) {
                        add(segment, first, buckets, keyless, failed, failedArrivals);
                    }
                }
                from = to;
            }
        }
        assertThat(buckets).isEqualTo(expected.buckets);
        assertThat(keyless).isEqualTo(expected.keyless);
        assertThat(failed).isEqualTo(expected.failed);
        assertThat(failedArrivals).isEqualTo(expected.failedArrivals);
    }

    private static void add(
            SegmentBuckets segment,
            int first,
            List<List<Output>> buckets,
            List<TestRecord> keyless,
            List<TestRecord> failed,
            List<Long> failedArrivals) {
        for (long i = 0; i < segment.records(); i++) {
            while (buckets.size() <= segment.bucket(i)) {
                buckets.add(new ArrayList<>());
            }
            TestRecord record = record(segment.frame(i), segment.address(i), segment.length(i));
            buckets.get(segment.bucket(i)).add(new Output(record, first + segment.arrival(i), segment.index(i)));
        }
        for (long i = 0; i < segment.keyless(); i++) {
            keyless.add(record(segment.keylessFrame(i), segment.keylessAddress(i), segment.keylessLength(i)));
        }
        for (long i = 0; i < segment.failed(); i++) {
            failed.add(record(segment.failedFrame(i), segment.failedAddress(i), segment.failedLength(i)));
            failedArrivals.add(first + segment.failedArrival(i));
        }
    }

    @Example
    void shouldKeepItsBoundWhenRecordsBecomeMany() {
        String words = String.join(
                " ", IntStream.range(0, 50).mapToObj(i -> "w" + i % 30).toList());
        List<Source> sources = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            sources.add(new Source(TestRecord.line(words), 1));
        }
        Transform split = StepTransform.of(List.of("split: \" \""), TransformError.DLQ, null);
        Keying keying = new Keying(KeySpec.RECORD, MissingKey.RECORD, 1, List.of(split));
        OutputBounds bounds = new OutputBounds(1, 1 << 10, 10, 500);
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = batch(sources, new Random(1));
                TransformedBatch transformed =
                        new BucketAssigner(1, POOL, 0, 4, bounds).assignTransformed(batch.chunks(), keying)) {
            long before = Memory.allocatedBytes();
            try (ArrivalBuckets buckets = transformed.newBuckets()) {
                // 20 words come twice in each line, and 10 once.
                assertThat(buckets.records()).isEqualTo(100_000);
                assertThat(buckets.buckets()).isEqualTo(4_000);
                assertThat(buckets.records(1_999)).isEqualTo(30);
                assertThat(buckets.records(2_000)).isEqualTo(20);
                assertThat(record(0, buckets.address(3_999, 19), buckets.length(3_999, 19))
                                .value())
                        .isEqualTo("w19");
                assertThat(buckets.address(0, 0)).isNotZero();
                assertThat(Memory.allocatedBytes() - before).isLessThan(64 << 10);
            }
        }
    }

    @Example
    void shouldCountOnceWhatStepsDo() {
        Transform split = StepTransform.of(List.of("split: \" \"", "csv-pick: [1,2]"), TransformError.DLQ, null);
        Keying keying = new Keying(KeySpec.RECORD, MissingKey.RECORD, 1, List.of(split));
        List<Source> sources = List.of(
                new Source(TestRecord.line("a,b c,d"), 1),
                new Source(TestRecord.line("e"), 1),
                new Source(TestRecord.line("e"), 0));
        for (OutputBounds bounds : List.of(OutputBounds.DEFAULT, new OutputBounds(0, 0, 1, 1))) {
            try (TestBatch batch = batch(sources, new Random(1));
                    TransformedBatch transformed =
                            new BucketAssigner(1, POOL, 0, 4, bounds).assignTransformed(batch.chunks(), keying);
                    ArrivalBuckets buckets = transformed.newBuckets()) {
                outputs(buckets);
                StepCounts counts = transformed.counts().get(0);
                assertThat(counts.in(0)).isEqualTo(2);
                assertThat(counts.out(0)).isEqualTo(3);
                assertThat(counts.failed(1)).isEqualTo(1);
                assertThat(buckets.failure(0).reason()).isEqualTo(TransformFailure.Reason.NO_COLUMN);
                assertThat(buckets.failure(0).step()).isEqualTo(1);
            }
        }
    }

    @Example
    void shouldNotReadWhatIsClosed() {
        Keying keying = new Keying(
                KeySpec.RECORD, MissingKey.RECORD, 1, List.of(StepTransform.of(List.of(), TransformError.DLQ, null)));
        try (TestBatch batch = batch(List.of(new Source(TestRecord.line("a"), 1)), new Random(1))) {
            TransformedBatch transformed = new BucketAssigner(1, POOL).assignTransformed(batch.chunks(), keying);
            ArrivalBuckets buckets = transformed.newBuckets();
            buckets.close();
            transformed.close();
            transformed.close();
            assertThatThrownBy(buckets::records).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(transformed::newBuckets).isInstanceOf(IllegalStateException.class);
        }
    }

    /** As one would write it on a napkin. */
    private static Expected expected(List<Source> sources, Keying keying) {
        Expected expected = new Expected();
        Map<String, Integer> seen = new HashMap<>();
        for (int arrival = 0; arrival < sources.size(); arrival++) {
            Source source = sources.get(arrival);
            List<TestRecord> outputs = transformed(source, keying.transforms());
            if (outputs == null) {
                expected.failed.add(source.record());
                expected.failedArrivals.add((long) arrival);
                continue;
            }
            for (int i = 0; i < outputs.size(); i++) {
                TestRecord output = outputs.get(i);
                String key = key(output, keying.key().toString());
                boolean dlq =
                        keying.missing() == MissingKey.DLQ && !keying.key().equals(KeySpec.RECORD);
                if (key == null && dlq) {
                    expected.keyless.add(output);
                    expected.keylessArrivals.add((long) arrival);
                    continue;
                }
                String whole = output.value() == null ? TOMBSTONE : output.value();
                int bucket = seen.merge(key == null ? whole : key, 1, Integer::sum) - 1;
                if (bucket == expected.buckets.size()) {
                    expected.buckets.add(new ArrayList<>());
                }
                int index = outputs.size() > 1 ? i : ArrivalBuckets.ONLY;
                expected.buckets.get(bucket).add(new Output(output, arrival, index));
            }
        }
        return expected;
    }

    /** What a record becomes; null where it fails. */
    private static List<TestRecord> transformed(Source source, List<Transform> transforms) {
        TestRecord record = source.record();
        if (source.transform() == 0) {
            return List.of(record);
        }
        try (Transformer transformer = transforms.get(source.transform() - 1).newTransformer()) {
            if (record.value() == null) {
                return transformer.transformTombstone() == 1 ? List.of(record) : List.of();
            }
            try (NativeBytes bytes = NativeBytes.of(NaiveBuckets.bytes(record.value()))) {
                int count = transformer.transform(bytes.address(), bytes.length());
                if (count == Transformer.FAILED) {
                    return null;
                }
                List<TestRecord> outputs = new ArrayList<>();
                for (int i = 0; i < count; i++) {
                    String value = NaiveBuckets.text(NativeBytes.read(transformer.address(i), transformer.length(i)));
                    outputs.add(new TestRecord(
                            record.framed(),
                            record.key(),
                            value,
                            record.offset(),
                            record.timestampMillis(),
                            record.headers()));
                }
                return outputs;
            }
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

    private static TestBatch batch(List<Source> sources, Random random) {
        TestBatch batch = new TestBatch();
        for (int from = 0; from < sources.size(); ) {
            int to = from + 1;
            int most = from + 1 + random.nextInt(10);
            while (to < Math.min(sources.size(), most) && isAlike(sources.get(from), sources.get(to))) {
                to++;
            }
            Source first = sources.get(from);
            byte[] chunk = TestRecord.chunk(
                    sources.subList(from, to).stream().map(Source::record).toList());
            batch.add(chunk, chunk.length, to - from, from, first.record().framed(), first.transform());
            from = to;
        }
        return batch;
    }

    private static boolean isAlike(Source first, Source second) {
        return first.record().framed() == second.record().framed() && first.transform() == second.transform();
    }

    private static List<List<Output>> outputs(ArrivalBuckets buckets) {
        List<List<Output>> outputs = new ArrayList<>();
        for (int bucket = 0; bucket < buckets.buckets(); bucket++) {
            List<Output> records = new ArrayList<>();
            for (long ordinal = 0; ordinal < buckets.records(bucket); ordinal++) {
                records.add(output(buckets, bucket, ordinal));
            }
            outputs.add(records);
        }
        return outputs;
    }

    private static Output output(ArrivalBuckets buckets, int bucket, long ordinal) {
        TestRecord record = record(
                buckets.frame(bucket, ordinal), buckets.address(bucket, ordinal), buckets.length(bucket, ordinal));
        return new Output(record, buckets.arrival(bucket, ordinal), buckets.index(bucket, ordinal));
    }

    private static List<TestRecord> keyless(ArrivalBuckets buckets) {
        List<TestRecord> records = new ArrayList<>();
        for (long i = 0; i < buckets.keyless(); i++) {
            records.add(record(buckets.keylessFrame(i), buckets.keylessAddress(i), buckets.keylessLength(i)));
        }
        return records;
    }

    private static List<TestRecord> failed(ArrivalBuckets buckets) {
        List<TestRecord> records = new ArrayList<>();
        for (long i = 0; i < buckets.failed(); i++) {
            records.add(record(buckets.failedFrame(i), buckets.failedAddress(i), buckets.failedLength(i)));
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

    /** Numbers as a list. */
    private static final class LongList {
        static List<Long> of(long count, LongUnaryOperator each) {
            List<Long> numbers = new ArrayList<>();
            for (long i = 0; i < count; i++) {
                numbers.add(each.applyAsLong(i));
            }
            return numbers;
        }
    }

    @Provide
    Arbitrary<List<Source>> sources() {
        Arbitrary<String> values = Arbitraries.oneOf(
                Arbitraries.strings().withChars("aAb ,").ofMaxLength(8),
                Arbitraries.of("[1, 2,\"a,b\"]", "[]", "[ [1],2]", "a a a a", ""),
                Arbitraries.of("a".repeat(70_000), "b " + "a,".repeat(40) + "c", "A b" + "c".repeat(70_000) + " a"));
        Arbitrary<TestRecord> lines = values.map(TestRecord::line);
        Arbitrary<TestRecord> frames = Combinators.combine(
                        values.injectNull(0.2), Arbitraries.of("k", "l").injectNull(0.3), Arbitraries.integers())
                .as((value, key, offset) -> new TestRecord(
                        true, key, value, offset, offset % 7, offset % 2 == 0 ? Map.of() : Map.of("h", "v")));
        return Combinators.combine(
                        Arbitraries.frequencyOf(Tuple.of(3, lines), Tuple.of(2, frames)),
                        Arbitraries.integers().between(0, 2))
                .as(Source::new)
                .list()
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<List<Transform>> transforms() {
        return Combinators.combine(Arbitraries.of(STEPS), Arbitraries.of(TransformError.class))
                .as((steps, error) -> (Transform) StepTransform.of(steps, error, null))
                .list()
                .ofSize(2);
    }

    @Provide
    Arbitrary<List<Transform>> filters() {
        return Combinators.combine(Arbitraries.of(FILTERS), Arbitraries.of(TransformError.class))
                .as((steps, error) -> (Transform) StepTransform.of(steps, error, null))
                .list()
                .ofSize(2);
    }

    @Provide
    Arbitrary<KeySpec> severalKeys() {
        return Arbitraries.of(
                KeySpec.RECORD,
                KeySpec.parse("csv:2"),
                KeySpec.several(Map.of("a", KeySpec.parse("csv:1"), "b", KeySpec.parse("csv:2"))));
    }

    @Provide
    Arbitrary<String> keys() {
        return Arbitraries.of("record", "kafka-key", "regex:,(.*)$");
    }

    @Provide
    Arbitrary<OutputBounds> bounds() {
        return Arbitraries.of(
                OutputBounds.DEFAULT,
                new OutputBounds(Long.MAX_VALUE, 0, 1, 1),
                new OutputBounds(Long.MAX_VALUE, 300 << 10, 1, 1),
                new OutputBounds(0, 0, 2, 9),
                new OutputBounds(0, 0, 3, 17),
                new OutputBounds(0, 1 << 20, 1000, 4),
                new OutputBounds(0, 1 << 20, 1000, 1000),
                new OutputBounds(0, 0, 5, 1000));
    }
}
