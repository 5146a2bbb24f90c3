package io.decant.bucketer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.transform.StepTransform;
import io.decant.bucketer.transform.TransformError;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.openhft.hashing.Access;
import net.openhft.hashing.LongHashFunction;
import org.junit.jupiter.api.Test;

/** The rule for several keys. */
class SeveralKeysTest {

    private static final ExecutorService THREADS = Executors.newFixedThreadPool(3);
    private static final KeySpec ID_AND_MAIL = keys("id", "csv:1", "mail", "csv:2");

    @AfterContainer
    static void stopThreads() {
        THREADS.shutdown();
    }

    private static KeySpec keys(String... namesAndKeys) {
        Map<String, KeySpec> keys = new LinkedHashMap<>();
        for (int i = 0; i < namesAndKeys.length; i += 2) {
            keys.put(namesAndKeys[i], KeySpec.parse(namesAndKeys[i + 1]));
        }
        return KeySpec.several(keys);
    }

    /** Batches as buckets of ordinals, of records that are all different. */
    private static List<List<Integer>> split(List<String> records, Keying keying, int threads) {
        byte[] bytes = lines(records);
        Map<String, Integer> ordinals = ordinals(records);
        try (NativeBytes memory = NativeBytes.of(bytes);
                Chunks chunks = new Chunks()) {
            addChunks(chunks, memory, records);
            BucketAssigner assigner = new BucketAssigner(threads, THREADS, 1, 2);
            try (Assignment assignment = assigner.assign(chunks, keying, true)) {
                return buckets(assignment, ordinals);
            }
        }
    }

    private static byte[] lines(List<String> records) {
        return (String.join("\n", records) + "\n").getBytes(UTF_8);
    }

    private static Map<String, Integer> ordinals(List<String> records) {
        Map<String, Integer> ordinals = new HashMap<>();
        records.forEach(record -> ordinals.put(record, ordinals.size()));
        return ordinals;
    }

    /** A chunk a record, so that ranges are several. */
    private static void addChunks(Chunks chunks, NativeBytes memory, List<String> records) {
        long at = memory.address();
        for (String record : records) {
            int length = record.getBytes(UTF_8).length + 1;
            chunks.add(at, length, 1, 0);
            at += length;
        }
    }

    private static List<List<Integer>> buckets(ArrivalBuckets assignment, Map<String, Integer> ordinals) {
        List<List<Integer>> buckets = new ArrayList<>();
        for (int bucket = 0; bucket < assignment.buckets(); bucket++) {
            List<Integer> records = new ArrayList<>();
            for (long ordinal = 0; ordinal < assignment.records(bucket); ordinal++) {
                byte[] record =
                        NativeBytes.read(assignment.address(bucket, ordinal), assignment.length(bucket, ordinal));
                int number = ordinals.get(new String(record, UTF_8));
                assertThat(assignment.arrival(bucket, ordinal)).isEqualTo(number);
                records.add(number);
            }
            buckets.add(records);
        }
        return buckets;
    }

    /** What the rule says, word by word. */
    private static List<List<Integer>> byTheRule(List<Set<String>> keys) {
        Map<String, Integer> next = new HashMap<>();
        List<List<Integer>> buckets = new ArrayList<>();
        for (int record = 0; record < keys.size(); record++) {
            int bucket = keys.get(record).stream()
                    .mapToInt(key -> next.getOrDefault(key, 0))
                    .max()
                    .orElse(0);
            keys.get(record).forEach(key -> next.put(key, bucket + 1));
            while (buckets.size() <= bucket) {
                buckets.add(new ArrayList<>());
            }
            buckets.get(bucket).add(record);
        }
        return buckets;
    }

    /** The fewest buckets of any arrangement in which records that share a key keep their order, by trying all. */
    private static int fewest(List<Set<String>> keys) {
        for (int buckets = 1; ; buckets++) {
            if (canArrange(keys, new int[keys.size()], 0, buckets)) {
                return buckets;
            }
        }
    }

