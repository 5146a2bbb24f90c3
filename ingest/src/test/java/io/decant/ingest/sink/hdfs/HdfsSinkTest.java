package io.decant.ingest.sink.hdfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.decant.bucketer.Memory;
import io.decant.config.FileCompression;
import io.decant.config.FileFormat;
import io.decant.config.HdfsSinkSettings;
import io.decant.ingest.LogLines;
import io.decant.ingest.batch.Failing;
import io.decant.ingest.deadletter.DeadLetter;
import io.decant.ingest.deadletter.Reason;
import io.decant.ingest.sink.SinkState;
import io.decant.offload.files.BatchFiles;
import io.decant.offload.files.LocalFiles;
import io.decant.offload.files.SyncedOutput;
import io.decant.offload.layout.BatchNames;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HdfsSinkTest {

    private static final List<String> RECORDS = List.of("a", "b", "a", "", "a", "c", "b", "a");

    @TempDir
    Path root;

    private HdfsSinkSettings settings(int maxBucketDirs) {
        return new HdfsSinkSettings(
                root.toUri(), Optional.empty(), FileFormat.LINES, FileCompression.NONE, maxBucketDirs, false);
    }

    private SinkRun sink(int maxBucketDirs) {
        return new SinkRun(settings(maxBucketDirs), new LocalFiles(root));
    }

    @Test
    void shouldLayABatchOutAsTheContractSays() throws IOException {
        try (FileBatch batch = new FileBatch(42, RECORDS, 1 << 20);
                SinkRun run = sink(2)) {
            run.deliver(batch);
            assertThat(run.sink.status().records()).isEqualTo(RECORDS.size());
            assertThat(run.sink.status().requests()).isEqualTo(1);
            assertThat(run.sink.status().state()).isEqualTo(SinkState.IDLE);
        }

        Path directory = root.resolve("server=edge-1/date=2026-11-21/hour=04/batch-00c0ffee-000000000042");
        assertThat(directory.resolve("bucket-000000/part-00000.lines")).hasContent("a\nb\n\nc\n");
        assertThat(directory.resolve("bucket-000001/part-00000.lines")).hasContent("a\nb\n");
        assertThat(directory.resolve("tail/part-00000.tsv")).hasContent("2\ta\n3\ta\n");
        assertThat(DeliveredBatch.below(root)).singleElement().satisfies(found -> {
            assertThat(found.buckets())
                    .isEqualTo(List.of(List.of("a", "b", "", "c"), List.of("a", "b"), List.of("a"), List.of("a")));
            assertThat(found.manifest().batch().orElseThrow().batch()).isEqualTo(42);
            assertThat(found.manifest().sink()).isEqualTo(FileBatch.SINK);
        });
        assertThat(root.resolve(BatchNames.stagingDirectory("edge-1", "00c0ffee", "archive")))
                .isEmptyDirectory();
    }

    @Test
    void shouldWriteCountsAsOneBucketOfLines() throws IOException {
        try (FileBatch batch = FileBatch.counted(42, RECORDS, 1 << 20)) {
            try (SinkRun run = sink(2)) {
                run.deliver(batch);
                assertThat(run.sink.status().records()).isEqualTo(4);
            }
            BreakableFiles again = BreakableFiles.sound(root);
            try (SinkRun run = new SinkRun(settings(2), again)) {
                run.deliver(batch);
            }
            assertThat(again.changes()).isEmpty();
        }

        Path directory = root.resolve("server=edge-1/date=2026-11-21/hour=04/batch-00c0ffee-000000000042");
        assertThat(directory.resolve("bucket-000000/part-00000.ndjson")).hasContent("""
                {"key":"a","count":4}
                {"key":"b","count":2}
                {"key":"","count":1}
                {"key":"c","count":1}
                """);
        assertThat(DeliveredBatch.below(root)).singleElement().satisfies(found -> {
            assertThat(found.manifest().format()).isEqualTo(FileFormat.COUNTS);
            assertThat(found.manifest().records()).isEqualTo(4);
            assertThat(found.manifest().buckets()).hasSize(1);
        });
    }

    /** The counts of a large batch take long, and memory. */
    @Test
    void shouldNotCountABatchThatIsThere() throws IOException {
        try (FileBatch batch = FileBatch.counted(42, RECORDS, 1 << 20);
                FileBatch more = FileBatch.counted(42, List.of("a", "b", "c", "d", "e", "f"), 1 << 20)) {
            try (SinkRun run = sink(2)) {
                run.deliver(batch);
            }
            try (SinkRun run = sink(2)) {
                run.begin(batch.unreadable());
                run.finish();
                run.sink.abandon();

                run.begin(more);
                run.work();
                run.work();
                assertThat(run.sink.status().lastError()).contains("is not this batch", "move it elsewhere");
            }
        }
        assertThat(DeliveredBatch.below(root)).hasSize(1);
    }

    @Test
    void shouldPutEverythingIntoTheTailWithoutBucketDirectories() throws IOException {
        try (FileBatch batch = new FileBatch(1, RECORDS, 1 << 20);
                SinkRun run = sink(0)) {
            run.deliver(batch);
            assertThat(DeliveredBatch.below(root)).singleElement().satisfies(found -> {
                assertThat(found.buckets()).isEqualTo(batch.naiveBuckets());
                assertThat(found.manifest().buckets()).isEmpty();
                assertThat(found.manifest().files()).isEqualTo(1);
            });
        }
    }

    @Test
    void shouldDoNothingWhereTheBatchIsThere() throws IOException {
        try (FileBatch batch = new FileBatch(1, RECORDS, 1 << 20)) {
            try (SinkRun run = sink(64)) {
                run.deliver(batch);
            }
            BreakableFiles again = BreakableFiles.sound(root);
            try (SinkRun run = new SinkRun(settings(0), again)) {
                run.deliver(batch);
                assertThat(run.sink.status().records()).isZero();
            }
            assertThat(again.changes()).isEmpty();
            assertThat(DeliveredBatch.below(root)).singleElement().satisfies(found -> assertThat(found.buckets())
                    .isEqualTo(batch.naiveBuckets()));
        }
    }

    /** As a job leaves it: on the same filesystem, in the layout that the sink itself writes. */
    @Test
    void shouldRenameABatchThatIsFinished() throws IOException {
        Path job = root.resolve("job");
        try (FileBatch batch = new FileBatch(1, RECORDS, 1 << 20)) {
            try (SinkRun run = new SinkRun(settings(2), new LocalFiles(job))) {
                run.deliver(batch);
            }
            Path finished = DeliveredBatch.below(job).get(0).directory();
            BreakableFiles files = BreakableFiles.sound(root.resolve("sink"));
            try (SinkRun run = new SinkRun(settings(64), files)) {
                run.begin(batch.finishedIn(finished));
                run.finish();
                assertThat(run.sink.status().records()).isEqualTo(RECORDS.size());
                run.sink.abandon();

                // A crash before the mark, and the job's output is gone from where it was.
                run.begin(batch.finishedIn(finished));
                run.finish();
            }
            assertThat(files.changes()).singleElement().asString().startsWith("publish ");
            assertThat(finished).doesNotExist();
            assertThat(DeliveredBatch.below(root.resolve("sink")))
                    .singleElement()
                    .satisfies(found -> assertThat(found.buckets()).isEqualTo(batch.naiveBuckets()));
        }
    }

    @Test
    void shouldNotTakeForItsOwnWhatSomebodyElseHasPutThere() throws IOException {
        try (FileBatch batch = new FileBatch(1, RECORDS, 1 << 20);
                FileBatch other = new FileBatch(1, List.of("x"), 1 << 20);
                SinkRun run = sink(64)) {
            run.deliver(other);
            run.begin(batch);
            run.work();
            run.work();
            assertThat(run.sink.status().state()).isEqualTo(SinkState.FAILING);
            assertThat(run.sink.status().lastError()).contains("is not this batch", "move it elsewhere");
            Path there = DeliveredBatch.below(root).get(0).directory();
            assertThat(DeliveredBatch.read(there).buckets()).isEqualTo(other.naiveBuckets());

            Files.move(there, root.resolve("elsewhere"));
            run.finish();
            assertThat(DeliveredBatch.read(there).buckets()).isEqualTo(batch.naiveBuckets());
            assertThat(run.sink.status().state()).isEqualTo(SinkState.IDLE);
            assertThat(run.sink.status().lastError()).isEmpty();
        }
    }

    @Test
    void shouldSayThatADirectoryWithoutAManifestIsInTheWay() throws IOException {
        Path target = root.resolve("server=edge-1/date=2026-11-21/hour=04/batch-00c0ffee-000000000001");
        Files.createDirectories(target.resolve("bucket-000000"));
        try (FileBatch batch = new FileBatch(1, RECORDS, 1 << 20);
                SinkRun run = sink(64)) {
            run.begin(batch);
            run.work();
            assertThat(run.sink.status().state()).isEqualTo(SinkState.FAILING);
            assertThat(run.sink.status().lastError()).contains("has no _manifest.json", "move it elsewhere");
        }
        assertThat(target.resolve("bucket-000000")).isEmptyDirectory();
    }

    @Test
    void shouldCleanAtStartWhatIsItsOwnAndNothingElse() throws IOException {
        Path own = root.resolve(BatchNames.stagingDirectory("edge-1", "00c0ffee", "archive"));
        List<Path> others = List.of(
                root.resolve(BatchNames.stagingDirectory("edge-1", "00c0ffee", "other")),
                root.resolve(BatchNames.stagingDirectory("edge-1", "0badcafe", "archive")),
                root.resolve(BatchNames.stagingDirectory("edge-2", "00c0ffee", "archive")));
        Files.createDirectories(own.resolve("batch-7-00000000000000aa/bucket-000000"));
        Files.writeString(own.resolve("batch-7-00000000000000aa/bucket-000000/part-00000.lines"), "half a");
        for (Path other : others) {
            Files.createDirectories(other.resolve("batch-7-00000000000000aa"));
        }

        sink(64).close();

        assertThat(own).isEmptyDirectory();
        assertThat(others).allSatisfy(other -> assertThat(other).isNotEmptyDirectory());
    }

    @Test
    void shouldSayWhatFailsAndGoOnWhenItDoesNot() throws IOException {
        boolean[] away = {true};
        try (FileBatch batch = new FileBatch(1, RECORDS, 1 << 20);
                SinkRun run = new SinkRun(settings(64), () -> {
                    if (away[0]) {
                        throw new IOException("Call to namenode failed\n\tat their.stack");
                    }
                    return new LocalFiles(root);
                })) {
            run.begin(batch);
            for (int tries = 1; tries <= 5; tries++) {
                run.work();
                run.work();
                assertThat(run.sink.status().state()).isEqualTo(SinkState.FAILING);
                assertThat(run.sink.status().lastError()).isEqualTo("batch 1: IOException: Call to namenode failed");
                assertThat(run.sink.delivered()).isFalse();
            }
            away[0] = false;
            run.finish();
            assertThat(run.sink.status().state()).isEqualTo(SinkState.IDLE);
            assertThat(run.sink.status().retries()).isGreaterThanOrEqualTo(5);
            assertThat(DeliveredBatch.below(root)).hasSize(1);
        }
    }

    /** Hadoop reports most of them by one class. */
    @Test
    void shouldTellOfEachCauseOnceThoughAllAreOfOneClass() throws IOException {
        // The first of them is met as it cleans up.
        int[] left = {4};
        String[] why = {"Name node is in safe mode, 0 blocks are missing"};
        try (FileBatch batch = new FileBatch(1, RECORDS, 1 << 20);
                LogLines lines = new LogLines(HdfsSink.class);
                SinkRun run = new SinkRun(settings(64), () -> {
                    if (left[0]-- > 0) {
                        throw new IOException(why[0].replace("0", "" + left[0]));
                    }
                    return new LocalFiles(root);
                })) {
            run.begin(batch);
            while (left[0] > 0) {
                run.work();
            }
            why[0] = "The DiskSpace quota is exceeded";
            left[0] = 3;
            run.finish();
            assertThat(lines.told().stream().filter(line -> !line.contains("repeated:")))
                    .containsExactly(
                            "WARN sink archive: FAILING: batch 1: IOException: Name node is in safe mode, 2 blocks are"
                                    + " missing",
                            "WARN sink archive: FAILING: batch 1: IOException: The DiskSpace quota is exceeded");
        }
    }

    /** HDFS's stream does so where a quota is hit. */
    @Test
    void shouldRetryWhereTheCloseThrowsWhatTheWriteThrew() throws IOException {
        IOException quota = new IOException("the quota is exceeded");
        int[] left = {3};
        BatchFiles sound = new LocalFiles(root);
        try (FileBatch batch = new FileBatch(1, RECORDS, 1 << 20);
                SinkRun run = new SinkRun(settings(64), full(sound, quota, left))) {
            run.begin(batch);
            run.work();
            run.work();
            assertThat(run.sink.status().state()).isEqualTo(SinkState.FAILING);
            assertThat(run.sink.status().lastError()).isEqualTo("batch 1: IOException: the quota is exceeded");
            run.finish();
            assertThat(run.sink.status().retries()).isEqualTo(3);
            assertThat(DeliveredBatch.below(root)).hasSize(1);
        }
    }

    private static BatchFiles full(BatchFiles sound, IOException quota, int[] left) {
        return (BatchFiles) Proxy.newProxyInstance(
                BatchFiles.class.getClassLoader(), new Class<?>[] {BatchFiles.class}, (proxy, method, args) -> {
                    try {
                        Object result = method.invoke(sound, args);
                        return method.getName().equals("create") && left[0]-- > 0
                                ? new FullOutput((SyncedOutput) result, quota)
                                : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static final class FullOutput extends SyncedOutput {
        private final SyncedOutput out;
        private final IOException quota;

        FullOutput(SyncedOutput out, IOException quota) {
            this.out = out;
            this.quota = quota;
        }

        @Override
        public void write(byte[] from, int offset, int length) throws IOException {
            throw quota;
        }

        @Override
        public void sync() throws IOException {
            throw quota;
        }

        @Override
        public void close() throws IOException {
            out.close();
            throw quota;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldRetryWhateverTheFilesystemThrows(boolean error) throws IOException {
        boolean thrown = true;
        for (int call = 1; thrown; call++) {
            Failing failing = new Failing(
                    call, () -> error ? new NoClassDefFoundError("missing") : new IllegalStateException("closed"));
            Path place = root.resolve(Integer.toString(call));
            try (FileBatch batch = new FileBatch(1, RECORDS, 1 << 20);
                    SinkRun run = new SinkRun(settings(64), failing.of(BatchFiles.class, new LocalFiles(place)))) {
                run.deliver(batch);
                assertThat(DeliveredBatch.below(place)).hasSize(1);
            }
            thrown = failing.hasThrown();
            assertThat(call).isLessThan(1_000);
        }
    }

    @Test
    void shouldCarryARecordLongerThanAChunk() throws IOException {
        String longer = "x".repeat(3 * BatchText.CHUNK_BYTES + 1);
        try (FileBatch batch = new FileBatch(1, List.of("a", longer, "a", longer), 1 << 20);
                SinkRun run = sink(1)) {
            run.deliver(batch);
            assertThat(DeliveredBatch.below(root)).singleElement().satisfies(found -> assertThat(found.buckets())
                    .isEqualTo(batch.naiveBuckets()));
        }
    }

    /** Whoever finds the batch takes its letters for written, so they are synced before it appears. */
    @Test
    void shouldBringWhatLinesCannotCarryToTheDeadLettersBeforeTheBatchAppears() throws IOException {
        try (FileBatch batch = FileBatch.framed(1, Arrays.asList("a", null, "new\nline", "a", "b"))) {
            try (SinkRun run = sink(64)) {
                run.begin(batch);
                for (int turn = 0; turn < 20; turn++) {
                    run.work();
                }
                assertThat(run.letters.taken)
                        .extracting(DeadLetter::reason, DeadLetter::bucket, DeadLetter::ordinal)
                        .containsExactly(tuple(Reason.TOMBSTONE, 0, 1L), tuple(Reason.NEWLINE_IN_RECORD, 0, 2L));
                assertThat(DeliveredBatch.below(root)).isEmpty();
                assertThat(run.sink.status().lastError()).contains("no room among the dead letters");

                run.letters.sync();
                run.finish();
            }
            assertThat(DeliveredBatch.below(root)).singleElement().satisfies(found -> {
                assertThat(found.buckets()).isEqualTo(List.of(List.of("a", "b"), List.of("a")));
                assertThat(found.manifest().uncarried()).isEqualTo(2);
            });
            try (SinkRun again = sink(64)) {
                again.deliver(batch);
                assertThat(again.letters.taken).isEmpty();
            }
        }
    }

    @Test
    void shouldPassOverInTheTailWhatCannotBeCarried() throws IOException {
        try (FileBatch batch = FileBatch.framed(1, Arrays.asList("x", null, null, null, "x"));
                SinkRun run = sink(0)) {
            run.begin(batch);
            run.work();
            run.letters.sync();
            for (int turn = 0; turn < 20; turn++) {
                run.work();
                run.letters.sync();
            }
            run.finish();
            assertThat(run.letters.taken).hasSize(3);
            assertThat(DeliveredBatch.below(root)).singleElement().satisfies(found -> {
                assertThat(found.buckets()).isEqualTo(List.of(List.of("x"), List.of("x"), List.of()));
                assertThat(found.manifest().uncarried()).isEqualTo(3);
            });
        }
    }

    @Test
    void shouldGiveTheBatchBackAtOnceThoughTheFilesystemDoesNotAnswer() throws Exception {
        CountDownLatch blocked = new CountDownLatch(1);
        CountDownLatch answered = new CountDownLatch(1);
        ExecutorService thread = Executors.newSingleThreadExecutor();
        BatchFiles stuck = new BreakableFiles(root, 0, BreakableFiles.Break.FAILS) {
            @Override
            public SyncedOutput create(String path) throws IOException {
                blocked.countDown();
                // Nor does it heed an interrupt.
                awaitUninterruptibly(answered);
                return super.create(path);
            }
        };
        FileBatch batch = new FileBatch(1, RECORDS, 1 << 20);
        try (SinkRun run = new SinkRun(settings(64), () -> stuck, thread)) {
            run.begin(batch);
            blocked.await();
            run.sink.abandon();
            batch.close();
            answered.countDown();
        }
        assertThat(thread.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(DeliveredBatch.below(root)).isEmpty();
    }

    @Test
    void shouldKeepNoMemory() throws IOException {
        long before = Memory.allocatedBytes();
        try (FileBatch batch = new FileBatch(1, RECORDS, 1 << 20);
                SinkRun run = sink(1)) {
            run.deliver(batch);
        }
        assertThat(Memory.allocatedBytes()).isEqualTo(before);
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        while (true) {
            try {
                latch.await();
                return;
            } catch (InterruptedException e) {
                // Waits on: so do filesystems.
            }
        }
    }
}
