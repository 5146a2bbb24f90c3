package io.decant.ingest.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.decant.bucketer.BucketAssigner;
import io.decant.bucketer.Buckets;
import io.decant.bucketer.Frame;
import io.decant.bucketer.HotKey;
import io.decant.bucketer.Memory;
import io.decant.ingest.batch.BatchLoader;
import io.decant.ingest.batch.BatchOffload;
import io.decant.ingest.batch.BatchPlace;
import io.decant.ingest.batch.Failing;
import io.decant.ingest.batch.InMemoryOffloader;
import io.decant.ingest.batch.Loaders;
import io.decant.ingest.batch.MemoryFiles;
import io.decant.ingest.batch.OpenBatch;
import io.decant.ingest.batch.OpenBatch.ExcludedRecord;
import io.decant.ingest.batch.RecordOrigin;
import io.decant.ingest.batch.SharedBatches;
import io.decant.ingest.batch.StagedReadException;
import io.decant.ingest.batch.StagingPlace;
import io.decant.ingest.journal.Shape.KeyShape;
import io.decant.ingest.journal.Shape.RegexEngine;
import io.decant.ingest.sink.body.CountedBatch;
import io.decant.offload.client.Offloader;
import io.decant.offload.client.OffloaderStatus;
import io.decant.offload.files.SyncedOutput;
import io.decant.offload.protocol.DriverAnswer;
import io.decant.offload.protocol.DriverRequest;
import io.decant.offload.staging.BlockFileLimits;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A batch that was staged, split elsewhere and read back is the very same batch as in memory. */
class OffloadedBatchTest {

    private static final long WINDOW_BYTES = 1;
    private static final int TURNS_MAX = 1000;
    private static final BatchPlace FIRST = new BatchPlace(1, 0);

    private final MemoryFiles files = new MemoryFiles();
    private final InMemoryOffloader offloader = new InMemoryOffloader(files);
    private Offloader usedOffloader = offloader;
    private final List<Cut> offloading = new ArrayList<>();
    private List<Exclusion> excluded = List.of();
    private MemoryStore store = new MemoryStore();
    private long settled;
    private BatchOffload offload;

    @BeforeEach
    void fill() throws IOException {
        SmallJournal.run(store, new Random(3), 6, 100, shape("record"));
    }

    private static Shape shape(String missingKey) {
        return new Shape(
                "test",
                "regex:/([a-m])[a-z]*$",
                missingKey,
                7,
                List.of(
                        new SinkShape("api", "http", "lines", 100, 4096),
                        new SinkShape("slow", "http", "envelope", 9, 99)));
    }

    private JournalView journal() {
        TreeMap<Long, Long> bases = new TreeMap<>();
        SmallJournal.entries(store.segments)
                .forEach(entry -> bases.put(entry.segment(), entry.position() - entry.offset()));
        SegmentTable segments = new SegmentTable(store);
        segments.addAll(bases);
        return new JournalView(segments, SmallJournal.JOURNAL_ID);
    }

    private SharedBatches shared(long aboveBytes, BlockFileLimits limits) {
        JournalView journal = journal();
        offload = new BatchOffload(
                new BatchOffload.OffloadContext(
                        aboveBytes,
                        WINDOW_BYTES,
                        files -> limits,
                        new StagingPlace(InMemoryOffloader.URI, () -> files),
                        usedOffloader,
                        cut -> List.of(),
                        new Random(1)),
                journal,
                Loaders.excluded(journal, excluded),
                () -> settled,
                offloading::add,
                () -> {});
        BatchLoader loader = Loaders.of(journal, new BucketAssigner(2, Runnable::run), excluded);
        return new SharedBatches(loader, Optional.of(offload));
    }

    private SharedBatches near() {
        return new SharedBatches(Loaders.of(journal(), new BucketAssigner(2, Runnable::run), excluded));
    }