    private static boolean canArrange(List<Set<String>> keys, int[] placed, int record, int buckets) {
        if (record == keys.size()) {
            return true;
        }
        for (int bucket = 0; bucket < buckets; bucket++) {
            int chosen = bucket;
            boolean fits = IntStream.range(0, record)
                    .allMatch(before -> placed[before] < chosen || !shareAKey(keys.get(before), keys.get(record)));
            placed[record] = bucket;
            if (fits && canArrange(keys, placed, record + 1, buckets)) {
                return true;
            }
        }
        return false;
    }

    private static boolean shareAKey(Set<String> one, Set<String> other) {
        return one.stream().anyMatch(other::contains);
    }

    private static Set<String> keysOf(String record) {
        Set<String> keys = new HashSet<>();
        String[] fields = record.split(",", -1);
        keys.add("id " + fields[0]);
        keys.add("mail " + fields[1]);
        return keys;
    }

    @Property
    void shouldKeepItsRulesWithAsFewBucketsAsThereCanBe(@ForAll("few") List<String> records) {
        List<Set<String>> keys = records.stream().map(SeveralKeysTest::keysOf).toList();
        List<List<Integer>> buckets = split(records, new Keying(ID_AND_MAIL, MissingKey.RECORD, 3), 1);
        assertThat(buckets).hasSize(fewest(keys)).isEqualTo(byTheRule(keys));
        int[] bucketOf = new int[records.size()];
        for (int bucket = 0; bucket < buckets.size(); bucket++) {
            for (int record : buckets.get(bucket)) {
                bucketOf[record] = bucket;
            }
        }
        for (int later = 0; later < records.size(); later++) {
            for (int earlier = 0; earlier < later; earlier++) {
                if (shareAKey(keys.get(earlier), keys.get(later))) {
                    assertThat(bucketOf[earlier]).isLessThan(bucketOf[later]);
                }
            }
        }
    }

    @Property(tries = 200)
    void shouldNotDependOnThreads(@ForAll("many") List<String> records) {
        Keying keying = new Keying(ID_AND_MAIL, MissingKey.RECORD, 3);
        List<List<Integer>> buckets =
                byTheRule(records.stream().map(SeveralKeysTest::keysOf).toList());
        assertThat(split(records, keying, 1)).isEqualTo(buckets);
        assertThat(split(records, keying, 2)).isEqualTo(buckets);
        assertThat(split(records, keying, 3)).isEqualTo(buckets);
    }

    @Property(tries = 200)
    void shouldSplitWhatTransformsMakeInTheSameWay(@ForAll("many") List<String> records) {
        byte[] bytes = lines(records);
        StepTransform kept = StepTransform.of(List.of("trim"), TransformError.DLQ, null);
        Keying keying = new Keying(ID_AND_MAIL, MissingKey.RECORD, 3, List.of(kept));
        try (NativeBytes memory = NativeBytes.of(bytes);
                Chunks chunks = new Chunks()) {
            long at = memory.address();
            for (String record : records) {
                chunks.add(at, record.length() + 1, 1, 0, false, 1);
                at += record.length() + 1L;
            }
            BucketAssigner assigner = new BucketAssigner(2, THREADS, 1, 2);
            try (TransformedBatch batch = assigner.assignTransformed(chunks, keying);
                    ArrivalBuckets buckets = batch.newBuckets()) {
                assertThat(buckets(buckets, ordinals(records)))
                        .isEqualTo(byTheRule(
                                records.stream().map(SeveralKeysTest::keysOf).toList()));
            }
        }
    }

    /** First fit would put the third record into bucket 0, before an earlier record that has its mail. */
    @Test
    void shouldNotPutARecordBeforeOneThatItSharesAKeyWith() {
        assertThat(split(List.of("1,a,0", "1,b,1", "2,b,2"), new Keying(ID_AND_MAIL, MissingKey.RECORD, 1), 1))
                .isEqualTo(List.of(List.of(0), List.of(1), List.of(2)));
    }

    @Test
    void shouldHaveLargerBucketsBehindSmallerOnes() {
        assertThat(split(List.of("1,a,0", "1,b,1", "2,a,2"), new Keying(ID_AND_MAIL, MissingKey.RECORD, 1), 1))
                .isEqualTo(List.of(List.of(0), List.of(1, 2)));
    }

