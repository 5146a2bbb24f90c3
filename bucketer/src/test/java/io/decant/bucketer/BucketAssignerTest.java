package io.decant.bucketer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import net.openhft.hashing.Access;
import net.openhft.hashing.LongHashFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BucketAssignerTest {

    private static final Keying KEYING = Keying.wholeRecord(1);
    private static final Keying SEVERAL =
            new Keying(KeySpec.parse(List.of("csv:1", "regex:([0-9]+)")), MissingKey.RECORD, 1);
    private static final List<byte[]> RECORDS = IntStream.range(0, 5000)
            .mapToObj(i -> Integer.toString(i % 1700).getBytes(StandardCharsets.US_ASCII))
            .toList();

    @Test
    void shouldMakeNoBucketsOfAnEmptyBatch() {
        try (LeakCheck leaks = new LeakCheck();
                Chunks none = new Chunks();
                Assignment assignment = new BucketAssigner(2, Runnable::run).assign(none, KEYING)) {
            assertThat(assignment.buckets()).isZero();
            assertThat(assignment.records()).isZero();
            assertThat(assignment.hottest()).isEmpty();
            assertThat(assignment.topKeys(3)).isEmpty();
        }
    }

    @Test
    void shouldTellOfEachChunkOnceThatItWasRead() {
        LongAdder read = new LongAdder();
        try (TestBatch batch = TestBatch.of(RECORDS, 10, new Random(1));
                Chunks told = new Chunks(read::add)) {
            for (int i = 0; i < batch.chunks().size(); i++) {
                Chunks of = batch.chunks();
                told.add(of.address(i), of.length(i), of.records(i), of.tag(i));
            }
            try (Assignment assignment = new BucketAssigner(2, Runnable::run, 0, 1).assign(told, KEYING)) {
                assertThat(assignment.records()).isEqualTo(RECORDS.size());
            }
            assertThat(read.sum()).isEqualTo(batch.chunks().bytes());
        }
    }

    @Test
    void shouldRunEverythingOnTheCallingThreadWhenTheExecutorDoes() {
        assertAssigned(Runnable::run);
    }

    @Test
    void shouldNotWaitForAnExecutorThatNeverRunsAnything() {
        assertAssigned(task -> {});
    }

    @Test
    void shouldDoWithoutAnExecutorThatRefuses() {
        assertAssigned(task -> {
            throw new RejectedExecutionException("full");
        });
    }

    @Test
    void shouldTouchNothingWhenAHelperStartsAfterTheEnd() {
        Queue<Runnable> late = new ArrayDeque<>();
        assertAssigned(late::add);
        try (LeakCheck leaks = new LeakCheck()) {
            assertThat(late).isNotEmpty();
            late.forEach(Runnable::run);
        }
    }

    /** Five passes ask for three helpers each; the executor breaks at any of these moments. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14})
    void shouldFreeEverythingWhenTheExecutorBreaks(int helpersBefore) {
        for (Keying keying : List.of(KEYING, SEVERAL)) {
            AtomicInteger left = new AtomicInteger(helpersBefore);
            Executor breaking = task -> {
                if (left.getAndDecrement() == 0) {
                    throw new IllegalStateException("broken");
                }
            };
            try (LeakCheck leaks = new LeakCheck();
                    TestBatch batch = TestBatch.of(RECORDS, 10, new Random(1))) {
                assertThatIllegalStateException()
                        .isThrownBy(() -> new BucketAssigner(4, breaking, 0, 100).assign(batch.chunks(), keying))
                        .withMessage("broken");
            }
        }
    }

    /** Each compiles an expression anew. */
    @Test
    void shouldMakeNoMoreHashersThanThreadsNeed() {
        for (Keying keying : List.of(KEYING, SEVERAL)) {
            AtomicInteger made = new AtomicInteger();
            Supplier<KeyHasher> hashers = () -> {
                made.incrementAndGet();
                return keying.newHasher();
            };
            try (TestBatch batch = TestBatch.of(RECORDS, 10, new Random(1));
                    Assignment assignment =
                            new BucketAssigner(1, Runnable::run).assign(batch.chunks(), hashers, false, false)) {
                assertThat(assignment.hottest()).isPresent();
                assertThat(assignment.hottestByName()).hasSize(keying.equals(SEVERAL) ? 2 : 0);
                assertThat(made).hasValue(1);
            }
        }
    }

    private static void assertAssigned(Executor executor) {
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(RECORDS, 10, new Random(1));
                Assignment assignment = new BucketAssigner(4, executor, 0, 100).assign(batch.chunks(), KEYING)) {
            assertThat(NaiveBuckets.of(assignment)).isEqualTo(NaiveBuckets.of(RECORDS));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a\nb\n", // one too few
                "a\nb\nc\nd\n", // one too many
                "a\nb\nc", // the last not terminated
                "a\nb\nc\nd", // a rest
                "0123456789\n0123456789\n0123456789\n0", // a rest after whole words
                "\n\n\n\n\n\n\n\n" // a word full of them
            })
    void shouldRefuseAChunkThatDoesNotHoldWhatWasAnnouncedAndFreeEverything(String content) {
        for (int threads = 1; threads <= 3; threads++) {
            BucketAssigner assigner = new BucketAssigner(threads, Runnable::run, 0, 1);
            try (LeakCheck leaks = new LeakCheck();
                    TestBatch batch = TestBatch.of(RECORDS, 10, new Random(1))) {
                batch.add(content.getBytes(StandardCharsets.US_ASCII), 3, 4711);
                assertThatThrownBy(() -> assigner.assign(batch.chunks(), KEYING))
                        .isInstanceOfSatisfying(ChunkMismatchException.class, e -> assertThat(e.tag())
                                .isEqualTo(4711))
                        .hasMessageContaining("chunk 4711 was announced with 3 records");
            }
        }
    }

    @Test
    void shouldFreeEverythingWhenKeysFail() {
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(RECORDS, 10, new Random(1))) {
            assertThatIllegalStateException()
                    .isThrownBy(() -> new BucketAssigner(4, Runnable::run, 0, 100)
                            .assign(
                                    batch.chunks(),
                                    () -> {
                                        throw new IllegalStateException("no hasher");
                                    },
                                    false,
                                    false))
                    .withMessage("no hasher");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void shouldStopSoonWhenToldToAndLeaveNothing(int threads) {
        List<byte[]> records = Collections.nCopies(20_000, bytes("a"));
        ExecutorService executor = Executors.newFixedThreadPool(threads);
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(records, 1000, new Random(1))) {
            BucketAssigner assigner = new BucketAssigner(threads, executor, 1, 100);
            AtomicInteger hashed = new AtomicInteger();
            LongHashFunction stopping = new BytesHash() {
                @Override
                public <T> long hash(T input, Access<T> access, long offset, long length) {
                    if (hashed.incrementAndGet() == 5000) {
                        assigner.stop();
                    }
                    return 0;
                }
            };
            assertThatExceptionOfType(AssignmentStoppedException.class)
                    .isThrownBy(() -> assigner.assign(
                            batch.chunks(),
                            () -> new KeyHasher(stopping, KeySpec.RECORD.newExtractor()),
                            false,
                            false));
            assertThat(hashed).hasValueBetween(5000, 5000 + threads * 100);
            assertThatExceptionOfType(AssignmentStoppedException.class)
                    .isThrownBy(() -> assigner.assign(batch.chunks(), KEYING));
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void shouldTreatARecordWithoutAKeyAsItsOwnKey() {
        List<byte[]> records =
                List.of(bytes("{\"id\":1}"), bytes("nonsense"), bytes("{\"id\":1,\"v\":2}"), bytes("nonsense"));
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(records, 2, new Random(1));
                Assignment assignment = new BucketAssigner(1, Runnable::run)
                        .assign(batch.chunks(), new Keying(KeySpec.of("json:/id"), MissingKey.RECORD, 5))) {
            assertThat(NaiveBuckets.of(assignment))
                    .containsExactly(List.of("{\"id\":1}", "nonsense"), List.of("{\"id\":1,\"v\":2}", "nonsense"));
        }
    }

    @Test
    void shouldMakeNoBucketsWhereNoRecordHasAKey() {
        List<byte[]> records = List.of(bytes("a"), bytes("b"), bytes("a"));
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(records, 2, new Random(1));
                Assignment assignment = new BucketAssigner(1, Runnable::run)
                        .assign(batch.chunks(), new Keying(KeySpec.of("json:/id"), MissingKey.DLQ, 5))) {
            assertThat(assignment.buckets()).isZero();
            assertThat(assignment.records()).isZero();
            assertThat(assignment.hottest()).isEmpty();
            assertThat(NaiveBuckets.keyless(assignment)).containsExactly("a", "b", "a");
        }
    }

    @Test
    void shouldFindAKeyInEveryRecordThatIsItsOwn() {
        List<byte[]> records = List.of(bytes(""), bytes("b"));
        try (LeakCheck leaks = new LeakCheck();
                TestBatch batch = TestBatch.of(records, 2, new Random(1));
                Assignment assignment = new BucketAssigner(1, Runnable::run)
                        .assign(batch.chunks(), new Keying(KeySpec.RECORD, MissingKey.DLQ, 5))) {
            assertThat(NaiveBuckets.of(assignment)).containsExactly(List.of("", "b"));
            assertThat(assignment.keyless()).isZero();
        }
    }

    @Test
    void shouldRefuseChunksThatAreClosedOrCannotBe() {
        Chunks chunks = new Chunks();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> chunks.add(4096, 3, 4, 9))
                .withMessageContaining("chunk 9");
        assertThatIllegalArgumentException().isThrownBy(() -> chunks.add(4096, 3, 0, 9));
        assertThatIllegalArgumentException().isThrownBy(() -> chunks.add(0, 3, 1, 9));
        assertThatIllegalArgumentException().isThrownBy(() -> chunks.add(1L << 48, 3, 1, 9));
        chunks.add(4096, Integer.MAX_VALUE, Integer.MAX_VALUE - 1, 9);
        assertThatIllegalStateException()
                .isThrownBy(() -> chunks.add(4096, 3, 1, 10))
                .withMessageContaining("chunk 10");
        chunks.close();
        chunks.close();
        assertThatIllegalStateException().isThrownBy(() -> chunks.add(4096, 3, 1, 9));
        assertThatIllegalStateException().isThrownBy(() -> chunks.chunkOf(0));
        assertThatIllegalStateException().isThrownBy(() -> chunks.tag(0));
        assertThatIllegalStateException().isThrownBy(() -> chunks.firstRecord(0));
        assertThatIllegalStateException().isThrownBy(() -> new BucketAssigner(1, Runnable::run).assign(chunks, KEYING));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