    /** Records of the journal's batches that are to be set aside: of some batches a few, of some nearly all. */
    private List<Exclusion> someRecords(Random random) {
        List<Exclusion> some = new ArrayList<>();
        SharedBatches all = near();
        for (BatchPlace next = FIRST; next.start() < lastCut(); ) {
            try (SharedBatches.Lease lease = all.open(next, lastCut())) {
                Cut cut = lease.batch().cut();
                int oneOf = 1 + random.nextInt(6);
                // One is left, for a batch of none is not staged.
                for (long ordinal = 1; ordinal < cut.records(); ordinal++) {
                    if (random.nextInt(oneOf) == 0) {
                        some.add(new Exclusion(cut.batch(), ordinal, "poison " + ordinal));
                    }
                }
                next = next.next(lease.end());
            }
        }
        return some;
    }

    private SharedBatches.Lease opened(SharedBatches shared, BatchPlace place) {
        SharedBatches.Lease lease = shared.open(place, lastCut());
        long now = 0;
        for (int turn = 0; !lease.isOpen() && turn < TURNS_MAX; turn++) {
            offload.work(now);
            now = offload.wakeAtNanos() == Long.MAX_VALUE ? now + 1 : Math.max(now + 1, offload.wakeAtNanos());
        }
        assertThat(lease.isOpen()).isTrue();
        return lease;
    }

    private long lastCut() {
        return SmallJournal.entries(store.segments).stream()
                .filter(entry -> entry.kind() == EntryKind.CUT)
                .mapToLong(SmallJournal.Entry::endPosition)
                .max()
                .orElseThrow();
    }

    @Property(tries = 60)
    void shouldBeTheSameAsInMemory(
            @ForAll long seed,
            @ForAll @IntRange(min = 1, max = 200) int recordBytes,
            @ForAll @IntRange(min = 1, max = 20_000) int fileBytes,
            @ForAll boolean dlq,
            @ForAll boolean someSetAside)
            throws IOException {
        long allocated = Memory.allocatedBytes();
        store = new MemoryStore();
        SmallJournal.run(store, new Random(seed), 12, recordBytes, shape(dlq ? "dlq" : "record"));
        excluded = List.of();
        excluded = someSetAside ? someRecords(new Random(seed)) : List.of();
        SharedBatches near = near();
        SharedBatches far = shared(0, new BlockFileLimits(fileBytes, 1_000));
        for (BatchPlace next = FIRST; next.start() < lastCut(); ) {
            try (SharedBatches.Lease staged = opened(far, next);
                    SharedBatches.Lease mapped = near.open(next, lastCut())) {
                assertThat(staged.batch().cut()).isEqualTo(mapped.batch().cut());
                assertThat(staged.end()).isEqualTo(mapped.end());
                assertSame(staged.batch(), mapped.batch(), new Random(seed));
                next = next.next(staged.end());
                settled = staged.batch().cut().batch();
            }
            offload.work(0);
        }
        assertThat(offloader.jobs()).isPositive();
        assertThat(files.names()).isEmpty();
        assertThat(Memory.allocatedBytes()).isEqualTo(allocated);
    }

    /** An entry is less than 2,000 bytes here, and a file has more. */
    @Property(tries = 60)
    void shouldBeStagedInAsManyFilesAsForetold(
            @ForAll long seed, @ForAll @IntRange(min = 8_000, max = 16_000) int fileBytes) throws IOException {
        store = new MemoryStore();
        // A try before this one may have staged a batch that looks the same.
        for (String name : List.copyOf(files.names())) {
            files.delete(name);
        }
        Random random = new Random(seed);
        for (int run = random.nextInt(12); run > 0; run--) {
            // Too few steps for a cut.
            SmallJournal.run(store, random, 2, 100, shape("record"));
        }
        SmallJournal.run(store, random, 3, 100, shape("record"));
        BlockFileLimits limits = new BlockFileLimits(fileBytes, 1_000);
        try (SharedBatches.Lease lease = opened(shared(0, limits), FIRST)) {
            long bytes = lease.batch().cut().bytes();
            long staged = files.names().stream()
                    .filter(name -> name.contains("/blocks-"))
                    .count();
            assertThat(staged).isEqualTo(limits.files(bytes));
        }
    }