    @Test
    void shouldTakeNoValueOfOneKeyForThatOfAnother() {
        assertThat(split(List.of("a,b,0", "b,a,1"), new Keying(ID_AND_MAIL, MissingKey.RECORD, 1), 1))
                .hasSize(1);
    }

    @Test
    void shouldConstrainNothingByAValueThatIsMissing() {
        Keying keying = new Keying(keys("id", "json:/id", "mail", "json:/mail"), MissingKey.DLQ, 1);
        List<String> records = List.of(
                "{\"id\":1,\"mail\":null}",
                "{\"id\":2}",
                "{\"n\":1}",
                "{\"mail\":\"a\"}",
                "{\"id\":1.0,\"mail\":\"a\"}");
        assertThat(split(records, keying, 2)).isEqualTo(List.of(List.of(0, 1, 3), List.of(4)));
    }

    @Test
    void shouldTakeTheRecordForItsKeyWhereAllAreMissing() {
        Keying keying = new Keying(keys("id", "json:/id", "mail", "json:/mail"), MissingKey.RECORD, 1);
        assertThat(split(List.of("x", "y", "{\"id\":\"x\"}"), keying, 1)).isEqualTo(List.of(List.of(0, 1, 2)));
    }

    @Test
    void shouldCountEachPlaceOfAKey() {
        KeySpec mails = KeySpec.anyOf(List.of(KeySpec.parse("csv:1"), KeySpec.parse("csv:2")));
        Keying keying = new Keying(KeySpec.several(Map.of("mail", mails)), MissingKey.RECORD, 1);
        assertThat(split(List.of("a,b,0", "c,c,1", "b,d,2", "d,c,3"), keying, 1))
                .isEqualTo(List.of(List.of(0, 1), List.of(2), List.of(3)));
    }

    /** What a key's hash would have to be to be 0 behind the first namespace. */
    private static final long ZERO_IN_FIRST = -0x9E3779B97F4A7C15L;

    /** A hash of 0 stands for a missing value; a value that has it is there, and one key in every place. */
    @Test
    void shouldNotTakeAValueWhoseHashIsZeroForAMissingOne() {
        SeveralKeysExtractor extractor = new SeveralKeysExtractor(
                List.of("mail", "id"),
                List.of(
                        List.of(new CsvKeyExtractor(2), new CsvKeyExtractor(3), new CsvKeyExtractor(1)),
                        List.of(new CsvKeyExtractor(4))));
        KeyHasher hasher = new KeyHasher(new FixedHash(ZERO_IN_FIRST), extractor);

        assertThat(slots(hasher, "a")).containsExactly(0, 0, 1, 0);
        assertThat(slots(hasher, "a,b")).containsExactly(1, 0, 0, 0);
        assertThat(slots(hasher, "a,b,c")).containsExactly(1, 0, 0, 0);
        assertThat(slots(hasher, "a,b,c,d")).containsExactly(1, 0, 0, -ZERO_IN_FIRST);
        SeveralKeysExtractor missing = new SeveralKeysExtractor(
                List.of("a", "b"), List.of(List.of(new CsvKeyExtractor(2)), List.of(new CsvKeyExtractor(3))));
        assertThat(slots(new KeyHasher(new FixedHash(0), missing), "x"))
                .as("the record in place of its keys")
                .containsExactly(1, 0);
    }

    private static long[] slots(KeyHasher hasher, String record) {
        try (NativeBytes memory = NativeBytes.of(record.getBytes(UTF_8))) {
            long first = hasher.hash(memory.address(), memory.length());
            return LongStream.range(0, hasher.slots())
                    .map(slot -> slot == 0 ? first : hasher.slot((int) slot))
                    .toArray();
        }
    }

    /** Every key has the same hash. */
    private static final class FixedHash extends BytesHash {

        private final long hash;

        FixedHash(long hash) {
            this.hash = hash;
        }

        @Override
        public <T> long hash(T input, Access<T> access, long offset, long length) {
            return hash;
        }
    }

