package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.openhft.hashing.LongHashFunction;

/** The law: the k-th occurrence of a key goes to bucket k; and what follows from it. */
class BucketRuleTest {

    private static final ExecutorService POOL = Executors.newFixedThreadPool(7);

    @AfterContainer
    static void stopPool() {
        POOL.shutdown();
    }

    @Property(tries = 600)
    void shouldAgreeWithTheNaiveModelForAnyThreadsAndChunking(
            @ForAll("batches") List<byte[]> records,
            @ForAll @IntRange(min = 1, max = 8) int threads,
            @ForAll @IntRange(min = 1, max = 40) int chunkRecordsMax,
            @ForAll @IntRange(min = 1, max = 64) int partitionRecords,
            @ForAll long seed) {
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(records, chunkRecordsMax, new Random(seed));
                Assignment assignment =
                        assigner(threads, partitionRecords).assign(batch.chunks(), Keying.wholeRecord(seed))) {
            assertThat(NaiveBuckets.of(assignment)).isEqualTo(NaiveBuckets.of(records));
            assertThat(assignment.records()).isEqualTo(records.size());
        }
    }

    @Property(tries = 300)
    void shouldKeepRulesOneTwoAndFourWhenHashesCollide(
            @ForAll("batches") List<byte[]> records,
            @ForAll @IntRange(min = 1, max = 8) int threads,
            @ForAll @IntRange(min = 1, max = 20) int hashValues,
            @ForAll @IntRange(min = 1, max = 64) int partitionRecords,
            @ForAll long seed) {
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(records, 9, new Random(seed));
                Assignment assignment = assigner(threads, partitionRecords)
                        .assign(
                                batch.chunks(),
                                () -> new KeyHasher(new WeakHash(hashValues), new RecordKeyExtractor()),
                                false,
                                false)) {
            List<List<String>> buckets = NaiveBuckets.of(assignment);

            assertThat(buckets)
                    .allSatisfy(bucket -> assertThat(new HashSet<>(bucket)).hasSameSizeAs(bucket));
            List<String> union = buckets.stream().flatMap(List::stream).toList();
            assertThat(union)
                    .containsExactlyInAnyOrderElementsOf(
                            records.stream().map(NaiveBuckets::text).toList());
            // Keys with the same hash are one key: they make as many buckets as they occur together, and no more.
            LongHashFunction hash = new WeakHash(hashValues);
            long mostOfAHash =
                    records.stream()
                            .collect(Collectors.groupingBy(hash::hashBytes, Collectors.counting()))
                            .values()
                            .stream()
                            .mapToLong(Long::longValue)
                            .max()
                            .orElse(0);
            assertThat(buckets).hasSize(Math.toIntExact(mostOfAHash));
        }
    }

    @Property(tries = 200)
    void shouldKeepTheVersionsOfAKeyInOrderOfArrival(
            @ForAll List<@IntRange(max = 5) Integer> keys,
            @ForAll @IntRange(min = 1, max = 8) int threads,
            @ForAll @IntRange(min = 1, max = 20) int hashValues,
            @ForAll boolean collide) {
        List<byte[]> records = IntStream.range(0, keys.size())
                .mapToObj(i -> (keys.get(i) + "," + i).getBytes(StandardCharsets.US_ASCII))
                .toList();
        KeySpec first = KeySpec.of("csv:1");
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(records, 5, new Random(keys.size()));
                Assignment assignment = assigner(threads, 8)
                        .assign(
                                batch.chunks(),
                                () -> collide
                                        ? new KeyHasher(new WeakHash(hashValues), first.newExtractor())
                                        : new Keying(first, MissingKey.RECORD, 3).newHasher(),
                                false,
                                false)) {
            List<String> delivered =
                    NaiveBuckets.of(assignment).stream().flatMap(List::stream).toList();
            for (int key = 0; key <= 5; key++) {
                String prefix = key + ",";
                assertThat(delivered.stream().filter(r -> r.startsWith(prefix)))
                        .containsExactlyElementsOf(records.stream()
                                .map(NaiveBuckets::text)
                                .filter(r -> r.startsWith(prefix))
                                .toList());
            }
        }
    }

    /**
     * A record's key is its second column, which makes it a record of its own in the model: the first is always the
     * same.
     */
    @Property(tries = 500)
    void shouldLeaveRecordsWithoutAKeyOutAndBucketTheRestAsIfTheyWereNotThere(
            @ForAll("someKeyless") List<byte[]> records,
            @ForAll @IntRange(min = 1, max = 8) int threads,
            @ForAll @IntRange(min = 1, max = 40) int chunkRecordsMax,
            @ForAll @IntRange(min = 1, max = 64) int partitionRecords,
            @ForAll boolean arrivals,
            @ForAll long seed) {
        Keying keying = new Keying(KeySpec.of("csv:2"), MissingKey.DLQ, seed);
        KeyExtractor extractor = keying.key().newExtractor();
        List<byte[]> keyed = records.stream()
                .filter(record -> KeyBytes.of(extractor, record) != null)
                .toList();
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(records, chunkRecordsMax, new Random(seed));
                Assignment assignment = assigner(threads, partitionRecords).assign(batch.chunks(), keying, arrivals)) {
            assertThat(NaiveBuckets.of(assignment)).isEqualTo(NaiveBuckets.of(keyed));
            assertThat(assignment.records()).isEqualTo(keyed.size());
            assertThat(NaiveBuckets.keyless(assignment))
                    .isEqualTo(records.stream()
                            .filter(record -> KeyBytes.of(extractor, record) == null)
                            .map(NaiveBuckets::text)
                            .toList());
        }
    }

    @Property(tries = 500)
    void shouldKnowWhichRecordOfTheBatchEachIs(
            @ForAll("someKeyless") List<byte[]> records,
            @ForAll @IntRange(min = 1, max = 8) int threads,
            @ForAll @IntRange(min = 1, max = 40) int chunkRecordsMax,
            @ForAll MissingKey missing,
            @ForAll long seed) {
        Keying keying = new Keying(KeySpec.of("csv:2"), missing, seed);
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(records, chunkRecordsMax, new Random(seed));
                Assignment assignment = assigner(threads, 8).assign(batch.chunks(), keying, true)) {
            Chunks chunks = batch.chunks();
            HashSet<Long> seen = new HashSet<>();
            for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
                long before = -1;
                for (long ordinal = 0; ordinal < assignment.records(bucket); ordinal++) {
                    long arrival = assignment.arrival(bucket, ordinal);
                    assertThat(NaiveBuckets.text(records.get((int) arrival)))
                            .isEqualTo(NaiveBuckets.text(NativeBytes.read(
                                    assignment.address(bucket, ordinal), assignment.length(bucket, ordinal))));
                    assertThat(arrival).isGreaterThan(before);
                    assertThat(seen.add(arrival)).isTrue();
                    int chunk = chunks.chunkOf(arrival);
                    assertThat(arrival).isBetween((long) chunks.firstRecord(chunk), chunks.firstRecord(chunk + 1) - 1L);
                    // A chunk's tag is the ordinal of its first record, see TestBatch.
                    assertThat(chunks.tag(chunk)).isEqualTo(chunks.firstRecord(chunk));
                    before = arrival;
                }
            }
            assertThat(seen.size() + assignment.keyless()).isEqualTo(records.size());
        }
    }

    @Provide
    Arbitrary<List<byte[]>> someKeyless() {
        Arbitrary<byte[]> keyed = Arbitraries.of("k,a", "k,b", "k,c", "k,").map(NaiveBuckets::bytes);
        Arbitrary<byte[]> keyless = Arbitraries.of("", "x", "y", "x").map(NaiveBuckets::bytes);
        return Arbitraries.oneOf(
                Arbitraries.oneOf(keyed, keyless).list().ofMaxSize(200),
                Arbitraries.frequencyOf(Tuple.of(30, keyed), Tuple.of(1, keyless))
                        .list()
                        .ofMaxSize(300),
                keyed.list().ofMaxSize(50),
                keyless.list().ofMaxSize(50));
    }

    /** With threads that have to share the work for real, and many partitions. */
    @Property(tries = 6)
    void shouldAgreeWithTheNaiveModelForBatchesThatAreDividedInEarnest(
            @ForAll @IntRange(min = 1, max = 8) int threads, @ForAll("multiplicities") int multiplicity) {
        Random random = new Random(multiplicity);
        int count = 150_000;
        List<byte[]> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int key = multiplicity == 0 ? i * (i & 1) : random.nextInt(Math.max(1, count / multiplicity));
            records.add(Integer.toString(key).getBytes(StandardCharsets.US_ASCII));
        }
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(records, 300, random);
                Assignment assignment =
                        new BucketAssigner(threads, POOL).assign(batch.chunks(), Keying.wholeRecord(1))) {
            assertThat(NaiveBuckets.of(assignment).equals(NaiveBuckets.of(records)))
                    .isTrue();
        }
    }

    /** 0: one key that is every other record. */
    @Provide
    Arbitrary<Integer> multiplicities() {
        return Arbitraries.of(0, 1, 2, 100, 150_000);
    }

    @Provide
    Arbitrary<List<byte[]>> batches() {
        Arbitrary<byte[]> anyBytes = Arbitraries.bytes()
                .filter(b -> b != '\n')
                .array(byte[].class)
                .ofMinSize(0)
                .ofMaxSize(40);
        Arbitrary<byte[]> fewKeys = Arbitraries.of("", "a", "b", "ab", "\r", "a\r", "\0", "record-eight-bytes")
                .map(text -> text.getBytes(StandardCharsets.US_ASCII));
        return Arbitraries.oneOf(
                anyBytes.list().ofMaxSize(100),
                fewKeys.list().ofMaxSize(300),
                fewKeys.flatMap(one -> Arbitraries.just(one).list().ofMaxSize(200)),
                Arbitraries.integers().between(0, 300).map(BucketRuleTest::allDistinct));
    }

    private static List<byte[]> allDistinct(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> Integer.toString(i).getBytes(StandardCharsets.US_ASCII))
                .toList();
    }

    private static BucketAssigner assigner(int threads, int partitionRecords) {
        return new BucketAssigner(threads, POOL, 0, partitionRecords);
    }
}