    /** What {@code format: counts} makes of a batch. */
    private static String counted(OpenBatch batch) {
        try (CountedBatch counted = new CountedBatch(batch)) {
            while (!counted.count(1_000)) {
                assertThat(batch.buckets().buckets()).isGreaterThan(1);
            }
            Buckets lines = counted.lines().buckets();
            StringBuilder text = new StringBuilder();
            for (long ordinal = 0; ordinal < lines.records(); ordinal++) {
                text.append(new String(bytes(lines.address(0, ordinal), lines.length(0, ordinal)), UTF_8));
                text.append('\n');
            }
            return text.toString();
        }
    }

    private static void assertSame(OpenBatch staged, OpenBatch mapped, Random random) {
        Buckets actual = staged.buckets();
        Buckets expected = mapped.buckets();
        RecordOrigin origin = staged.newOrigin();
        RecordOrigin expectedOrigin = mapped.newOrigin();
        assertThat(actual.buckets()).isEqualTo(expected.buckets());
        assertThat(actual.records()).isEqualTo(expected.records());
        assertThat(actual.hasFrames()).isEqualTo(expected.hasFrames());
        for (int bucket = 0; bucket < expected.buckets(); bucket++) {
            assertThat(actual.records(bucket)).isEqualTo(expected.records(bucket));
            for (long ordinal = 0; ordinal < expected.records(bucket); ordinal++) {
                assertThat(record(actual, bucket, ordinal)).isEqualTo(record(expected, bucket, ordinal));
                assertThat(frame(actual.frame(bucket, ordinal))).isEqualTo(frame(expected.frame(bucket, ordinal)));
                origin.turnTo(bucket, ordinal);
                expectedOrigin.turnTo(bucket, ordinal);
                assertThat(text(origin)).isEqualTo(text(expectedOrigin));
                String stream = expected.frame(bucket, ordinal) == 0 ? "" : stream(expectedOrigin);
                assertThat(mapped.streams().of(bucket, ordinal)).isEqualTo(stream);
                assertThat(staged.streams().of(bucket, ordinal)).isEqualTo(stream);
            }
            assertSameParts(actual, expected, bucket, random);
        }
        assertThat(counted(staged)).isEqualTo(counted(mapped));
        assertThat(actual.keyless()).isEqualTo(expected.keyless());
        for (long ordinal = 0; ordinal < expected.keyless(); ordinal++) {
            assertThat(bytes(actual.keylessAddress(ordinal), actual.keylessLength(ordinal)))
                    .isEqualTo(bytes(expected.keylessAddress(ordinal), expected.keylessLength(ordinal)));
            assertThat(frame(actual.keylessFrame(ordinal))).isEqualTo(frame(expected.keylessFrame(ordinal)));
            assertThat(staged.streams().ofKeyless(ordinal))
                    .isEqualTo(mapped.streams().ofKeyless(ordinal));
            assertThat(staged.streams().ofKeyless(ordinal).isEmpty()).isEqualTo(expected.keylessFrame(ordinal) == 0);
        }
        assertThat(staged.excluded()).hasSameSizeAs(mapped.excluded());
        for (int i = 0; i < mapped.excluded().size(); i++) {
            ExcludedRecord one = staged.excluded().get(i);
            ExcludedRecord other = mapped.excluded().get(i);
            assertThat(one.reason()).isEqualTo(other.reason());
            assertThat(bytes(one.address(), one.length())).isEqualTo(bytes(other.address(), other.length()));
            assertThat(frame(one.frame())).isEqualTo(frame(other.frame()));
        }
        long others = expected.records() + expected.keyless();
        assertThat(others + mapped.excluded().size()).isEqualTo(mapped.cut().records());
        assertThat(actual.hottest().map(HotKey::count))
                .isEqualTo(expected.hottest().map(HotKey::count));
    }

    private static void assertSameParts(Buckets actual, Buckets expected, int bucket, Random random) {
        for (int i = 0; i < 5; i++) {
            long first = random.nextLong(expected.records(bucket));
            long records = 1 + random.nextLong(50);
            long bytes = 1 + random.nextLong(2_000);
            long end = expected.partEnd(bucket, first, records, bytes);
            assertThat(actual.partEnd(bucket, first, records, bytes)).isEqualTo(end);
            long length = expected.linesLength(bucket, first, end);
            assertThat(actual.linesLength(bucket, first, end)).isEqualTo(length);
            if (expected.hasFrames()) {
                continue;
            }
            assertThat(lines(actual, bucket, first, end, length))
                    .isEqualTo(lines(expected, bucket, first, end, length));
        }
    }