    /** However they are found together, also where every record lies at the same address. */
    @Property
    void shouldFindInARowWhatEachKeyFindsAlone(@ForAll("rows") List<String> rows) {
        List<String> settings = List.of("csv:2", "[csv:3, csv:1]", "csv:1", "csv:16");
        KeyExtractor several = KeySpec.parse(settings).newExtractor();
        List<KeyExtractor> alone = settings.stream()
                .map(setting -> KeySpec.parse(setting).newExtractor())
                .toList();
        LongHashFunction function = LongHashFunction.xx3(5);
        try (NativeBytes memory = NativeBytes.of(new byte[64])) {
            for (String row : rows) {
                byte[] bytes = row.getBytes(UTF_8);
                Memory.copyFromArray(bytes, 0, bytes.length, memory.address());
                boolean found = several.find(memory.address(), bytes.length);
                several.hash(function);
                boolean any = false;
                for (int slot = 0; slot < alone.size(); slot++) {
                    boolean has = alone.get(slot).find(memory.address(), bytes.length);
                    any |= has;
                    long hash = has ? alone.get(slot).hash(function) - (slot + 1) * ZERO_IN_FIRST : 0;
                    assertThat(several.slot(slot))
                            .as("%s of %s", settings.get(slot), row)
                            .isEqualTo(hash);
                }
                assertThat(found).isEqualTo(any);
            }
        }
    }

    @Provide
    Arbitrary<List<String>> rows() {
        return Arbitraries.of("\"", "\"\"", "a", "b", ",", ",", "\r", "\n", "\uFEFF")
                .list()
                .ofMaxSize(12)
                .map(parts -> String.join("", parts))
                .list()
                .ofMinSize(1)
                .ofMaxSize(5);
    }

    @Test
    void shouldHaveNoOneKeyWhereThereAreSeveral() {
        Keying keying = new Keying(ID_AND_MAIL, MissingKey.RECORD, 1);
        try (NativeBytes memory = NativeBytes.of(lines(List.of("1,a")));
                Chunks chunks = new Chunks()) {
            addChunks(chunks, memory, List.of("1,a"));
            try (Assignment assignment = new BucketAssigner(1, Runnable::run).assign(chunks, keying)) {
                assertThatThrownBy(() -> new KeyCounts(assignment, keying))
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("2 keys");
            }
        }
    }

    @Test
    void shouldTakeOneNamedKeyForThatKey() {
        KeySpec named = KeySpec.several(Map.of("id", KeySpec.parse("csv:1")));
        Keying keying = new Keying(KeySpec.of(named.toString()), MissingKey.RECORD, 1);
        Keying plain = new Keying(KeySpec.parse("csv:1"), MissingKey.RECORD, 1);
        assertThat(slots(keying.newHasher(), "a,b")).containsExactly(slots(plain.newHasher(), "a,c"));
        assertThat(split(List.of("1,a,0", "1,b,1", "2,a,2"), keying, 1)).isEqualTo(List.of(List.of(0, 2), List.of(1)));
    }

    @Test
    void shouldNameTheHottestOfEachKey() {
        List<String> records = List.of("1,a,0", "1,b,1", "2,a,2", "3,a,3", "4,c,4");
        try (NativeBytes memory = NativeBytes.of(lines(records));
                Chunks chunks = new Chunks()) {
            addChunks(chunks, memory, records);
            try (Assignment assignment = new BucketAssigner(1, Runnable::run)
                    .assign(chunks, new Keying(ID_AND_MAIL, MissingKey.RECORD, 1))) {
                assertThat(assignment.hottestByName())
                        .extracting(HotKey::name, HotKey::count, key -> text(key))
                        .containsExactly(
                                org.assertj.core.groups.Tuple.tuple("id", 2L, "1,b,1"),
                                org.assertj.core.groups.Tuple.tuple("mail", 3L, "3,a,3"));
                assertThat(assignment.hottest().map(HotKey::name)).contains("mail");
            }
        }
    }

