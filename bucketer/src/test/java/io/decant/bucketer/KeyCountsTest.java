package io.decant.bucketer;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.CharRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.constraints.StringLength;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyCountsTest {

    private static final long SEED = 7;
    private static final String NULL = "null";

    /** A key and how often it occurs. */
    private record Counted(String key, long count) {}

    private static Keying keying(String key) {
        return new Keying(KeySpec.parse(key), MissingKey.RECORD, SEED);
    }

    private static List<Counted> counted(List<String> records, Keying keying) {
        return counted(records, keying::newHasher, KeyCounts.TABLE_BYTES_MAX, Long.MAX_VALUE);
    }

    private static List<Counted> counted(
            List<String> records, Supplier<KeyHasher> hashers, long tableBytesMax, long slice) {
        try (Batch batch = Batch.of(records, hashers);
                KeyCounts counts = new KeyCounts(batch.buckets, hashers.get(), tableBytesMax)) {
            while (!counts.count(slice)) {
                assertThatThrownBy(counts::keys).isInstanceOf(IllegalStateException.class);
            }
            return all(counts);
        }
    }

    private static List<Counted> all(KeyCounts counts) {
        List<Counted> all = new ArrayList<>();
        for (long index = 0; index < counts.keys(); index++) {
            all.add(new Counted(text(counts.keyOf(index)), counts.countOf(index)));
        }
        return all;
    }

    private static String text(RecordKey key) {
        if (key.isAbsent()) {
            return NULL;
        }
        byte[] bytes = new byte[key.length()];
        Memory.copyToArray(key.address(), bytes, 0, bytes.length);
        return new String(bytes, ISO_8859_1);
    }

    /** A batch in memory of its own. */
    private record Batch(Assignment buckets, long address, int length) implements AutoCloseable {

        static Batch of(List<String> records, Supplier<KeyHasher> hashers) {
            return of(
                    records.stream()
                            .map(record -> record + "\n")
                            .collect(Collectors.joining())
                            .getBytes(ISO_8859_1),
                    records.size(),
                    false,
                    hashers);
        }

        static Batch of(byte[] bytes, int records, boolean framed, Supplier<KeyHasher> hashers) {
            long address = Memory.allocate(bytes.length);
            Memory.copyFromArray(bytes, 0, bytes.length, address);
            try (Chunks chunks = new Chunks()) {
                chunks.add(address, bytes.length, records, 0, framed);
                BucketAssigner assigner = new BucketAssigner(1, Runnable::run);
                return new Batch(assigner.assign(chunks, hashers, false, false), address, bytes.length);
            }
        }

        @Override
        public void close() {
            buckets.close();
            Memory.free(address, length);
        }
    }

    private static List<Counted> naive(Stream<String> keys) {
        Map<String, Long> counts = new LinkedHashMap<>();
        keys.forEach(key -> counts.merge(key, 1L, Long::sum));
        return counts.entrySet().stream()
                .map(each -> new Counted(each.getKey(), each.getValue()))
                .toList();
    }

    @Test
    void shouldCountKeysInTheOrderOfTheirFirstArrival() {
        assertThat(counted(List.of("to", "be", "or", "not", "to", "be"), keying("record")))
                .containsExactly(
                        new Counted("to", 2), new Counted("be", 2), new Counted("or", 1), new Counted("not", 1));
        assertThat(counted(List.of("", "a", ""), keying("record")))
                .containsExactly(new Counted("", 2), new Counted("a", 1));
    }

    @Property(tries = 200)
    void shouldAgreeWithANaiveCount(
            @ForAll @Size(min = 1, max = 300) List<@CharRange(from = 'a', to = 'c') @StringLength(max = 3) String> records,
            @ForAll @IntRange(min = 1, max = 50) int slice,
            @ForAll @IntRange(min = 1, max = 4096) int tableBytesMax) {
        assertThat(counted(records, keying("record")::newHasher, tableBytesMax, slice))
                .isEqualTo(naive(records.stream()));
    }

    /** Escapes are read: one key however it is spelled, shown as its text. */
    @Test
    void shouldCountTheTextOfKeys() {
        List<String> records = List.of(
                "{\"k\":\"a\\\"b\"}",
                "{\"k\":\"\\u0061\\u0022b\"}",
                "{\"k\":1}",
                "{\"k\":\"1\"}",
                "no json",
                "{\"k\":{\"x\": 1}}");

        assertThat(counted(records, keying("json:/k")))
                .containsExactly(
                        new Counted("a\"b", 2),
                        new Counted("1", 2),
                        new Counted("no json", 1),
                        new Counted("{\"x\": 1}", 1));
        assertThat(counted(List.of("x,\"a\"\"b\",y", "z,\"a\"\"b\"", "one"), keying("csv:2")))
                .containsExactly(new Counted("a\"b", 2), new Counted("one", 1));
        assertThat(counted(List.of("id=7 a", "id=7 b", "id="), keying("regex:id=([0-9]+)")))
                .containsExactly(new Counted("7", 2), new Counted("id=", 1));
    }

    @Test
    void shouldCountKeysBesideValues() {
        List<TestRecord> frames = List.of(
                TestRecord.frame("k", "1"),
                TestRecord.frame(null, "k"),
                TestRecord.frame("k", null),
                TestRecord.frame(null, null),
                TestRecord.frame(null, ""),
                TestRecord.frame(null, null));
        Keying keying = keying("kafka-key");

        try (Batch batch = Batch.of(TestRecord.chunk(frames), frames.size(), true, keying::newHasher);
                KeyCounts counts = new KeyCounts(batch.buckets, keying)) {
            assertThat(counts.count(Long.MAX_VALUE)).isTrue();
            // A record without a key is its own; without a value, too, it has none, which is not the empty one.
            assertThat(all(counts)).containsExactly(new Counted("k", 3), new Counted(NULL, 2), new Counted("", 1));
        }
    }

    /** Every key has one of two hashes. */
    private static KeyHasher colliding() {
        return new KeyHasher(new WeakHash(2), new RecordKeyExtractor());
    }

    /** The bucket rule takes them for one key; counting does not. */
    @Test
    void shouldNotAddUpDifferentKeysWithOneHash() {
        List<String> records = List.of("a", "b", "c", "a", "d", "b", "a", "a", "e", "d");

        List<Counted> counted = counted(records, KeyCountsTest::colliding, KeyCounts.TABLE_BYTES_MAX, Long.MAX_VALUE);

        assertThat(counted).containsExactlyInAnyOrderElementsOf(naive(records.stream()));
        assertThat(counted.get(0)).isEqualTo(new Counted("a", 4));
    }

    @Property(tries = 200)
    void shouldTellKeysWithOneHashApartWhateverTheMemory(
            @ForAll @Size(min = 1, max = 100) List<@CharRange(from = 'a', to = 'e') @StringLength(max = 2) String> records,
            @ForAll @IntRange(min = 1, max = 4096) int tableBytesMax) {
        List<Counted> counted = counted(records, KeyCountsTest::colliding, tableBytesMax, 7);

        assertThat(counted).containsExactlyInAnyOrderElementsOf(naive(records.stream()));
        assertThat(counted(records, KeyCountsTest::colliding, KeyCounts.TABLE_BYTES_MAX, Long.MAX_VALUE))
                .isEqualTo(counted);
    }

    /** Ranges of hashes, one after another: the result is that of one pass. */
    @ParameterizedTest
    @CsvSource({"2000, 1, 5000", "10000, 1, 100000", "1, 1, 20000", "500, 400, 40000"})
    void shouldCountInPassesWhereMemoryIsShort(int keys, int keyBytes, int tableBytesMax) {
        Random random = new Random(keys);
        List<String> records = IntStream.range(0, 10_000)
                .mapToObj(i -> "k".repeat(keyBytes) + random.nextInt(keys))
                .toList();

        assertThat(counted(records, keying("record")::newHasher, tableBytesMax, 1_000))
                .isEqualTo(naive(records.stream()));
        Keying keying = keying("record");
        try (Batch batch = Batch.of(records, keying::newHasher)) {
            long before = Memory.allocatedBytes();
            try (KeyCounts counts = new KeyCounts(batch.buckets, keying.newHasher(), tableBytesMax)) {
                // What a table of one key takes, and the counts themselves.
                counts.count(1);
                long least = Memory.allocatedBytes() - before;
                long most = least;
                while (!counts.count(1)) {
                    most = Math.max(most, Memory.allocatedBytes() - before);
                }
                assertThat(most).isLessThanOrEqualTo(least + tableBytesMax);
            }
        }
    }

    /** Scratch memory has to grow for such parts, and for what stands between them. */
    @Test
    void shouldCountCompositeKeysWithLongParts() {
        Keying keying = new Keying(
                KeySpec.composite(List.of(KeySpec.parse("csv:1"), KeySpec.parse("csv:2")))
                        .with(Fold.CASE, ','),
                MissingKey.RECORD,
                SEED);
        String quotes = "\"\"".repeat(1_500);
        String letters = "\u0001".repeat(1_025);
        // Bytes of a letter whose small one has a byte more.
        String growing = "\u00c8\u00ba".repeat(1_100);
        List<String> records = List.of(
                "\"" + quotes + "\"," + letters,
                "a,b",
                "\"" + quotes + "\"," + letters + ",x",
                growing + ",1e5000",
                growing + ",10e4999",
                "A,B");

        assertThat(counted(records, keying))
                .containsExactly(
                        new Counted("[\"" + "\\\"".repeat(1_500) + "\",\"" + "\\u0001".repeat(1_025) + "\"]", 2),
                        new Counted("[\"a\",\"b\"]", 2),
                        new Counted("[\"" + growing + "\",\"1e5000\"]", 2));
    }

    @Test
    void shouldKeepLargeCounts() {
        List<String> records = IntStream.range(0, 70_000)
                .mapToObj(i -> i < 255 ? "255" : i < 511 ? "256" : i < 768 ? "257" : "many")
                .toList();

        assertThat(counted(records, keying("record"))).isEqualTo(naive(records.stream()));
    }

    @Test
    void shouldAnswerOnlyWhenAllIsCounted() {
        Keying keying = keying("record");
        try (Batch batch = Batch.of(List.of("a", "a"), keying::newHasher);
                KeyCounts counts = new KeyCounts(batch.buckets, keying)) {
            assertThatThrownBy(counts::keys).isInstanceOf(IllegalStateException.class);
            counts.count(Long.MAX_VALUE);
            assertThatThrownBy(() -> counts.countOf(1)).isInstanceOf(IndexOutOfBoundsException.class);
        }
    }

    @Test
    void shouldFreeAllItHolds() {
        long before = Memory.allocatedBytes();
        counted(List.of("a", "b", "a", "{\"k\":\"\\u0061\"}"), keying("json:/k"));
        try (Batch batch = Batch.of(List.of("a", "a", "a"), keying("record")::newHasher);
                KeyCounts counts = new KeyCounts(batch.buckets, keying("record"))) {
            assertThat(counts.count(1)).isFalse();
        }
        assertThat(Memory.allocatedBytes()).isEqualTo(before);
    }

    @Property(tries = 200)
    void shouldTellTheMostFrequentKeysFirst(
            @ForAll @Size(min = 1, max = 200) List<@CharRange(from = 'a', to = 'd') @StringLength(max = 2) String> records,
            @ForAll @IntRange(min = 1, max = 9) int window) {
        Keying keying = keying("record");
        try (Batch batch = Batch.of(records, keying::newHasher);
                KeyCounts counts = new KeyCounts(batch.buckets, keying)) {
            counts.count(Long.MAX_VALUE);
            FrequentKeys frequent = new FrequentKeys(counts, window);
            List<Counted> found = new ArrayList<>();
            for (long index = frequent.next(); index >= 0; index = frequent.next()) {
                found.add(new Counted(text(counts.keyOf(index)), counts.countOf(index)));
            }

            assertThat(found)
                    .isEqualTo(naive(records.stream()).stream()
                            .sorted(Comparator.comparingLong(Counted::count).reversed())
                            .toList());
        }
    }

    @Test
    void shouldAddUpSpellingsOfOneKeyAndShowTheFirst() {
        assertThat(counted(
                        List.of("{\"n\":1.0}", "{\"n\":\"\\u0031\"}", "{\"n\":2}", "{\"n\":1}", "{\"n\":20e-1}"),
                        keying("json:/n")))
                .containsExactly(new Counted("1.0", 3), new Counted("2", 2));
        Keying folded = new Keying(KeySpec.parse("csv:1").with(Fold.CASE, ','), MissingKey.RECORD, SEED);
        assertThat(counted(List.of("Bob,1", "ann,2", "bob,3", "\"BOB\",4"), folded))
                .containsExactly(new Counted("Bob", 3), new Counted("ann", 1));
    }

    @Test
    void shouldShowACompositeKeyAsAJsonArray() {
        Keying keying = new Keying(
                KeySpec.composite(List.of(KeySpec.parse("csv:1"), KeySpec.parse("csv:2"))), MissingKey.RECORD, SEED);
        assertThat(counted(List.of("a,bc,1", "ab,c,1", "a,bc,2", "\"x\"\"\",1.0,0", "\"x\"\"\",1,0", "alone"), keying))
                .containsExactly(
                        new Counted("[\"a\",\"bc\"]", 2),
                        new Counted("[\"ab\",\"c\"]", 1),
                        new Counted("[\"x\\\"\",\"1.0\"]", 2),
                        new Counted("alone", 1));
    }
}