    private static byte[] lines(Buckets buckets, int bucket, long first, long end, long length) {
        long address = Memory.allocate(length);
        try {
            assertThat(buckets.copyLines(bucket, first, end, address)).isEqualTo(length);
            return bytes(address, (int) length);
        } finally {
            Memory.free(address, length);
        }
    }

    private static byte[] frame(long frame) {
        return frame == 0 ? new byte[0] : bytes(frame, Frame.length(frame));
    }

    private static byte[] record(Buckets buckets, int bucket, long ordinal) {
        return bytes(buckets.address(bucket, ordinal), buckets.length(bucket, ordinal));
    }

    private static byte[] bytes(long address, int length) {
        byte[] bytes = new byte[length];
        Memory.copyToArray(address, bytes, 0, length);
        return bytes;
    }

    private static String stream(RecordOrigin origin) {
        return new String(bytes(origin.streamAddress(), origin.streamBytes()), UTF_8);
    }

    private static String text(RecordOrigin origin) {
        return new String(bytes(origin.sourceAddress(), origin.sourceBytes()), UTF_8)
                + "/"
                + new String(bytes(origin.streamAddress(), origin.streamBytes()), UTF_8)
                + "/" + origin.position() + "@" + origin.arrivalMillis();
    }

    @Test
    void shouldLeaveSmallBatchesInMemory() {
        SharedBatches small = shared(50_000, BlockFileLimits.forBlocksOf(1));

        try (SharedBatches.Lease lease = opened(small, FIRST)) {
            assertThat(lease.batch().buckets().records()).isPositive();
        }
        assertThat(offloader.jobs()).isZero();
        assertThat(offloading).isEmpty();
        assertThat(files.names()).isEmpty();
    }

    @Test
    void shouldGoOnWithWhatAnEarlierServerLeft() {
        opened(shared(0, BlockFileLimits.forBlocksOf(1)), FIRST).close();
        assertThat(offloader.jobs()).isEqualTo(1);

        opened(shared(0, BlockFileLimits.forBlocksOf(1)), FIRST).close();

        assertThat(offloader.jobs()).isEqualTo(1);
        settled = 1;
        offload.work(0);
        offload.work(1);
        assertThat(files.names()).isEmpty();
    }

    @Test
    void shouldStageAnewWhatIsNotWhole() throws IOException {
        opened(shared(0, BlockFileLimits.forBlocksOf(1)), FIRST).close();
        files.delete("batch-000000000001/out/result.json");
        files.publish("batch-000000000001", "_batch-000000000001");

        opened(shared(0, BlockFileLimits.forBlocksOf(1)), FIRST).close();

        assertThat(offloader.jobs()).isEqualTo(2);
        assertThat(files.names()).noneMatch(name -> name.startsWith("_"));
    }

    @Test
    void shouldRefuseWhatIsOfAnotherBatch() throws IOException {
        SharedBatches.Lease first = opened(shared(0, BlockFileLimits.forBlocksOf(1)), FIRST);
        SharedBatches.Lease second = opened(shared(0, BlockFileLimits.forBlocksOf(1)), FIRST.next(first.end()));
        files.delete("batch-000000000001");
        files.publish("batch-000000000002", "batch-000000000001");
        first.close();
        second.close();

        try (SharedBatches.Lease again = opened(shared(0, BlockFileLimits.forBlocksOf(1)), FIRST)) {
            assertThat(again.batch().cut().batch()).isEqualTo(1);
            assertThat(again.batch().buckets().records())
                    .isEqualTo(again.batch().cut().records());
        }
        assertThat(offloader.jobs()).isEqualTo(3);
    }