    @Test
    void shouldFreeWhatItHasCopiedOfTheHottestWhenTheNextCannotBeMade() {
        List<String> records = List.of("1,a,", "1,b,", "2,c,", "3,c,");
        AtomicInteger left = new AtomicInteger(Integer.MAX_VALUE);
        Keying keying = new Keying(ID_AND_MAIL, MissingKey.RECORD, 1, List.of(new EndingTransform(left)));
        // Nothing that is built is kept: what is read is made again.
        OutputBounds bounds = new OutputBounds(Long.MAX_VALUE, 0, 1, 1);
        try (LeakCheck leaks = new LeakCheck();
                NativeBytes memory = NativeBytes.of(lines(records));
                Chunks chunks = new Chunks()) {
            chunks.add(memory.address(), memory.length(), records.size(), 0, false, 1);
            try (TransformedBatch batch =
                            new BucketAssigner(1, Runnable::run, 1, 2, bounds).assignTransformed(chunks, keying);
                    ArrivalBuckets buckets = batch.newBuckets()) {
                left.set(1);
                assertThatThrownBy(buckets::hottestByName).hasMessage("the end");
                left.set(0);
                for (int again = 0; again < 2; again++) {
                    assertThatThrownBy(() -> buckets.address(1, 0)).hasMessage("the end");
                    left.set(0);
                }
                left.set(2);
                assertThat(buckets.hottestByName()).hasSize(2).isSameAs(buckets.hottestByName());
                assertThat(text(buckets.hottestByName().get(1))).isEqualTo("3,c,!");
            }
        }
    }

    /** Appends to records, until it fails. */
    private record EndingTransform(AtomicInteger left) implements Transform {

        private static final StepTransform STEPS =
                StepTransform.of(List.of("replace: {\"regex\":\"$\",\"with\":\"!\"}"), TransformError.DLQ, null);

        @Override
        public Transformer newTransformer() {
            Transformer steps = STEPS.newTransformer();
            return new Transformer() {
                @Override
                public int transform(long address, int length) {
                    if (left.getAndDecrement() == 0) {
                        throw new IllegalStateException("the end");
                    }
                    return steps.transform(address, length);
                }

                @Override
                public int transformTombstone() {
                    return steps.transformTombstone();
                }

                @Override
                public long address(int output) {
                    return steps.address(output);
                }

                @Override
                public int length(int output) {
                    return steps.length(output);
                }

                @Override
                public int failure() {
                    return steps.failure();
                }

                @Override
                public void addCounts(StepCounts counts) {
                    steps.addCounts(counts);
                }

                @Override
                public void close() {
                    steps.close();
                }
            };
        }

        @Override
        public boolean canSplit() {
            return false;
        }

        @Override
        public int steps() {
            return STEPS.steps();
        }
    }

    private static String text(HotKey key) {
        return new String(NativeBytes.read(key.address(), key.length()), UTF_8);
    }

    @Test
    void shouldFreezeSeveralKeys() {
        Map<String, KeySpec> keys = new LinkedHashMap<>();
        keys.put("id", KeySpec.parse("json:/after/id"));
        keys.put(
                "email",
                KeySpec.anyOf(List.of(KeySpec.parse("json:/before/email"), KeySpec.parse("json:/after/email"))));
        keys.put("line", KeySpec.composite(List.of(KeySpec.parse("json:/order"), KeySpec.parse("json:/line"))));
        KeySpec spec = KeySpec.several(keys).with(Fold.CASE, ',');
        assertThat(spec)
                .hasToString("v2 fold=case {\"id\":\"json:/after/id\",\"email\":{\"any-of\":[\"json:/before/email\","
                        + "\"json:/after/email\"]},\"line\":[\"json:/order\",\"json:/line\"]}");
        assertThat(KeySpec.of(spec.toString())).isEqualTo(spec);
        assertThat(spec.slots()).isEqualTo(4);
        assertThat(spec.setting())
                .isEqualTo("{id: json:/after/id, email: {any-of: [json:/before/email, json:/after/email]},"
                        + " line: [json:/order, json:/line]}");
    }

    @Provide
    Arbitrary<List<String>> few() {
        return records(4, 7);
    }

    @Provide
    Arbitrary<List<String>> many() {
        return records(12, 60);
    }

    /** With a number of their own, so that they are different. */
    private static Arbitrary<List<String>> records(int values, int count) {
        Arbitrary<String> value = Arbitraries.integers().between(0, values).map(Object::toString);
        return Combinators.combine(value, value)
                .as((id, mail) -> id + "," + mail + ",")
                .list()
                .ofMinSize(1)
                .ofMaxSize(count)
                .map(heads -> IntStream.range(0, heads.size())
                        .mapToObj(i -> heads.get(i) + i)
                        .toList());
    }
}