    @Test
    void shouldReadOnWhereTheFilesystemFailedMeanwhile() {
        try (SharedBatches.Lease lease = opened(shared(0, BlockFileLimits.forBlocksOf(1)), FIRST)) {
            Buckets buckets = lease.batch().buckets();
            files.trouble(() -> {
                throw new IOException("the namenode is away");
            });
            assertThatThrownBy(() -> buckets.address(0, 0))
                    .isInstanceOf(StagedReadException.class)
                    .hasMessageContaining("the namenode is away");
            files.trouble(() -> {});

            assertThat(buckets.length(0, 0)).isPositive();
        }
    }

    /** Each operation of the filesystem in turn, until none is left to fail. */
    @ParameterizedTest
    @MethodSource("unforeseen")
    void shouldTryAgainWhateverTheFilesystemThrows(Supplier<RuntimeException> exception, Supplier<Error> error)
            throws IOException {
        boolean thrown = true;
        for (int operation = 1; thrown; operation++) {
            for (String name : List.copyOf(files.names())) {
                files.delete(name);
            }
            int[] left = {operation};
            files.trouble(() -> {
                if (--left[0] == 0) {
                    if (exception != null) {
                        throw exception.get();
                    }
                    throw error.get();
                }
            });
            try (SharedBatches.Lease lease = opened(shared(0, BlockFileLimits.forBlocksOf(1)), FIRST)) {
                thrown = left[0] <= 0;
                assertThat(lease.batch().buckets().records()).isPositive();
                assertThat(offload.status().offloaded()).isEqualTo(1);
            }
            files.trouble(() -> {});
            assertThat(operation).isLessThan(TURNS_MAX);
        }
    }

    static Stream<Arguments> unforeseen() {
        Supplier<RuntimeException> exception = () -> new IllegalStateException("filesystem closed");
        Supplier<Error> error = () -> new NoClassDefFoundError("org/apache/hadoop/Missing");
        return Stream.of(Arguments.of(exception, null), Arguments.of(null, error));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4})
    void shouldTryAgainWhateverTheOffloaderThrows(int call) {
        Failing failing = new Failing(call, () -> new NoSuchMethodError("submit"));
        usedOffloader = failing.of(Offloader.class, offloader);
        SharedBatches shared = shared(0, BlockFileLimits.forBlocksOf(1));
        SharedBatches.Lease lease = shared.open(FIRST, lastCut());
        for (int turn = 0; !lease.isOpen() && turn < TURNS_MAX; turn++) {
            offload.work(turn * 100_000_000L);
        }
        assertThat(lease.isOpen()).isTrue();
        lease.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{",
                "no JSON",
                "[]",
                "{\"format\":1}",
                "{\"format\":99}",
                "base64",
                "sizes",
                "runs",
                "name",
            })
    void shouldPartAnewWhatHasNoReadableResult(String damage) throws IOException {
        opened(shared(0, BlockFileLimits.forBlocksOf(1)), FIRST).close();
        String path = "batch-000000000001/out/result.json";
        String sound = new String(files.open(path).readAllBytes(), UTF_8);
        String broken =
                switch (damage) {
                    case "base64" -> sound.replaceFirst("\"start\":\"[^\"]*\"", "\"start\":\"%%%\"");
                    case "sizes" -> sound.replaceFirst("\"sizes\":\\[", "\"sizes\":[99999999999,1,");
                    case "runs" -> sound.replaceFirst("\"records\":([0-9]+)", "\"records\":1$1");
                    case "name" -> sound.replaceFirst("\"name\":\"", "\"name\":\"no-");
                    default -> damage;
                };
        assertThat(broken).isNotEqualTo(sound);
        files.delete(path);
        try (SyncedOutput out = files.create(path)) {
            out.write(broken.getBytes(UTF_8));
            out.sync();
        }
        // Nothing has started a driver: it is not ready.
        usedOffloader = new StoppedOffloader(offloader);

        try (SharedBatches.Lease again = opened(shared(0, BlockFileLimits.forBlocksOf(1)), FIRST)) {
            assertThat(again.batch().buckets().records())
                    .isEqualTo(again.batch().cut().records());
        }
        assertThat(offloader.jobs()).isEqualTo(2);
        assertThat(new String(files.open(path).readAllBytes(), UTF_8)).isEqualTo(sound);
    }

    /** As before the first job. */
    private record StoppedOffloader(Offloader offloader) implements Offloader {
        @Override
        public CompletableFuture<DriverAnswer.Done> submit(DriverRequest.Job job) {
            return offloader.submit(job);
        }

        @Override
        public OffloaderStatus status() {
            return OffloaderStatus.STOPPED;
        }

        @Override
        public void close() {}
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"format\":1}"})
    void shouldStageAnewWhatHasNoReadableDescription(String broken) throws IOException {
        opened(shared(0, BlockFileLimits.forBlocksOf(1)), FIRST).close();
        files.delete("batch-000000000001/out");
        files.delete("batch-000000000001/batch.json");
        try (SyncedOutput out = files.create("batch-000000000001/batch.json")) {
            out.write(broken.getBytes(UTF_8));
            out.sync();
        }
        usedOffloader = new StoppedOffloader(offloader);

        opened(shared(0, BlockFileLimits.forBlocksOf(1)), FIRST).close();

        assertThat(offloader.jobs()).isEqualTo(2);
    }

    @Test
    void shouldTryAgainUntilTheBatchIsParted() {
        int[] failures = {25};
        files.trouble(() -> {
            if (failures[0]-- > 0) {
                throw new IOException("safe mode");
            }
        });

        opened(shared(0, BlockFileLimits.forBlocksOf(1)), FIRST).close();

        assertThat(offload.status().failures()).isPositive();
        assertThat(offload.status().offloaded()).isEqualTo(1);
        assertThat(offloading).hasSize(1);
    }

    static Stream<Arguments> unknownShapes() {
        Shape plain = shape("record");
        KeyShape key = plain.keys().get(0);
        return Stream.of(
                Arguments.of(plain.withKeys(List.of(key, new KeyShape("record")), 1, RegexEngine.JAVA), "2 keys"),
                Arguments.of(
                        plain.withKeys(List.of(new KeyShape(key.text(), "lower")), 1, RegexEngine.JAVA),
                        "folding 'lower' of key " + key.text()),
                Arguments.of(plain.withKeys(plain.keys(), 3, RegexEngine.RE2), "key semantics 3"),
                Arguments.of(plain.withTransforms(Map.of("logs", List.of("drop:/a"))), "transforms of source logs"));
    }

    @ParameterizedTest
    @MethodSource("unknownShapes")
    void shouldRefuseByNameWhatANewerVersionCut(Shape unknown, String name) throws IOException {
        store = new MemoryStore();
        SmallJournal.run(store, new Random(3), 6, 100, unknown);
        SharedBatches near = new SharedBatches(Loaders.of(journal(), new BucketAssigner(2, Runnable::run)));
        SharedBatches far = shared(0, BlockFileLimits.forBlocksOf(1));

        for (ThrowingCallable opening :
                List.<ThrowingCallable>of(() -> near.open(FIRST, lastCut()), () -> opened(far, FIRST))) {
            assertThatThrownBy(opening)
                    .isInstanceOfSatisfying(JournalException.class, failure -> assertThat(failure.kind())
                            .isEqualTo(JournalException.Kind.FOREIGN))
                    .hasMessageContainingAll("batch 1 was cut by a newer version", name);
        }
        assertThat(offloader.jobs()).isZero();
        assertThat(files.names()).isEmpty();
    }

    @Test
    void shouldTryAgainWhereThereIsNoFileDescriptor() throws IOException {
        boolean[] none = new boolean[1];
        store = new MemoryStore() {
            @Override
            public SegmentView view(long segment) throws IOException {
                if (none[0]) {
                    throw new FileSystemException("journal/1.cq4", null, "Too many open files");
                }
                return super.view(segment);
            }
        };
        SmallJournal.run(store, new Random(3), 6, 100, shape("record"));
        SharedBatches far = shared(0, BlockFileLimits.forBlocksOf(1));
        try (SharedBatches.Lease lease = far.open(FIRST, lastCut())) {
            none[0] = true;
            offload.work(0);
            assertThat(lease.isOpen()).isFalse();
            assertThat(offload.status().error()).contains("no file descriptor is available");
            none[0] = false;
        }
        opened(far, FIRST).close();
        assertThat(offloader.jobs()).isEqualTo(1);
    }
}
